#include "decision.h"

namespace judder {
namespace {

int ones(uint32_t bits) {
  int count = 0;
  for (; bits != 0; bits &= bits - 1) count++;
  return count;
}

}  // namespace

bool Decision::update(bool alarming) {
  recent_ = (recent_ << 1 | (alarming ? 1U : 0U)) & ((1U << rule_.n) - 1);
  const int recent = ones(recent_);
  if (recent >= rule_.m) {
    alert_ = true;
  } else if (recent <= rule_.clear) {
    alert_ = false;
  }
  return alert_;
}

bool Evidence::add(const float* features, bool disturbed, float* mean) {
  if (!disturbed) {
    disturbed_ = 0;
  } else if (disturbed_ <= most_disturbed_) {
    disturbed_++;
  }
  skipped_ = disturbed_ > 0 && disturbed_ <= most_disturbed_;
  if (!skipped_) {
    for (int i = 0; i < size_; i++) rows_[next_][i] = features[i];
    next_ = (next_ + 1) % windows_;
    if (taken_ < windows_) taken_++;
  }
  if (taken_ < windows_) return false;
  for (int i = 0; i < size_; i++) {
    float sum = 0;
    for (int row = 0; row < windows_; row++) sum += rows_[row][i];
    mean[i] = sum / static_cast<float>(windows_);
  }
  return true;
}

void Evidence::restart() { next_ = taken_ = disturbed_ = 0; }

}  // namespace judder
