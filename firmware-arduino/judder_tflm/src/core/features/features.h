// What a detector sees of a window. Each feature set is one file here; all are blind to the sensor's pose.
#ifndef JUDDER_FEATURES_H
#define JUDDER_FEATURES_H

#include "../window.h"

namespace judder {

// size: the number of features. shortest: the least samples a window may have.
// compute: writes the features of a window. A set that no model names is left out by the linker.
struct FeatureSet {
  const char* name;
  int size;
  int shortest;
  void (*compute)(const Window& window, float* out);
};

namespace features {

extern const FeatureSet mad;
extern const FeatureSet spectral;
extern const FeatureSet statistics;
extern const FeatureSet vibration;

}  // namespace features
}  // namespace judder

#endif
