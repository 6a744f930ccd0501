// Samples become windows: one buffer fills while the other is scored and sent, so no second goes unseen.
#ifndef JUDDER_SAMPLER_H
#define JUDDER_SAMPLER_H

#include <stdint.h>
#include <atomic>

#include "limits.h"
#include "window.h"

namespace judder {

// late: samples that came more than half a period off. lost_samples: those the sensor made and nobody read.
// lost_windows: whole windows the reader was too slow for; a gap in seq shows each.
struct SamplerCounts {
  uint32_t late;
  uint32_t lost_samples;
  uint32_t lost_windows;
};

// One task writes samples, another takes windows; neither waits for the other.
// Times are in microseconds of a 32-bit clock that wraps.
class Sampler {
 public:
  // max_late: samples of a window; above it the window is flagged.
  Sampler(int window_len, float sample_rate_hz, int max_late);

  // The writer's side: where the next sample's three counts go, and that they are there.
  int16_t* slot() { return buffers_[filling_] + kAxes * position_; }
  void took_sample(uint32_t now_us);

  // Forgets the samples so far, after a pause: the next one begins a window.
  void restart();

  // The reader's side: fills in counts, seq, rate and flags of a full window, or returns false.
  // The counts hold until release().
  bool take(Window& window);
  void release() { full_.store(kNone, std::memory_order_release); }

  // When the last sample of the window that was taken came.
  uint32_t end_us() const { return end_us_; }
  float sample_rate_hz() const { return rate_hz_; }  // measured
  SamplerCounts counts() const { return counts_; }

 private:
  static constexpr int kNone = -1;

  void judge_timing(uint32_t now_us);
  void finish(uint32_t now_us);
  void measure_rate();

  int window_len_;
  int max_late_;
  uint32_t period_us_;
  float rate_hz_;
  int16_t buffers_[2][kAxes * kMaxWindowLen] = {};
  int filling_ = 0;
  int position_ = 0;
  bool has_last_ = false;
  uint32_t last_us_ = 0;
  int late_here_ = 0;
  uint32_t next_seq_ = 0;
  SamplerCounts counts_ = {};

  // Written before full_ names a buffer, read after.
  uint32_t full_seq_ = 0;
  uint32_t end_us_ = 0;
  int late_there_ = 0;
  std::atomic<int> full_{kNone};

  bool has_previous_ = false;
  uint32_t previous_end_us_ = 0;
  uint32_t previous_seq_ = 0;
};

}  // namespace judder

#endif
