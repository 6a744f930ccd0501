// Runs the network of model_data.h on the rows of stdin: float32, whitened features; writes its outputs and
// what it takes away.
#include <cstdio>

#include "model_data.h"
#include "src/core/limits.h"
#include "src/tflm/tflm_autoencoder.h"

int main() {
  using namespace judder;
  TflmAutoencoder autoencoder(model_data::kModel);
  const char* why = autoencoder.begin();
  if (why != nullptr) {
    std::fprintf(stderr, "%s\n", why);
    return 1;
  }
  const auto n = static_cast<size_t>(model_data::kModel.features->size);
  float row[kMaxFeatures];
  float out[kMaxFeatures + 1];
  while (std::fread(row, sizeof *row, n, stdin) == n) {
    if (!autoencoder.reconstruct(row, out)) return 2;
    out[n] = autoencoder.taken_away(row);
    std::fwrite(out, sizeof *out, n + 1, stdout);
  }
}
