#include "sampler.h"

namespace judder {
namespace {

constexpr float kMicroseconds = 1e6F;
constexpr float kFollow = 0.1F;  // of a gap in the rate, so that one late sample does not show
constexpr int kMany = 10000;
constexpr uint32_t kMostWindows = 60;  // between two rates: a 32-bit clock wraps after 71 minutes

}  // namespace

Sampler::Sampler(int window_len, float sample_rate_hz, int max_late)
    : window_len_(window_len),
      max_late_(max_late),
      period_us_(static_cast<uint32_t>(kMicroseconds / sample_rate_hz)),
      rate_hz_(sample_rate_hz) {}

void Sampler::took_sample(uint32_t now_us) {
  if (has_last_) judge_timing(now_us);
  has_last_ = true;
  last_us_ = now_us;
  if (++position_ == window_len_) finish(now_us);
}

void Sampler::restart() {
  has_last_ = false;
  position_ = 0;
  late_here_ = 0;
}

void Sampler::judge_timing(uint32_t now_us) {
  const uint32_t gap_us = now_us - last_us_;
  if (gap_us <= period_us_ + period_us_ / 2 && gap_us >= period_us_ / 2) return;
  counts_.late++;
  const uint32_t periods = (gap_us + period_us_ / 2) / period_us_;
  const uint32_t lost = periods > 1 ? periods - 1 : 0;
  counts_.lost_samples += lost;
  late_here_ += lost < kMany ? 1 + static_cast<int>(lost) : kMany;  // what was lost came too late as well
}

void Sampler::finish(uint32_t now_us) {
  position_ = 0;
  const int late = late_here_;
  late_here_ = 0;
  const uint32_t seq = next_seq_++;
  if (full_.load(std::memory_order_acquire) != kNone) {  // still being read: this one is lost
    counts_.lost_windows++;
    return;
  }
  full_seq_ = seq;
  end_us_ = now_us;
  late_there_ = late;
  const int full = filling_;
  filling_ = 1 - filling_;
  full_.store(full, std::memory_order_release);
}

bool Sampler::take(Window& window) {
  const int full = full_.load(std::memory_order_acquire);
  if (full == kNone) return false;
  measure_rate();
  window.counts = buffers_[full];
  window.window_len = static_cast<uint16_t>(window_len_);
  window.sample_rate_hz = rate_hz_;
  window.seq = full_seq_;
  window.flags = late_there_ > max_late_ ? kFlagLate : 0;
  return true;
}

void Sampler::measure_rate() {
  const uint32_t windows = full_seq_ - previous_seq_;
  const uint32_t elapsed_us = end_us_ - previous_end_us_;
  if (has_previous_ && windows > 0 && windows < kMostWindows && elapsed_us > 0) {
    const float samples = static_cast<float>(windows) * static_cast<float>(window_len_);
    const float rate_hz = kMicroseconds * samples / static_cast<float>(elapsed_us);
    rate_hz_ += (rate_hz - rate_hz_) * kFollow;
  }
  has_previous_ = true;
  previous_end_us_ = end_us_;
  previous_seq_ = full_seq_;
}

}  // namespace judder
