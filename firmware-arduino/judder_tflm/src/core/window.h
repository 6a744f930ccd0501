// A window: consecutive samples that are scored together, and where they came from.
#ifndef JUDDER_WINDOW_H
#define JUDDER_WINDOW_H

#include <math.h>
#include <stdint.h>

#include "states.h"

namespace judder {

constexpr int kAxes = 3;

constexpr uint16_t kFlagClockSynced = 1;
constexpr uint16_t kFlagLate = 2;
constexpr uint16_t kFlagBacklog = 4;
constexpr uint16_t kFlagLocalScore = 8;
constexpr uint16_t kFlagAlert = 32;
constexpr uint16_t kFlagLost = 64;  // samples are missing: whoever judges leaves it out
constexpr uint16_t kFlagNotice = 128;
constexpr uint16_t kFlagMounting = 256;

constexpr uint8_t kNoMode = 255;
constexpr uint8_t kNoLevel = 255;  // the board has not judged the window

// What the board says of a window, NaN for what nobody knows. level: the debounced one, after it. mode: the
// number of the operating mode. Thresholds: those of its scores.
struct Judgement {
  uint8_t level = kNoLevel;
  State state = State::kNotJudged;
  uint8_t mode = kNoMode;
  float score = 0;
  float threshold = NAN;
  float combined_score = NAN;
  float combined_threshold = NAN;
  float alarm_score = NAN;
  float alarm_threshold = NAN;
};

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
  uint16_t flags = 0;
  uint8_t sensor = 0;
  Judgement judgement;
  uint8_t model_hash[4] = {};
};

}  // namespace judder

#endif
