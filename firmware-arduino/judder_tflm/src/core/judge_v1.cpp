#include "judge_v1.h"

#include "mahalanobis.h"

namespace judder {
namespace {

constexpr float kFar = 2.5F;     // times the threshold: as far as another operating mode
constexpr float kSteady = 0.5F;  // of the mean score: how far the evidence's scores may spread

}  // namespace

void EvidenceV1::add(const float* features) {
  for (int i = 0; i < size_; i++) rows_[next_][i] = features[i];
  next_ = (next_ + 1) % windows_;
  if (taken_ < windows_) taken_++;
}

bool EvidenceV1::mean(float* out) const {
  if (taken_ < windows_) return false;
  for (int i = 0; i < size_; i++) {
    float sum = 0;
    for (int row = 0; row < windows_; row++) sum += rows_[row][i];
    out[i] = sum / static_cast<float>(windows_);
  }
  return true;
}

void EvidenceV1::restart() { next_ = taken_ = 0; }

void PoseWatchV1::update(const Motion& motion) {
  if (mean_ == nullptr) return;
  float squares = 0;
  for (int k = 0; k < kAxes; k++) {
    const float gap = motion.pose_g[k] - mean_[k];
    squares += gap * gap;
  }
  outside_ = squares > limit_;
  disagreeing_ = outside_ != changed_ ? disagreeing_ + 1 : 0;
  if (disagreeing_ >= windows_) {
    changed_ = outside_;
    disagreeing_ = 0;
  }
}

bool PatienceV1::leaves_out(bool disturbed) {
  if (!disturbed) {
    in_a_row_ = 0;
  } else if (in_a_row_ <= most_) {
    in_a_row_++;
  }
  return in_a_row_ > 0 && in_a_row_ <= most_;
}

JudgeV1::JudgeV1(const ModelV1& model, Autoencoder* autoencoder)
    : AnyJudge(model, autoencoder),
      model_(model),
      evidence_(model.features->size, model.windows_combined),
      patience_(model.most_disturbed),
      pose_(model.pose_mean, model.pose_tolerance_g, model.windows_combined) {}

void JudgeV1::restart() {
  evidence_.restart();
  patience_.restart();
  pose_ = PoseWatchV1(model_.pose_mean, model_.pose_tolerance_g, model_.windows_combined);
  for (float& score : scores_) score = 0;
  next_score_ = 0;
}

Verdict JudgeV1::update(const Window& window) {
  float features[kMaxFeatures];
  float mean[kMaxFeatures];
  model_.features->compute(window, nullptr, features);
  standardise(features);  // before the mean: near 0 a float32 is finer
  const Motion motion = measure_motion(window);
  const bool left_out = patience_.leaves_out(motion.swing_g > model_.disturbed_g);
  if (!left_out) evidence_.add(features);
  pose_.update(motion);
  Verdict verdict;
  verdict.score = score(features);
  if (evidence_.mean(mean)) {
    verdict.combined_score = score(mean);
    verdict.p_value = model_.calibration.p_value(verdict.combined_score);
  } else {
    verdict.p_value = model_.window_calibration.p_value(verdict.score);
  }
  conclude(verdict, left_out);
  return verdict;
}

void JudgeV1::standardise(float* features) const {
  for (int i = 0; i < model_.features->size; i++) {
    features[i] = (features[i] - model_.mean[i]) / model_.std[i];
  }
}

// Returns how far standardised features are from the nearest mode, or what an autoencoder takes away of that.
float JudgeV1::score(const float* scaled) const {
  const int n = model_.features->size;
  float gaps[kMaxFeatures];
  float z[kMaxFeatures];
  float nearest[kMaxFeatures];
  float least = INFINITY;
  for (int mode = 0; mode < model_.mode_count; mode++) {
    for (int i = 0; i < n; i++) gaps[i] = scaled[i] - model_.modes[mode].mean[i];
    const float away = whiten(gaps, model_.modes[mode].whitening, n, z);
    if (away >= least) continue;
    least = away;
    for (int i = 0; i < n; i++) nearest[i] = z[i];
  }
  return autoencoder() == nullptr ? least : autoencoder()->taken_away(nearest);
}

void JudgeV1::conclude(Verdict& verdict, bool left_out) {
  scores_[next_score_] = verdict.score;
  next_score_ = (next_score_ + 1) % model_.windows_combined;
  const bool disturbed = left_out || pose_.outside();
  const bool strange = verdict.combined_score > model_.combined_threshold;
  verdict.anomaly = verdict.score > model_.threshold && !disturbed;
  verdict.mounting_changed = pose_.changed();
  if (strange && !pose_.outside() && !pose_.changed()) verdict.level = Level::kAlarm;
  if (pose_.changed()) {
    verdict.state = State::kMountingChanged;
  } else if (disturbed) {
    verdict.state = State::kDisturbed;
  } else if (strange) {
    verdict.state = is_another_mode(verdict) ? State::kUnknownMode : State::kAlarm;
  }
}

// Far from every mode, and steady. A strong steady fault looks the same: the words say so.
bool JudgeV1::is_another_mode(const Verdict& verdict) const {
  float sum = 0;
  float low = scores_[0];
  float high = scores_[0];
  for (int k = 0; k < model_.windows_combined; k++) {
    sum += scores_[k];
    low = scores_[k] < low ? scores_[k] : low;
    high = scores_[k] > high ? scores_[k] : high;
  }
  const float mean = sum / static_cast<float>(model_.windows_combined);
  const bool far = verdict.combined_score > kFar * model_.combined_threshold;
  return far && model_.mode_count > 1 && high - low <= kSteady * mean;
}

Scores JudgeV1::scores_of(const float* features) const {
  float scaled[kMaxFeatures];
  for (int i = 0; i < model_.features->size; i++) scaled[i] = features[i];
  standardise(scaled);
  return {score(scaled), 0};
}

}  // namespace judder
