#include "golden.h"

#include <math.h>

#include "limits.h"

namespace judder {
namespace {

constexpr float kTolerance = 1e-3F;

bool close(float found, float expected, float unit, float spread = 0) {
  return fabsf(found - expected) <= kTolerance * fmaxf(fabsf(expected), unit) + spread;  // false for nan
}

void measure(const AnyModel& model, const Golden& golden, float* features) {
  Window window;
  window.counts = golden.counts;
  window.window_len = model.window_len;
  window.scale_g = golden.scale_g;
  model.features->compute(window, model.pose_mean, features);
}

Mismatch check(const AnyJudge& judge, const Golden& golden) {
  float features[kMaxFeatures];
  measure(judge.model(), golden, features);
  for (int i = 0; i < judge.model().features->size; i++) {
    if (!close(features[i], golden.features[i], judge.unit_of(i))) {
      return {"feature", i, features[i], golden.features[i]};
    }
  }
  const Scores scores = judge.scores_of(features);
  const float spread = golden.spread;
  if (!close(scores.score, golden.score, 1, spread * golden.score)) {
    return {"score", 0, scores.score, golden.score};
  }
  if (!close(scores.alarm_score, golden.alarm_score, 1, spread * golden.alarm_score)) {
    return {"alarm score", 0, scores.alarm_score, golden.alarm_score};
  }
  return {};
}

}  // namespace

Scores golden_scores(const AnyJudge& judge, const Golden& golden) {
  float features[kMaxFeatures];
  measure(judge.model(), golden, features);
  return judge.scores_of(features);
}

Mismatch check_goldens(const AnyJudge& judge) {
  for (int k = 0; k < judge.model().golden_count; k++) {
    const Mismatch mismatch = check(judge, judge.model().goldens[k]);
    if (mismatch.what != nullptr) return mismatch;
  }
  return {};
}

}  // namespace judder
