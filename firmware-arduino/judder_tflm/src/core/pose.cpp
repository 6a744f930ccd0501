#include "pose.h"

#include <math.h>

#include "stats.h"

namespace judder {
namespace {

constexpr int kQuarters = 4;
constexpr float kClippingG = 0.5F;  // rms from which samples may clip, which moves a mean
constexpr float kErrors = 3;        // standard errors that a mean may be off beyond the tolerance

// The sums of an axis's quarters.
struct Quarters {
  Quarters(const int16_t* axis, int length) {
    for (int32_t& sum : sums) {
      for (int i = 0; i < length; i++, axis += kAxes) sum += *axis;
    }
  }

  int32_t total() const { return sums[0] + sums[1] + sums[2] + sums[3]; }

  int32_t range() const {
    int32_t low = sums[0];
    int32_t high = sums[0];
    for (const int32_t sum : sums) {
      low = sum < low ? sum : low;
      high = sum > high ? sum : high;
    }
    return high - low;
  }

  // Returns the sum of their squared gaps to their mean.
  float squares() const {
    float result = 0;
    for (const int32_t sum : sums) {
      const float gap = static_cast<float>(kQuarters * sum - total()) / kQuarters;
      result += gap * gap;
    }
    return result;
  }

  int32_t sums[kQuarters] = {};
};

}  // namespace

Motion measure_motion(const Window& window) {
  const int length = window.window_len / kQuarters;
  const float unit_g = window.scale_g / static_cast<float>(length);
  int32_t swing = 0;
  float squares = 0;
  float variance = 0;
  Motion motion = {};
  for (int k = 0; k < kAxes; k++) {
    const Quarters quarters(window.counts + k, length);
    const int32_t range = quarters.range();
    swing = range > swing ? range : swing;
    squares += quarters.squares();
    variance += Centred(window.counts + k, window.window_len).variance();
    motion.pose_g[k] = static_cast<float>(quarters.total()) / kQuarters * unit_g;
  }
  motion.swing_g = static_cast<float>(swing) * unit_g;
  motion.rms_g = sqrtf(variance) * window.scale_g;
  // A variance of quarters is over one less than there are; that of their mean is a quarter of it.
  motion.error_g2 = squares / ((kQuarters - 1) * kQuarters) * unit_g * unit_g;
  return motion;
}

void PoseWatch::update(const Motion& motion) {
  if (mean_ == nullptr || motion.rms_g > kClippingG) return;
  windows_[taken_ % kWatched] = motion;
  taken_++;
  if (taken_ < kWatched) return;
  disagreeing_ = is_off() != changed_ ? disagreeing_ + 1 : 0;
  if (disagreeing_ < kWatched) return;
  changed_ = !changed_;
  disagreeing_ = 0;
}

bool PoseWatch::is_off() const {
  float gap_g2 = 0;
  float error_g2 = 0;
  for (const Motion& each : windows_) error_g2 += each.error_g2;
  for (int k = 0; k < kAxes; k++) {
    float sum_g = 0;
    for (const Motion& each : windows_) sum_g += each.pose_g[k];
    const float gap_g = sum_g / kWatched - mean_[k];
    gap_g2 += gap_g * gap_g;
  }
  return sqrtf(gap_g2) > tolerance_g_ + kErrors * sqrtf(error_g2) / kWatched;
}

void PoseWatch::restart() {
  taken_ = 0;
  disagreeing_ = 0;
  changed_ = false;
}

}  // namespace judder
