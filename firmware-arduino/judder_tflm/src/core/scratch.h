// The room that features are computed in. They are computed one after another, so they share it.
#ifndef JUDDER_SCRATCH_H
#define JUDDER_SCRATCH_H

#include <stdint.h>

#include "limits.h"

namespace judder {

constexpr int next_power_of_two(int n) {
  int size = 16;
  while (size < n) size *= 2;
  return size;
}

constexpr int kTransformRoom = next_power_of_two(kMaxWindowLen);

constexpr int kBins = 2 * kTransformRoom;

union Scratch {
  uint16_t bins[kBins];
  uint32_t pairs_of_bins[kBins / 2];
  uint16_t selection[kMaxWindowLen];
  struct {
    int16_t real[kTransformRoom];
    int16_t imaginary[kTransformRoom];
    int16_t third_real[kTransformRoom / 2];  // the lower half of a third axis's transform
    int16_t third_imaginary[kTransformRoom / 2];
  } spectrum;
};

Scratch& scratch();

}  // namespace judder

#endif
