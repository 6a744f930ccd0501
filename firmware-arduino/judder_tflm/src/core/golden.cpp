#include "golden.h"

#include <math.h>

#include "limits.h"

namespace judder {
namespace {

constexpr float kTolerance = 1e-3F;

bool close(float found, float expected, float unit, float spread = 0) {
  return fabsf(found - expected) <= kTolerance * fmaxf(fabsf(expected), unit) + spread;  // false for nan
}

void measure(const Model& model, const Golden& golden, float* features) {
  Window window;
  window.counts = golden.counts;
  window.window_len = model.window_len;
  window.scale_g = golden.scale_g;
  model.detector.features->compute(window, nullptr, features);
}

Mismatch check(const Model& model, const Golden& golden, Scorer& scorer) {
  const Detector& detector = model.detector;
  float measured[kMaxFeatures];
  measure(model, golden, measured);
  for (int i = 0; i < detector.features->size; i++) {
    if (!close(measured[i], golden.features[i], detector.std[i])) {
      return {"feature", i, measured[i], golden.features[i]};
    }
  }
  const float score = golden_score(model, golden, scorer);
  if (!close(score, golden.score, 1, golden.score_spread)) return {"score", 0, score, golden.score};
  return {};
}

}  // namespace

float golden_score(const Model& model, const Golden& golden, Scorer& scorer) {
  float features[kMaxFeatures];
  measure(model, golden, features);
  scorer.standardise(features);
  return scorer.score(features);
}

Mismatch check_goldens(const Model& model, Scorer& scorer) {
  for (int k = 0; k < model.golden_count; k++) {
    const Mismatch mismatch = check(model, model.goldens[k], scorer);
    if (mismatch.what != nullptr) return mismatch;
  }
  return {};
}

}  // namespace judder
