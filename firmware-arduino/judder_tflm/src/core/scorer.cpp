#include "scorer.h"

#include <math.h>

#include "limits.h"
#include "mahalanobis.h"

namespace judder {

float Scorer::score(const float* measured) {
  float scaled[kMaxFeatures];
  for (int i = 0; i < detector_.features->size; i++) {
    scaled[i] = (measured[i] - detector_.mean[i]) / detector_.std[i];
  }
  return score_scaled(scaled);
}

float MahalanobisScorer::score_scaled(const float* scaled) {
  const Detector& all = detector();
  float smallest = INFINITY;
  for (int k = 0; k < all.mode_count; k++) {
    const Mode& mode = all.modes[k];
    const float distance = mahalanobis_distance(scaled, mode.mean, mode.whitening, all.features->size);
    if (distance < smallest) smallest = distance;
  }
  return smallest;
}

}  // namespace judder
