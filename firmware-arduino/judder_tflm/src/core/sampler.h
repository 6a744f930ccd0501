// Samples become windows: one buffer fills while the other is scored and sent, so no second goes unseen.
#ifndef JUDDER_SAMPLER_H
#define JUDDER_SAMPLER_H

#include <stdint.h>

#include <atomic>

#include "limits.h"
#include "sample_clock.h"
#include "window.h"

namespace judder {

// late: samples read more than half a period after they were made. lost_samples: those overwritten before
// anybody read them. lost_windows: whole windows the reader was too slow for; a gap in seq shows each.
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

  // The writer's side: where the next samples' counts go, and how many of them.
  int16_t* slot() { return buffers_[filling_] + kAxes * position_; }
  int room() const { return window_len_ - position_; }

  // Takes in that a sensor without a FIFO had nothing new, or the sample that is in slot().
  void saw_nothing(uint32_t now_us) { clock_.saw_nothing(now_us); }
  void took_sample(uint32_t now_us);

  // Takes in `samples`, at most room(), of a sensor's FIFO. It keeps every sample's place: none is late.
  void took_from_fifo(int samples, uint32_t now_us);

  // Takes in, before that, that the FIFO lost what was older than the `kept` samples in it.
  void fifo_overran(int kept, uint32_t now_us);

  // Forgets the samples so far, after a pause: the next one begins a window.
  void restart();

  // The reader's side: fills in counts, seq, rate and flags of a full window, or returns false.
  // The counts hold until release().
  bool take(Window& window);
  void release() { full_.store(kNone, std::memory_order_release); }

  // When the last sample of the window that was taken came.
  uint32_t end_us() const { return end_us_; }
  float sample_rate_hz() const { return rate_hz_; }  // the sensor's, measured
  SamplerCounts counts() const { return counts_; }

 private:
  static constexpr int kNone = -1;

  void add(uint32_t made, int taken, uint32_t end_us);
  void finish(uint32_t end_us);
  uint16_t take_flags();

  int window_len_;
  int max_late_;
  SampleClock clock_;
  RateMeter meter_;
  int16_t buffers_[2][kAxes * kMaxWindowLen] = {};
  int filling_ = 0;
  int position_ = 0;
  bool begun_ = false;
  uint32_t made_ = 0;  // by the sensor, whether read or not
  uint32_t drained_us_ = 0;
  int late_here_ = 0;
  uint32_t lost_here_ = 0;
  uint32_t next_seq_ = 0;
  SamplerCounts counts_ = {};

  // Written before full_ names a buffer, read after.
  uint32_t full_seq_ = 0;
  uint32_t end_us_ = 0;
  float rate_hz_;
  uint16_t flags_ = 0;
  std::atomic<int> full_{kNone};
};

}  // namespace judder

#endif
