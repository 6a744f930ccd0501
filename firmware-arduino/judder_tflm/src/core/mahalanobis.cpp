#include "mahalanobis.h"

#include <math.h>

#include "limits.h"

namespace judder {

float mahalanobis_distance(const float* features, const float* mean, const float* packed, int n) {
  float gaps[kMaxFeatures];
  float total = 0;
  for (int j = 0; j < n; j++) {
    gaps[j] = features[j] - mean[j];
    float z = 0;
    for (int i = 0; i <= j; i++) z += gaps[i] * *packed++;
    total += z * z;
  }
  return sqrtf(total);
}

}  // namespace judder
