#include "calibration.h"

namespace judder {

float Calibration::p_value(float score) const {
  const float step = 1.0F / static_cast<float>(windows + 1);
  float p = 1;
  for (int k = 0; k < size && score > scores[k]; k++) p = p_values[k] - step;
  return p;
}

}  // namespace judder
