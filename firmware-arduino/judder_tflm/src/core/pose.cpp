#include "pose.h"

namespace judder {
namespace {

constexpr int kQuarters = 4;

}  // namespace

Pose measure_pose(const Window& window) {
  const int quarter = window.window_len / kQuarters;
  Pose pose = {};
  int32_t swing = 0;
  for (int k = 0; k < kAxes; k++) {
    const int16_t* next = window.counts + k;
    int32_t low = INT32_MAX;
    int32_t high = INT32_MIN;
    int32_t total = 0;
    for (int part = 0; part < kQuarters; part++) {
      int32_t sum = 0;
      for (int i = 0; i < quarter; i++, next += kAxes) sum += *next;
      low = sum < low ? sum : low;
      high = sum > high ? sum : high;
      total += sum;
    }
    swing = high - low > swing ? high - low : swing;
    pose.mean_g[k] = static_cast<float>(total) / static_cast<float>(kQuarters * quarter) * window.scale_g;
  }
  pose.swing_g = static_cast<float>(swing) / static_cast<float>(quarter) * window.scale_g;
  return pose;
}

void PoseWatch::update(const Pose& pose) {
  if (mean_ == nullptr) return;
  float squares = 0;
  for (int k = 0; k < kAxes; k++) {
    const float gap = pose.mean_g[k] - mean_[k];
    squares += gap * gap;
  }
  outside_ = squares > limit_;
  disagreeing_ = outside_ != changed_ ? disagreeing_ + 1 : 0;
  if (disagreeing_ >= windows_) {
    changed_ = outside_;
    disagreeing_ = 0;
  }
}

}  // namespace judder
