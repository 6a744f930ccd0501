// A model as it runs: the constants of model_data.h, which `judder export --to arduino` writes.
#ifndef JUDDER_MODEL_H
#define JUDDER_MODEL_H

#include <stdint.h>

#include "calibration.h"
#include "decision.h"
#include "features/features.h"

namespace judder {

// A .tflite and the memory it runs in. limit, gain: of its score, see autoencoder.h.
struct Network {
  const uint8_t* bytes;
  uint8_t* arena;
  uint32_t arena_size;
  float limit;
  float gain;
};

// A window with its features and scores where the model was made, for every runtime to recompute.
// alarm_score: 0 for models of version 1. spread: the part of a score by which it may be off where an int8
// network's input lies between two steps.
struct Golden {
  const int16_t* counts;
  float scale_g;
  const float* features;
  float score;
  float alarm_score;
  float spread;
};

// What models of each version have. most_disturbed: how many disturbed windows may be left out of the
// evidence, of the last ten (version 1: in a row). disturbed_g: the swing of a window's quarters from which
// it is disturbed. pose_mean: x, y, z in g, or null where the mounting is not watched. network: null for a
// detector that has none. threshold and window_calibration: of a window's own score; combined_threshold and
// calibration: of the evidence for a notice; alarm_threshold: of that for an alarm, NaN in version 1. hash:
// of the model's file.
struct AnyModel {
  const char* id;
  uint8_t hash[4];
  float sample_rate_hz;
  uint16_t window_len;
  int most_disturbed;
  Rule rule;
  float disturbed_g;
  const float* pose_mean;
  float pose_tolerance_g;
  const FeatureSet* features;
  const Network* network;
  float threshold;
  float combined_threshold;
  float alarm_threshold;
  Calibration window_calibration;
  Calibration calibration;
  const Golden* goldens;
  int golden_count;
};

// The distance of the mean residual of so many windows counts towards that level.
struct Metric {
  Level level;
  int windows;
};

// A whitening matrix, see mahalanobis.h.
struct Shape {
  const float* scales;
  const int16_t* whitening;
};

// A shape, and what each feature is stretched by before; null for nothing.
struct Whitening {
  const Shape* shape;
  const float* stretch;
};

// An operating mode. mean: of its features. whitenings: one per metric.
struct Mode {
  const char* name;
  const float* mean;
  const Whitening* whitenings;
};

// A model of version 2. lengths: of the means that its metrics take, rising, each a multiple of the one
// before. rows: room for Evidence. standstill_g: up to which rms a machine stands still; below 0 where nobody
// knows.
struct Model : AnyModel {
  const Metric* metrics;
  int metric_count;
  const int32_t* lengths;
  int length_count;
  float* rows;
  const Mode* modes;
  int mode_count;
  float standstill_g;
};

}  // namespace judder

#endif
