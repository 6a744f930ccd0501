// A window: consecutive samples that are scored together, and where they came from.
#ifndef JUDDER_WINDOW_H
#define JUDDER_WINDOW_H

#include <stdint.h>

namespace judder {

constexpr int kAxes = 3;

constexpr uint8_t kFlagClockSynced = 1;
constexpr uint8_t kFlagLate = 2;
constexpr uint8_t kFlagBacklog = 4;
constexpr uint8_t kFlagLocalScore = 8;
constexpr uint8_t kFlagAlert = 32;
constexpr uint8_t kFlagLost = 64;  // samples are missing: whoever judges leaves it out

// counts: x, y, z interleaved, 3 * window_len of them, in units of scale_g (g per count).
// sample_rate_hz: measured, not hoped for. timestamp_us: Unix time of the first sample, 0 if unknown.
// (device_id, boot_id, seq) names the window for ever.
struct Window {
  const int16_t* counts = nullptr;
  uint16_t window_len = 0;
  float scale_g = 0;
  float sample_rate_hz = 0;
  uint8_t device_id[6] = {};
  uint32_t boot_id = 0;
  uint32_t seq = 0;
  uint64_t timestamp_us = 0;
  uint8_t flags = 0;
  uint8_t sensor = 0;
  float local_score = 0;
  uint8_t model_hash[4] = {};
};

}  // namespace judder

#endif
