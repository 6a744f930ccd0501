#include "mahalanobis.h"

#include <math.h>

#include "limits.h"

namespace judder {

float mahalanobis_distance(const float* features, const float* mean, const float* packed, int n) {
  float z[kMaxFeatures];
  return whiten(features, mean, packed, n, z);
}

float whiten(const float* features, const float* mean, const float* packed, int n, float* z) {
  float gaps[kMaxFeatures];
  float total = 0;
  for (int j = 0; j < n; j++) {
    gaps[j] = features[j] - mean[j];
    z[j] = 0;
    for (int i = 0; i <= j; i++) z[j] += gaps[i] * *packed++;
    total += z[j] * z[j];
  }
  return sqrtf(total);
}

}  // namespace judder
