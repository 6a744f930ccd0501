// The mean residuals of the last windows of one machine.
//
// Averaging residuals before the distance beats averaging scores, since noise averages out and a fault does
// not. A longer mean is that of shorter ones, block after block, so that a board can hold it.
#ifndef JUDDER_EVIDENCE_H
#define JUDDER_EVIDENCE_H

#include <stdint.h>

#include "limits.h"

namespace judder {

class Evidence {
 public:
  // lengths: of how many windows each mean is, `count` of them, rising, each a multiple of the one before.
  // rows: room for all rings' rows of `size` features. stops: whether the machine is seen to stand still.
  //
  // What it showed before a rest counts after it. But in the first window of a run it may still start, and in
  // the last it may stop already: neither counts. So a residual waits until the machine runs on. Of a machine
  // that never runs for longer all windows count, or nothing of it would.
  Evidence(const int32_t* lengths, int count, int size, float* rows, bool stops);

  // Takes in that the machine stands still in the next window.
  void rest();

  // Takes in that the machine runs in the next window. Returns whether that is to be left out.
  bool go_on();

  // Takes in the residual of a window that is not to be left out.
  void add(const float* residual);

  // Writes the mean of the k-th length; false while there are too few windows.
  bool mean(int k, float* out) const;

  void restart();

 private:
  static constexpr uint32_t kEdges = 2;   // windows of a run that may show no more than a start and a stop
  static constexpr uint32_t kShort = 10;  // runs of no more than these, in a row: it never runs for longer

  // So many rows, the newest over the oldest.
  struct Ring {
    void add(const float* values, int size);
    void average(float* out, int size) const;

    float* rows;
    uint32_t number;
    uint32_t taken;
  };

  void count(const float* residual);

  Ring rings_[kMaxLengths] = {};
  float waiting_[kMaxFeatures] = {};
  int count_;
  int size_;
  bool stops_;
  bool waits_ = false;
  uint32_t run_ = kEdges + 1;  // how many windows it has run for: no few, as nobody saw it start
  uint32_t short_runs_ = 0;
};

}  // namespace judder

#endif
