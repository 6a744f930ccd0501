// What a denoising autoencoder takes away from whitened features, whoever runs its network.
#ifndef JUDDER_AUTOENCODER_H
#define JUDDER_AUTOENCODER_H

#include <stdint.h>

namespace judder {

class Autoencoder {
 public:
  // Sets up the network. Returns null, or why it cannot be used, in words.
  virtual const char* begin() = 0;

  // Bytes of its arena that are in use.
  virtual uint32_t arena_used() const = 0;

  // Returns gain * |z - network(z cut off at +-limit)|, z being n whitened features; NaN where it fails:
  // never near a golden score, never above a threshold.
  virtual float taken_away(const float* z) = 0;

 protected:
  ~Autoencoder() = default;
};

}  // namespace judder

#endif
