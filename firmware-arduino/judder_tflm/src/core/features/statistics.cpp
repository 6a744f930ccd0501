// 21 statistics of how a window shakes, most as logarithms so that quiet and loud machines compare.
#include <math.h>

#include "../stats.h"
#include "features.h"

namespace judder::features {
namespace {

constexpr int kPerAxis = 6;

float step_variance(const Centred& axis) {
  int64_t squares = 0;
  for (int i = 1; i < axis.n(); i++) {
    const int64_t step = axis[i] - axis[i - 1];
    squares += step * step;
  }
  return static_cast<float>(squares) / static_cast<float>(axis.n() - 1);
}

// Returns the largest less the smallest.
int32_t extent(const Centred& axis) {
  int32_t low = axis[0];
  int32_t high = low;
  for (int i = 1; i < axis.n(); i++) {
    const int32_t value = axis[i];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low;
}

// Returns how often the axis passes its mean.
int crossings(const Centred& axis) {
  const auto above = [&](int i) { return static_cast<float>(axis[i]) > axis.mean(); };
  int count = 0;
  for (int i = 1; i < axis.n(); i++) count += above(i) != above(i - 1) ? 1 : 0;
  return count;
}

// Returns the fourth central moment over the squared variance: 3 for Gaussian noise and for silence.
// Both moments are those of the signal plus the noise of rounding, taken as Gaussian.
float kurtosis(const Centred& axis) {
  int64_t cubes = 0;
  uint64_t high = 0;  // the fourth powers, the upper and lower 32 bits of each: whole they need 74
  uint64_t low = 0;
  for (int i = 0; i < axis.n(); i++) {
    const int64_t value = axis[i];
    const int64_t square = value * value;
    cubes += square * value;
    const uint64_t fourth = static_cast<uint64_t>(square) * static_cast<uint64_t>(square);
    high += fourth >> 32;
    low += fourth & 0xFFFFFFFF;
  }
  const auto n = static_cast<float>(axis.n());
  const float m = axis.mean();
  const float second = axis.variance() + m * m;
  const float third = static_cast<float>(cubes) / n;
  const float whole = (static_cast<float>(high) * 4294967296.0F + static_cast<float>(low)) / n;
  const float fourth = whole - 4 * m * third + 6 * m * m * second - 3 * m * m * m * m;
  const float noise = 6 * kQuantisation * axis.variance() + 3 * kQuantisation * kQuantisation;
  const float noisy_variance = axis.variance() + kQuantisation;
  return (fourth + noise) / (noisy_variance * noisy_variance);
}

void compute(const Window& window, const float* /*pose*/, float* out) {
  const int n = window.window_len;
  const Centred axes[] = {{window.counts, n}, {window.counts + 1, n}, {window.counts + 2, n}};
  const float scale_g = window.scale_g;  // inside the logarithms, for one rounding less
  for (int k = 0; k < kAxes; k++) {
    const Centred& axis = axes[k];
    *out++ = logf(sqrtf(step_variance(axis) + 2 * kQuantisation) * scale_g);
    *out++ = logf(static_cast<float>(extent(axis) + 1) * scale_g);
    *out++ = logf(sqrtf(axis.variance() + kQuantisation) * scale_g);
    *out++ = logf(kurtosis(axis));
    *out++ = static_cast<float>(crossings(axis)) / static_cast<float>(n - 1);
    *out++ = logf((judder::mad(window.counts + k, n) + 0.5F) * scale_g);
  }
  correlations(axes, out);
}

}  // namespace

const FeatureSet statistics = {"statistics", kAxes * kPerAxis + kAxes, compute};

}  // namespace judder::features
