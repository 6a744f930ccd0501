#include "rotation.h"

#include <math.h>

namespace judder {
namespace {

constexpr float kLeastG = 0.5F;  // of a mean that is gravity's
constexpr float kMostG = 1.5F;
constexpr float kUpsideDown = 0.02F;  // 1 + the cosine of 168 degrees

float length(const float* v) { return sqrtf(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]); }

// Returns a^T S b.
float product(const float* a, const Symmetric<float>& s, const float* b) {
  return a[0] * (s.xx * b[0] + s.xy * b[1] + s.xz * b[2]) + a[1] * (s.xy * b[0] + s.yy * b[1] + s.yz * b[2]) +
         a[2] * (s.xz * b[0] + s.yz * b[1] + s.zz * b[2]);
}

}  // namespace

// R = c I + [v]x + v v^T / (1 + c), with v = a x b and c = a b of the unit vectors a and b (Rodrigues).
Rotation::Rotation(const float (&from_g)[kAxes], const float* to_g) {
  if (to_g == nullptr) return;
  const float from_length = length(from_g);
  const float to_length = length(to_g);
  if (from_length < kLeastG || from_length > kMostG || to_length < kLeastG) return;
  const float unit = 1 / (from_length * to_length);
  const float c = (from_g[0] * to_g[0] + from_g[1] * to_g[1] + from_g[2] * to_g[2]) * unit;
  if (1 + c < kUpsideDown) return;
  float v[kAxes];
  for (int k = 0; k < kAxes; k++) {
    const int i = (k + 1) % kAxes;
    const int j = (k + 2) % kAxes;
    v[k] = (from_g[i] * to_g[j] - from_g[j] * to_g[i]) * unit;
  }
  for (int i = 0; i < kAxes; i++) {
    for (int j = 0; j < kAxes; j++) rows_[i][j] = v[i] * v[j] / (1 + c);
    rows_[i][i] += c;
    rows_[i][(i + 1) % kAxes] -= v[(i + 2) % kAxes];
    rows_[i][(i + 2) % kAxes] += v[(i + 1) % kAxes];
  }
}

Symmetric<float> Rotation::of(const Symmetric<float>& s) const {
  const auto& [x, y, z] = rows_;
  return {product(x, s, x), product(y, s, y), product(z, s, z),
          product(x, s, y), product(x, s, z), product(y, s, z)};
}

}  // namespace judder
