// What a denoising autoencoder takes away from whitened features, the network run by TensorFlow Lite Micro.
#ifndef JUDDER_AUTOENCODER_H
#define JUDDER_AUTOENCODER_H

#include "../core/scorer.h"
#include "tflm.h"

#ifdef JUDDER_HAS_TFLM

namespace judder {

// The score is gain * |z - network(z cut off at +-limit)|, z being the features whitened by the nearest mode.
// The network is float32 or int8, of dense layers only. There is one of these in a program.
class AutoencoderScorer final : public Scorer {
 public:
  using Scorer::Scorer;

  const char* begin() override;
  float score(const float* scaled) override;

 private:
  bool reconstruct(const float* z, float* out);

  tflm::Interpreter* interpreter_ = nullptr;
};

}  // namespace judder

#endif
#endif
