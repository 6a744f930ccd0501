// The judge of one machine by a model of version 1: one level, and a mounting that changed mutes it.
#ifndef JUDDER_JUDGE_V1_H
#define JUDDER_JUDGE_V1_H

#include "judge.h"
#include "limits.h"
#include "model_v1.h"

namespace judder {

// The standardised features of the last windows of one machine, for their mean.
class EvidenceV1 {
 public:
  EvidenceV1(int size, int windows) : size_(size), windows_(windows) {}

  void add(const float* features);
  bool mean(float* out) const;  // writes the mean of the last windows, false while there are few
  void restart();               // in place, since they are a kilobyte

 private:
  float rows_[kMaxWindowsCombined][kMaxFeatures] = {};
  int size_;
  int windows_;
  int next_ = 0;
  int taken_ = 0;
};

// Whether the pose lies more than tolerance_g off the one of training, and whether it stays there.
class PoseWatchV1 {
 public:
  // mean: as trained, or null where the data had no gravity to tell a pose by.
  PoseWatchV1(const float* mean, float tolerance_g, int windows)
      : mean_(mean), limit_(tolerance_g * tolerance_g), windows_(windows) {}

  void update(const Motion& motion);
  bool outside() const { return outside_; }  // the last window's pose is off
  bool changed() const { return changed_; }  // that of `windows` in a row was; it ends the same way

 private:
  const float* mean_;
  float limit_;
  int windows_;
  int disagreeing_ = 0;
  bool outside_ = false;
  bool changed_ = false;
};

// Of disturbed windows it leaves out so many in a row.
class PatienceV1 {
 public:
  explicit PatienceV1(int most) : most_(most) {}

  bool leaves_out(bool disturbed);
  void restart() { in_a_row_ = 0; }

 private:
  int most_;
  int in_a_row_ = 0;
};

class JudgeV1 final : public AnyJudge {
 public:
  JudgeV1(const ModelV1& model, Autoencoder* autoencoder);

  Verdict update(const Window& window) override;
  Scores scores_of(const float* features) const override;
  float unit_of(int i) const override { return model_.std[i]; }

 private:
  void restart() override;
  void standardise(float* features) const;
  float score(const float* scaled) const;
  void conclude(Verdict& verdict, bool left_out);
  bool is_another_mode(const Verdict& verdict) const;

  const ModelV1& model_;
  EvidenceV1 evidence_;
  PatienceV1 patience_;
  PoseWatchV1 pose_;
  float scores_[kMaxWindowsCombined] = {};
  int next_score_ = 0;
};

}  // namespace judder

#endif
