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
  uint32_t arena_used() const override { return static_cast<uint32_t>(interpreter_->arena_used_bytes()); }
  float score(const float* scaled) override;

  // Writes what the network makes of whitened features. Returns false where it fails.
  bool reconstruct(const float* z, float* out);

 private:
  tflm::Interpreter* interpreter_ = nullptr;
};

}  // namespace judder

#endif
#endif
