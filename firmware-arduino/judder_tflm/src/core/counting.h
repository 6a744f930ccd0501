// Medians by counting how often each value comes: for machines that shake within a few hundred counts.
#ifndef JUDDER_COUNTING_H
#define JUDDER_COUNTING_H

#include <stdint.h>

namespace judder {

// The smallest value of an axis, and how far above it the largest lies.
struct Extent {
  int low;
  int range;
};

// Returns the extent of n values of axis. Once the range is kBins or more it looks no further.
Extent extent_of(const int16_t* axis, int n);

// Returns four times the median absolute deviation of the n values of axis; its range is below kBins.
uint32_t gap_x4_by_counting(const int16_t* axis, int n, Extent extent);

}  // namespace judder

#endif
