// What a machine sounds like and how its axes move together: 24 bands and three correlations.
#include "bands.h"
#include "features.h"

namespace judder::features {
namespace {

constexpr int kBands = 24;

void compute(const Window& window, const float* /*pose*/, float* out) {
  const int n = window.window_len;
  const Centred axes[] = {{window.counts, n}, {window.counts + 1, n}, {window.counts + 2, n}};
  bands(axes, window.scale_g, kBands, out);
  correlations(axes, out + kBands);
}

}  // namespace

const FeatureSet vibration = {"vibration", kBands + kAxes, compute};

}  // namespace judder::features
