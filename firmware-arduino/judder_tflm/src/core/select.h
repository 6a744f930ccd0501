// Medians by selection: for any values, without sorting them.
#ifndef JUDDER_SELECT_H
#define JUDDER_SELECT_H

#include <stdint.h>

namespace judder {

// Returns twice the median of the n values, and leaves them in another order.
uint32_t median_x2(uint16_t* values, int n);

// Returns four times the median absolute deviation of the n values of axis.
uint32_t gap_x4_by_selection(const int16_t* axis, int n);

}  // namespace judder

#endif
