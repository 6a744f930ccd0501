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
  // rows: room for all rings' rows of `size` features.
  Evidence(const int32_t* lengths, int count, int size, float* rows);

  // Takes in the residual of one window that counts.
  void add(const float* residual);

  // Writes the mean of the k-th length; false while there are too few windows.
  bool mean(int k, float* out) const;

  void restart();

 private:
  // So many rows, the newest over the oldest.
  struct Ring {
    void add(const float* values, int size);
    void average(float* out, int size) const;

    float* rows;
    uint32_t number;
    uint32_t taken;
  };

  Ring rings_[kMaxLengths] = {};
  int count_;
  int size_;
};

}  // namespace judder

#endif
