#include "mahalanobis.h"

#include <math.h>

#include "limits.h"

namespace judder {
namespace {

// Returns |z|, z[j] being scales[j] (null: 1) times the sum of gaps[i] * W[i,j].
template <typename Weight>
float multiply(const float* gaps, const Weight* packed, const float* scales, int n, float* z) {
  float total = 0;
  for (int j = 0; j < n; j++) {
    float sum = 0;
    for (int i = 0; i <= j; i++) sum += gaps[i] * static_cast<float>(*packed++);
    z[j] = scales == nullptr ? sum : sum * scales[j];
    total += z[j] * z[j];
  }
  return sqrtf(total);
}

}  // namespace

float whiten(const float* gaps, const float* packed, int n, float* z) {
  return multiply(gaps, packed, nullptr, n, z);
}

float whiten(const float* gaps, const Whitening& whitening, int n, float* z) {
  const Shape& shape = *whitening.shape;
  if (whitening.stretch == nullptr) return multiply(gaps, shape.whitening, shape.scales, n, z);
  float stretched[kMaxFeatures];
  for (int i = 0; i < n; i++) stretched[i] = gaps[i] * whitening.stretch[i];
  return multiply(stretched, shape.whitening, shape.scales, n, z);
}

}  // namespace judder
