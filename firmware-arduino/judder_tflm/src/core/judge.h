// The judge of one machine: its windows in, verdicts out.
#ifndef JUDDER_JUDGE_H
#define JUDDER_JUDGE_H

#include <stdint.h>

#include "decision.h"
#include "model.h"
#include "pose.h"
#include "scorer.h"
#include "window.h"

namespace judder {

enum class State : uint8_t { kNormal, kDisturbed, kSuspect, kMountingChanged, kUnknownMode };

// Returns the state in words, as the server knows it.
const char* name_of(State state);

// What is said of one window and those before it.
// anomaly: score > threshold, never of a disturbed window. combined_score: that of the mean features of the
// last windows, once has_combined. p_value: of the combined score, before that of the window's own.
// alarming: what the Decision is to be told.
struct Verdict {
  float score;
  float combined_score;
  float p_value;
  bool has_combined;
  bool anomaly;
  bool combined_anomaly;
  bool alarming;
  State state;
};

class Judge {
 public:
  Judge(const Model& model, Scorer& scorer);

  // Says which window comes next. What was seen before counts where only few are missing between.
  void follow(uint32_t boot_id, uint32_t seq);

  // Returns the verdict on that window, whose length and rate fit the model.
  Verdict update(const Window& window);

 private:
  void restart();
  void note_pose(const Pose& pose, Verdict& verdict);
  bool is_another_mode(const Verdict& verdict) const;

  const Model& model_;
  Scorer& scorer_;
  Evidence evidence_;
  PoseWatch pose_;
  uint32_t boot_id_ = 0;
  uint32_t seq_ = 0;
  float scores_[kMaxWindowsCombined] = {};
  int next_score_ = 0;
};

}  // namespace judder

#endif
