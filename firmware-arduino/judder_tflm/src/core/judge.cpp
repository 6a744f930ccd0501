#include "judge.h"

#include "limits.h"
#include "mahalanobis.h"

namespace judder {
namespace {

constexpr uint32_t kMostMissed = 5;  // windows in a row; after more, the machine may be another than it was

// Raises the highest score so far to another; NaN is lower than any.
void raise(float& highest, float score) {
  if (!(highest >= score)) highest = score;
}

}  // namespace

void AnyJudge::follow(uint32_t boot_id, uint32_t seq) {
  const uint32_t ahead = seq - seq_;
  if (boot_id != boot_id_ || ahead == 0 || ahead > kMostMissed + 1) restart();
  boot_id_ = boot_id;
  seq_ = seq;
}

Judge::Judge(const Model& model, Autoencoder* autoencoder)
    : AnyJudge(model, autoencoder),
      model_(model),
      evidence_(model.lengths, model.length_count, model.features->size, model.rows, model.standstill_g > 0),
      patience_(model.most_disturbed),
      pose_(model.pose_mean, model.pose_tolerance_g) {}

void Judge::restart() {
  pose_.restart();
  evidence_.restart();
  begin();
}

// Forgets what only tells a window from the one before it.
void Judge::begin() {
  patience_.restart();
  mode_ = kNoMode;
}

Verdict Judge::update(const Window& window) {
  const Motion motion = measure_motion(window);
  if (stands_still(motion.rms_g)) return stand_still();
  float residual[kMaxFeatures];
  model_.features->compute(window, model_.pose_mean, residual);
  float least = 0;
  bool goes = false;
  const int mode = settle(residual, mode_, least, goes);
  pose_.update(motion);
  Verdict verdict;
  verdict.mode = static_cast<uint8_t>(mode);
  verdict.score = least * factor(residual, mode);
  const bool strange = verdict.score > model_.threshold;
  const bool left_out = gather(residual, mode, motion.swing_g, goes && strange);
  verdict.anomaly = strange && !left_out;
  weigh_evidence(verdict);
  conclude(verdict, left_out);
  return verdict;
}

// A window that does not move at all shows a sensor that is stuck: each has noise.
bool Judge::stands_still(float rms_g) const { return rms_g > 0 && rms_g <= model_.standstill_g; }

// Nothing is judged until it runs; what it showed before counts on.
Verdict Judge::stand_still() {
  evidence_.rest();
  begin();
  Verdict verdict;
  verdict.mounting_changed = pose_.changed();
  verdict.state = State::kStandstill;
  return verdict;
}

// Returns the number of the mode that features are taken to be of, and makes them the residual to it. least:
// how far the nearest mode is; goes: whether that is another than before. A strange window stays with the
// mode before while it is about as far from that: between two modes it would count to either in turn, and
// the residuals would cancel out.
int Judge::settle(float* features, int before, float& least, bool& goes) const {
  const int n = model_.features->size;
  float gaps[kMaxFeatures];
  least = INFINITY;
  float from_before = INFINITY;
  int nearest = 0;
  for (int mode = 0; mode < model_.mode_count; mode++) {
    for (int i = 0; i < n; i++) gaps[i] = features[i] - model_.modes[mode].mean[i];
    const float away = distance(gaps, mode, 0);
    if (mode == before) from_before = away;
    if (away >= least) continue;
    least = away;
    nearest = mode;
  }
  goes = before != kNoMode && nearest != before;
  if (least > model_.threshold && 2 * least > from_before) nearest = before;
  for (int i = 0; i < n; i++) features[i] -= model_.modes[nearest].mean[i];
  return nearest;
}

// Returns how far a residual of that mode is, under the metric of that number.
float Judge::distance(const float* residual, int mode, int metric) const {
  float z[kMaxFeatures];
  return whiten(residual, model_.modes[mode].whitenings[metric], model_.features->size, z);
}

// Returns what the distances of a residual are multiplied by: the share that an autoencoder takes away of it.
float Judge::factor(const float* residual, int mode) const {
  if (autoencoder() == nullptr) return 1;
  float z[kMaxFeatures];
  const float away = whiten(residual, model_.modes[mode].whitenings[0], model_.features->size, z);
  return autoencoder()->taken_away(z) / (away > 0 ? away : 1);
}

// Takes in one window; returns whether it is left out of the evidence.
// goes: whether the machine goes to another mode: the window is strange, and nearer to another than the last
// one's. That is so as well where it settles with the last one's.
bool Judge::gather(const float* residual, int mode, float swing_g, bool goes) {
  const bool starts = evidence_.go_on();
  mode_ = mode;
  const bool disturbed = goes || swing_g > model_.disturbed_g;
  const bool left_out = patience_.leaves_out(disturbed) || starts;
  if (!left_out) evidence_.add(residual);
  return left_out;
}

// Adds the scores of each mean that there is, re-attached to the last window's mode.
void Judge::weigh_evidence(Verdict& verdict) const {
  float mean[kMaxFeatures];
  for (int k = 0; k < model_.length_count && evidence_.mean(k, mean); k++) {
    const float by = factor(mean, mode_);
    for (int metric = 0; metric < model_.metric_count; metric++) {
      const Metric& of = model_.metrics[metric];
      if (of.windows != model_.lengths[k]) continue;
      const float score = distance(mean, mode_, metric) * by;
      raise(of.level == Level::kAlarm ? verdict.alarm_score : verdict.combined_score, score);
    }
  }
}

void Judge::conclude(Verdict& verdict, bool left_out) const {
  const bool judged = !isnan(verdict.combined_score);
  verdict.p_value = judged ? model_.calibration.p_value(verdict.combined_score)
                           : model_.window_calibration.p_value(verdict.score);
  if (verdict.alarm_score > model_.alarm_threshold) {
    verdict.level = Level::kAlarm;
  } else if (verdict.combined_score > model_.combined_threshold) {
    verdict.level = Level::kNotice;
  }
  verdict.mounting_changed = pose_.changed();
  const bool says_mounting = verdict.mounting_changed && verdict.level == Level::kNormal;
  verdict.state = left_out        ? State::kDisturbed
                  : says_mounting ? State::kMountingChanged
                                  : state_of(verdict.level);
}

Scores Judge::scores_of(const float* features) const {
  float residual[kMaxFeatures];
  for (int i = 0; i < model_.features->size; i++) residual[i] = features[i];
  float least = 0;
  bool goes = false;
  const int mode = settle(residual, kNoMode, least, goes);
  const float by = factor(residual, mode);
  int alarm = 0;
  while (model_.metrics[alarm].level != Level::kAlarm) alarm++;
  return {least * by, distance(residual, mode, alarm) * by};
}

}  // namespace judder
