// The log power in 32 equal bands from 0 to half the sample rate, summed over the axes.
#include "bands.h"
#include "features.h"

namespace judder::features {
namespace {

constexpr int kBands = 32;

void compute(const Window& window, const float* /*pose*/, float* out) {
  const int n = window.window_len;
  const Centred axes[] = {{window.counts, n}, {window.counts + 1, n}, {window.counts + 2, n}};
  bands(axes, window.scale_g, kBands, out);
}

}  // namespace

const FeatureSet spectral = {"spectral", kBands, compute};

}  // namespace judder::features
