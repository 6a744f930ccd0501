// The judge of one machine: its windows in, verdicts out.
#ifndef JUDDER_JUDGE_H
#define JUDDER_JUDGE_H

#include <math.h>
#include <stdint.h>

#include "autoencoder.h"
#include "decision.h"
#include "evidence.h"
#include "model.h"
#include "patience.h"
#include "pose.h"
#include "states.h"
#include "window.h"

namespace judder {

// What is said of one window and those before it; NaN stands for what nobody knows.
// score: the window's own. anomaly: score > threshold, never of a disturbed window. combined_score: of the
// evidence for a notice; alarm_score: of that for an alarm. p_value: of the combined score, before that of
// the window's own. level: of this evidence. mode: the number of the operating mode, or kNoMode.
struct Verdict {
  float score = 0;
  float combined_score = NAN;
  float alarm_score = NAN;
  float p_value = NAN;
  bool anomaly = false;
  bool mounting_changed = false;
  Level level = Level::kNormal;
  State state = State::kNormal;
  uint8_t mode = kNoMode;
};

// Of a window's features alone.
struct Scores {
  float score;
  float alarm_score;
};

// By a model of whichever version.
class AnyJudge {
 public:
  // autoencoder: null unless the model has a network.
  AnyJudge(const AnyModel& model, Autoencoder* autoencoder) : model_(model), autoencoder_(autoencoder) {}

  const AnyModel& model() const { return model_; }
  Autoencoder* autoencoder() const { return autoencoder_; }

  // Says which window comes next. What was seen before counts where only few are missing between.
  void follow(uint32_t boot_id, uint32_t seq);

  // Returns the verdict on that window, whose length and rate fit the model.
  virtual Verdict update(const Window& window) = 0;

  // Returns the scores of features as they are measured, which become no evidence.
  virtual Scores scores_of(const float* features) const = 0;

  // Returns what the i-th feature is compared in by the golden check.
  virtual float unit_of(int i) const = 0;

 protected:
  ~AnyJudge() = default;

  // Forgets the windows so far: the machine may be another.
  virtual void restart() = 0;

 private:
  const AnyModel& model_;
  Autoencoder* autoencoder_;
  uint32_t boot_id_ = 0;
  uint32_t seq_ = 0;
};

// By a model of version 2.
class Judge final : public AnyJudge {
 public:
  Judge(const Model& model, Autoencoder* autoencoder);

  Verdict update(const Window& window) override;
  Scores scores_of(const float* features) const override;
  float unit_of(int /*i*/) const override { return 1; }  // logarithms and correlations

 private:
  void restart() override;
  void begin();
  bool stands_still(float rms_g) const;
  Verdict stand_still();
  int settle(float* features, int before, float& least, bool& goes) const;
  float distance(const float* residual, int mode, int metric) const;
  float factor(const float* residual, int mode) const;
  bool gather(const float* residual, int mode, float swing_g, bool goes);
  void weigh_evidence(Verdict& verdict) const;
  void conclude(Verdict& verdict, bool left_out) const;

  const Model& model_;
  Evidence evidence_;
  Patience patience_;
  PoseWatch pose_;
  int mode_ = kNoMode;  // of the last window
};

}  // namespace judder

#endif
