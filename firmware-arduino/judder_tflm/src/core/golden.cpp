#include "golden.h"

#include <math.h>

#include "limits.h"

namespace judder {
namespace {

constexpr float kTolerance = 1e-3F;

bool close(float found, float expected, float unit) {
  return fabsf(found - expected) <= kTolerance * fmaxf(fabsf(expected), unit);  // false for nan
}

Mismatch check(const Model& model, const Golden& golden, Scorer& scorer) {
  const Detector& detector = model.detector;
  float measured[kMaxFeatures];
  Window window;
  window.counts = golden.counts;
  window.window_len = model.window_len;
  window.scale_g = golden.scale_g;
  detector.features->compute(window, measured);
  for (int i = 0; i < detector.features->size; i++) {
    if (!close(measured[i], golden.features[i], detector.std[i])) {
      return {"feature", i, measured[i], golden.features[i]};
    }
  }
  scorer.standardise(measured);
  const float score = scorer.score(measured);
  if (!close(score, golden.score, 1)) return {"score", 0, score, golden.score};
  return {};
}

}  // namespace

Mismatch check_goldens(const Model& model, Scorer& scorer) {
  for (int k = 0; k < model.golden_count; k++) {
    const Mismatch mismatch = check(model, model.goldens[k], scorer);
    if (mismatch.what != nullptr) return mismatch;
  }
  return {};
}

}  // namespace judder
