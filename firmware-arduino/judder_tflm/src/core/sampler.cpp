#include "sampler.h"

namespace judder {
namespace {

constexpr float kMicroseconds = 1e6F;

}  // namespace

Sampler::Sampler(int window_len, float sample_rate_hz, int max_late)
    : window_len_(window_len),
      max_late_(max_late),
      clock_(kMicroseconds / sample_rate_hz),
      meter_(sample_rate_hz),
      rate_hz_(sample_rate_hz) {}

void Sampler::took_sample(uint32_t now_us) {
  const uint32_t made = clock_.saw_sample(now_us);
  if (clock_.late()) {
    counts_.late++;
    late_here_++;
  }
  if (made > 0) {
    add(made, 1, clock_.made_us());
  } else {
    if (counts_.lost_samples > 0) counts_.lost_samples--;
    add(0, 1, clock_.made_us());
  }
}

// How many, only the time since the FIFO was last emptied says.
void Sampler::fifo_overran(int kept, uint32_t now_us) {
  const float made = static_cast<float>(now_us - drained_us_) * meter_.rate_hz() / kMicroseconds;
  const float missing = begun_ ? made - static_cast<float>(kept) : 0;
  const uint32_t lost = missing > 1 ? static_cast<uint32_t>(missing) : 1;
  drained_us_ = now_us;
  add(lost, 0, now_us);
}

void Sampler::took_from_fifo(int samples, uint32_t now_us) {
  drained_us_ = now_us;
  add(static_cast<uint32_t>(samples), samples, now_us);
}

void Sampler::restart() {
  clock_.restart();
  meter_.restart();
  begun_ = false;
  position_ = 0;
  late_here_ = 0;
  lost_here_ = 0;
}

// made: by the sensor since the last call. taken: how many of them are in the buffer now.
void Sampler::add(uint32_t made, int taken, uint32_t end_us) {
  begun_ = true;
  const auto read = static_cast<uint32_t>(taken);
  const uint32_t lost = made > read ? made - read : 0;
  counts_.lost_samples += lost;
  lost_here_ += lost;
  made_ += made;
  position_ += taken;
  if (position_ == window_len_) finish(end_us);
}

void Sampler::finish(uint32_t end_us) {
  meter_.saw(made_, end_us);
  clock_.set_period(kMicroseconds / meter_.rate_hz());
  position_ = 0;
  const uint16_t flags = take_flags();
  const uint32_t seq = next_seq_++;
  if (full_.load(std::memory_order_acquire) != kNone) {  // still being read: this one is lost
    counts_.lost_windows++;
    return;
  }
  full_seq_ = seq;
  end_us_ = end_us;
  rate_hz_ = meter_.rate_hz();
  flags_ = flags;
  const int full = filling_;
  filling_ = 1 - filling_;
  full_.store(full, std::memory_order_release);
}

// Returns what is to be said of the window that is full, and begins to count for the next.
uint16_t Sampler::take_flags() {
  const int late = late_here_ > max_late_ ? kFlagLate : 0;
  const int lost = lost_here_ > 0 ? kFlagLost : 0;
  late_here_ = 0;
  lost_here_ = 0;
  return static_cast<uint16_t>(late | lost);
}

bool Sampler::take(Window& window) {
  const int full = full_.load(std::memory_order_acquire);
  if (full == kNone) return false;
  window.counts = buffers_[full];
  window.window_len = static_cast<uint16_t>(window_len_);
  window.sample_rate_hz = rate_hz_;
  window.seq = full_seq_;
  window.flags = flags_;
  return true;
}

}  // namespace judder
