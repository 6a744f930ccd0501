// From a score to a p-value: how rarely a normal window scores this high. Source: Vovk et al. 2005, ch. 4.
#ifndef JUDDER_CALIBRATION_H
#define JUDDER_CALIBRATION_H

namespace judder {

// windows: how many scores it was made of. scores: `size` of them, rising. p_values: p at each, falling.
struct Calibration {
  int windows;
  int size;
  const float* scores;
  const float* p_values;

  // Returns the p-value of score, from 1 / (windows + 1) to 1. Between two ranks the larger holds.
  float p_value(float score) const;
};

}  // namespace judder

#endif
