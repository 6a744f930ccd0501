// Runs the network of model_data.h on the rows of stdin: float32, whitened features; writes its outputs and
// the score that the row has where the whitening matrix is 1.
#include <cstdio>

#include "model_data.h"
#include "src/tflm/autoencoder.h"

int main() {
  using namespace judder;
  AutoencoderScorer scorer(model_data::kModel.detector);
  const char* why = scorer.begin();
  if (why != nullptr) {
    std::fprintf(stderr, "%s\n", why);
    return 1;
  }
  const auto n = static_cast<size_t>(model_data::kModel.detector.features->size);
  float row[kMaxFeatures];
  float out[kMaxFeatures + 1];
  while (std::fread(row, sizeof *row, n, stdin) == n) {
    if (!scorer.reconstruct(row, out)) return 2;
    out[n] = scorer.score(row);
    std::fwrite(out, sizeof *out, n + 1, stdout);
  }
}
