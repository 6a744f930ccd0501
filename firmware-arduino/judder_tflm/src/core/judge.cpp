#include "judge.h"

namespace judder {
namespace {

constexpr float kFar = 2.5F;         // times the threshold: as far as another operating mode
constexpr uint32_t kMostMissed = 5;  // windows in a row; after more, the machine may be another than it was
constexpr float kSteady = 0.5F;      // of the mean score: how far the evidence's scores may spread

}  // namespace

const char* name_of(State state) {
  switch (state) {
    case State::kDisturbed:
      return "disturbed";
    case State::kSuspect:
      return "suspect";
    case State::kMountingChanged:
      return "mounting changed";
    case State::kUnknownMode:
      return "unknown mode";
    default:
      return "normal";
  }
}

Judge::Judge(const Model& model, Scorer& scorer)
    : model_(model),
      scorer_(scorer),
      evidence_(model.detector.features->size, model.windows_combined, model.most_disturbed),
      pose_(model.pose_mean, model.pose_tolerance_g, model.windows_combined) {}

void Judge::follow(uint32_t boot_id, uint32_t seq) {
  const uint32_t ahead = seq - seq_;
  if (boot_id != boot_id_ || ahead == 0 || ahead > kMostMissed + 1) restart();
  boot_id_ = boot_id;
  seq_ = seq;
}

// Forgets the windows so far: the machine may be another.
void Judge::restart() {
  evidence_.restart();
  pose_ = PoseWatch(model_.pose_mean, model_.pose_tolerance_g, model_.windows_combined);
  for (float& score : scores_) score = 0;
  next_score_ = 0;
}

Verdict Judge::update(const Window& window) {
  const Detector& detector = model_.detector;
  float features[kMaxFeatures];
  float mean[kMaxFeatures];
  detector.features->compute(window, nullptr, features);
  scorer_.standardise(features);  // before the mean: near 0 a float32 is finer
  const Pose pose = measure_pose(window);
  Verdict verdict = {};
  verdict.has_combined = evidence_.add(features, pose.swing_g > model_.disturbed_g, mean);
  verdict.score = scorer_.score(features);
  verdict.anomaly = verdict.score > detector.threshold;
  if (verdict.has_combined) {
    verdict.combined_score = scorer_.score(mean);
    verdict.combined_anomaly = verdict.combined_score > detector.combined_threshold;
    verdict.p_value = detector.calibration.p_value(verdict.combined_score);
  } else {
    verdict.p_value = detector.window_calibration.p_value(verdict.score);
  }
  note_pose(pose, verdict);
  return verdict;
}

void Judge::note_pose(const Pose& pose, Verdict& verdict) {
  pose_.update(pose);
  scores_[next_score_] = verdict.score;
  next_score_ = (next_score_ + 1) % model_.windows_combined;
  const bool disturbed = evidence_.skipped() || pose_.outside();
  if (disturbed) verdict.anomaly = false;
  verdict.alarming = verdict.combined_anomaly && !pose_.outside() && !pose_.changed();
  if (pose_.changed()) {
    verdict.state = State::kMountingChanged;
  } else if (disturbed) {
    verdict.state = State::kDisturbed;
  } else if (verdict.combined_anomaly) {
    verdict.state = is_another_mode(verdict) ? State::kUnknownMode : State::kSuspect;
  }
}

// Far from every mode, and steady. A strong steady fault looks the same: the words say so.
bool Judge::is_another_mode(const Verdict& verdict) const {
  float sum = 0;
  float low = scores_[0];
  float high = scores_[0];
  for (int k = 0; k < model_.windows_combined; k++) {
    sum += scores_[k];
    low = scores_[k] < low ? scores_[k] : low;
    high = scores_[k] > high ? scores_[k] : high;
  }
  const float mean = sum / static_cast<float>(model_.windows_combined);
  const bool far = verdict.combined_score > kFar * model_.detector.combined_threshold;
  return far && model_.detector.mode_count > 1 && high - low <= kSteady * mean;
}

}  // namespace judder
