#include "counting.h"

#include "scratch.h"
#include "window.h"

namespace judder {
namespace {

constexpr int kBlock = 16 * kAxes;

// Empties the bins 0 to range, two at a time. Volatile, or a compiler makes it a call of memset, which small
// C libraries do byte by byte: 4000 instructions.
void clear(int range) {
  volatile uint32_t* const end = scratch().pairs_of_bins + range / 2;
  for (volatile uint32_t* pair = scratch().pairs_of_bins; pair <= end; pair++) *pair = 0;
}

// Counts what lies in the bins from a median outwards, a step to either side at a time.
class Outwards {
 public:
  // low, high: the bins on either side of the median, the same where it is in one. range: the last bin.
  Outwards(const uint16_t* bins, int low, int high, int range)
      : bins_(bins), low_(low), high_(high), range_(range), seen_(low == high ? -bins[low] : 0) {}

  // Goes on until more than `goal` values were seen; returns after how many steps that was.
  int until_more_than(int goal) {
    while (seen_ <= goal) {
      step_++;
      const int below = low_ - step_;
      const int above = high_ + step_;
      if (below >= 0) seen_ += bins_[below];
      if (above <= range_) seen_ += bins_[above];
    }
    return step_;
  }

 private:
  const uint16_t* bins_;
  int low_;
  int high_;
  int range_;
  int seen_;
  int step_ = -1;
};

}  // namespace

Extent extent_of(const int16_t* axis, int n) {
  const int16_t* const end = axis + kAxes * n;
  int low = *axis;
  int high = low;
  while (axis < end && high - low < kBins) {
    const int16_t* const stop = end - axis < kBlock ? end : axis + kBlock;
#pragma GCC unroll 4
    for (; axis < stop; axis += kAxes) {
      const int value = *axis;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return {low, high - low};
}

uint32_t gap_x4_by_counting(const int16_t* axis, int n, Extent extent) {
  uint16_t* const bins = scratch().bins;
  clear(extent.range);
  const int16_t* const end = axis + kAxes * n;
#pragma GCC unroll 4
  for (; axis < end; axis += kAxes) bins[*axis - extent.low]++;

  // An even number of values has two in the middle: the median is half their sum.
  const int before = (n - 1) / 2;
  const int half = n / 2;
  int lower = 0;
  int seen = bins[0];
  while (seen <= before) seen += bins[++lower];
  int upper = lower;
  while (seen <= half) seen += bins[++upper];

  const int odd = (lower + upper) % 2;  // then no value sits on the median, and doubled gaps are odd
  const int middle = (lower + upper) / 2;
  Outwards outwards(bins, middle, middle + odd, extent.range);
  const int first = outwards.until_more_than(before);
  return static_cast<uint32_t>(2 * (first + outwards.until_more_than(half) + odd));
}

}  // namespace judder
