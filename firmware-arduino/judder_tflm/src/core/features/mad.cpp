// Median absolute deviation x 1.4826 of each axis, in g: how strongly it shakes, bumps left out.
#include "../stats.h"
#include "features.h"

namespace judder::features {
namespace {

void compute(const Window& window, const float* /*pose*/, float* out) {
  for (int k = 0; k < kAxes; k++) {
    out[k] = judder::mad(window.counts + k, window.window_len) * window.scale_g;
  }
}

}  // namespace

const FeatureSet mad = {"mad", kAxes, compute};

}  // namespace judder::features
