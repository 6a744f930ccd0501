// An autoencoder whose network TensorFlow Lite Micro runs.
#ifndef JUDDER_TFLM_AUTOENCODER_H
#define JUDDER_TFLM_AUTOENCODER_H

#include "../core/autoencoder.h"
#include "../core/model.h"
#include "tflm.h"

#ifdef JUDDER_HAS_TFLM

namespace judder {

// The network is float32 or int8, of dense layers only. There is one of these in a program.
class TflmAutoencoder final : public Autoencoder {
 public:
  explicit TflmAutoencoder(const AnyModel& model) : network_(*model.network), size_(model.features->size) {}

  const char* begin() override;
  uint32_t arena_used() const override { return static_cast<uint32_t>(interpreter_->arena_used_bytes()); }
  float taken_away(const float* z) override;

  // Writes what the network makes of whitened features. Returns false where it fails.
  bool reconstruct(const float* z, float* out);

 private:
  const Network& network_;
  int size_;
  tflm::Interpreter* interpreter_ = nullptr;
};

}  // namespace judder

#endif
#endif
