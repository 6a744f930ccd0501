#include "stats.h"

#include <math.h>

#include "counting.h"
#include "scratch.h"
#include "select.h"

namespace judder {
namespace {

// Returns sum / n rounded to the nearest whole number, halves up.
int32_t nearest(int32_t sum, int n) {
  const int32_t doubled = 2 * sum + n;
  const int32_t quotient = doubled / (2 * n);
  return doubled % (2 * n) < 0 ? quotient - 1 : quotient;
}

}  // namespace

float mad(const int16_t* axis, int n) {
  const Extent extent = extent_of(axis, n);
  const bool narrow = extent.range < kBins;
  const uint32_t gap_x4 = narrow ? gap_x4_by_counting(axis, n, extent) : gap_x4_by_selection(axis, n);
  return static_cast<float>(gap_x4) * (kMadScale / 4);
}

Centred::Centred(const int16_t* axis, int n) : axis_(axis), n_(n), offset_(0) {
  int32_t sum = 0;
  for (int i = 0; i < n; i++) sum += axis[i * kAxes];
  offset_ = nearest(sum, n);
  mean_ = static_cast<float>(sum - offset_ * n) / static_cast<float>(n);
  variance_ = covariance(*this, *this);
}

float covariance(const Centred& one, const Centred& other) {
  int64_t products = 0;
  for (int i = 0; i < one.n(); i++) products += int64_t{one[i]} * other[i];
  return static_cast<float>(products) / static_cast<float>(one.n()) - one.mean() * other.mean();
}

void correlations(const Centred (&axes)[kAxes], float* out) {
  constexpr int kPairs[][2] = {{0, 1}, {0, 2}, {1, 2}};
  for (const auto& pair : kPairs) {
    const Centred& one = axes[pair[0]];
    const Centred& other = axes[pair[1]];
    const float spread = (one.variance() + kQuantisation) * (other.variance() + kQuantisation);
    *out++ = covariance(one, other) / sqrtf(spread);
  }
}

}  // namespace judder
