#include "sample_clock.h"

#include <math.h>

namespace judder {
namespace {

constexpr float kMicroseconds = 1e6F;
constexpr float kTolerance = 0.125F;    // of a period: how far off the clock may be believed to be
constexpr float kTooSoon = 0.5F;        // for another sample: the one before was the one that comes now
constexpr uint32_t kLeastUs = 2000000;  // before a rate is told
constexpr uint32_t kHalfSpanUs = 30000000;

bool is_before(uint32_t one_us, uint32_t other_us) { return static_cast<int32_t>(one_us - other_us) < 0; }

}  // namespace

uint32_t SampleClock::saw_sample(uint32_t now_us) {
  uint32_t made = 1;
  if (running_) {
    const float periods = static_cast<float>(now_us - made_us_) / period_us_ + kTolerance;
    if (periods >= 2) made = static_cast<uint32_t>(periods);
    if (periods < kTooSoon) made = 0;
    made_us_ += static_cast<uint32_t>(lroundf(static_cast<float>(made) * period_us_));
    if (is_before(made_us_, looked_us_)) made_us_ = looked_us_;
    if (is_before(now_us, made_us_)) made_us_ = now_us;
    late_ = static_cast<float>(now_us - made_us_) > period_us_ / 2;
  } else {
    made_us_ = now_us;
    late_ = false;
  }
  running_ = true;
  looked_us_ = now_us;
  return made;
}

void RateMeter::saw(uint32_t samples, uint32_t now_us) {
  if (!running_) {
    running_ = true;
    oldest_ = middle_ = {samples, now_us};
    return;
  }
  const uint32_t elapsed_us = now_us - oldest_.us;
  if (elapsed_us < kLeastUs) return;
  rate_hz_ = kMicroseconds * static_cast<float>(samples - oldest_.samples) / static_cast<float>(elapsed_us);
  if (now_us - middle_.us < kHalfSpanUs) return;
  oldest_ = middle_;
  middle_ = {samples, now_us};
}

}  // namespace judder
