// A model as it runs: the constants of model_data.h, which `judder export --to arduino` writes.
#ifndef JUDDER_MODEL_H
#define JUDDER_MODEL_H

#include <stdint.h>

#include "calibration.h"
#include "decision.h"
#include "features/features.h"

namespace judder {

// An operating mode. mean: of standardised features. whitening: packed, see mahalanobis.h.
struct Mode {
  const char* name;
  const float* mean;
  const float* whitening;
};

// A .tflite and the memory it runs in. limit, gain: of the score, see autoencoder.h.
struct Network {
  const uint8_t* bytes;
  uint8_t* arena;
  uint32_t arena_size;
  float limit;
  float gain;
};

// network: null for a detector that has none. threshold and window_calibration: of a window's own score;
// combined_threshold and calibration: of the score of the mean features of several windows. mean, std: of the
// features.
struct Detector {
  const FeatureSet* features;
  const float* mean;
  const float* std;
  const Mode* modes;
  int mode_count;
  const Network* network;
  float threshold;
  float combined_threshold;
  Calibration window_calibration;
  Calibration calibration;
};

// A window with its features and score where the model was made, for every runtime to recompute.
// score_spread: how far a score may be off where an int8 network's input lies between two steps.
struct Golden {
  const int16_t* counts;
  float scale_g;
  const float* features;
  float score;
  float score_spread;
};

// windows_combined: how many windows' features make up the evidence; most_disturbed: how many in a row may
// be left out of it. disturbed_g: the swing of a window's quarters from which it is disturbed.
// pose_mean: x, y, z in g, or null where the mounting is not watched. hash: of the model's file.
struct Model {
  const char* id;
  uint8_t hash[4];
  float sample_rate_hz;
  uint16_t window_len;
  int windows_combined;
  int most_disturbed;
  Rule rule;
  float disturbed_g;
  const float* pose_mean;
  float pose_tolerance_g;
  Detector detector;
  const Golden* goldens;
  int golden_count;
};

}  // namespace judder

#endif
