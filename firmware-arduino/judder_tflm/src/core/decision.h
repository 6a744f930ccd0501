// From windows to an alert a person acts on: evidence of several windows, then m of n.
#ifndef JUDDER_DECISION_H
#define JUDDER_DECISION_H

#include <stdint.h>

#include "limits.h"

namespace judder {

// An alert is raised when at least m of the last n windows alarm, and cleared when at most `clear` do.
struct Rule {
  int m;
  int n;
  int clear;
};

// The debounced state of one machine.
class Decision {
 public:
  explicit Decision(Rule rule) : rule_(rule) {}

  // Takes in one window's outcome and returns whether the alert is on.
  bool update(bool alarming);
  bool alert() const { return alert_; }

 private:
  Rule rule_;
  uint32_t recent_ = 0;  // a bit a window, the newest lowest
  bool alert_ = false;
};

// The standardised features of the last windows of one machine, for their mean.
//
// Averaging features before the distance beats averaging scores. A disturbed window, one that was bumped, is
// left out unless more than most_disturbed come in a row: a machine that always knocks is no bump.
class Evidence {
 public:
  Evidence(int size, int windows, int most_disturbed)
      : size_(size), windows_(windows), most_disturbed_(most_disturbed) {}

  // Takes in one window's features; writes the mean of the last windows, false while there are few.
  bool add(const float* features, bool disturbed, float* mean);
  void restart();                            // forgets them; in place, since they are a kilobyte
  bool skipped() const { return skipped_; }  // whether the last window was left out

 private:
  float rows_[kMaxWindowsCombined][kMaxFeatures] = {};
  int size_;
  int windows_;
  int most_disturbed_;
  int next_ = 0;
  int taken_ = 0;
  int disturbed_ = 0;
  bool skipped_ = false;
};

}  // namespace judder

#endif
