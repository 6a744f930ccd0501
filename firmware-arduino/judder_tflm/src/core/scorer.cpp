#include "scorer.h"

#include <math.h>

#include "mahalanobis.h"

namespace judder {

void Scorer::standardise(float* features) const {
  for (int i = 0; i < detector_.features->size; i++) {
    features[i] = (features[i] - detector_.mean[i]) / detector_.std[i];
  }
}

float MahalanobisScorer::score(const float* scaled) {
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
