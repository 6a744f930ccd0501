// What a detector sees of a window. Each feature set is one file here.
#ifndef JUDDER_FEATURES_H
#define JUDDER_FEATURES_H

#include "../window.h"

namespace judder {

// size: the number of features. compute: writes the features of a window. pose: the mean of x, y, z in g as
// trained, or null; only `directional` looks at it, all others are blind to the sensor's pose. A set that no
// model names is left out by the linker.
struct FeatureSet {
  const char* name;
  int size;
  void (*compute)(const Window& window, const float* pose, float* out);
};

namespace features {

extern const FeatureSet directional;
extern const FeatureSet mad;
extern const FeatureSet spectral;
extern const FeatureSet statistics;
extern const FeatureSet vibration;

}  // namespace features
}  // namespace judder

#endif
