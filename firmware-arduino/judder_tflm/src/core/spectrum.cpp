#include "spectrum.h"

#include <math.h>

namespace judder {
namespace {

constexpr int kSineBits = 14;
constexpr int kHannBits = 12;
constexpr int32_t kLimit = 1 << 14;  // of what goes in: the sum of two products stays within 31 bits
constexpr double kTwoPi = 6.283185307179586;

// Doubles, for the same tables as Python's; only where tables are made, once a boot.
int16_t rounded(double value, int bits) { return static_cast<int16_t>(floor(value * (1 << bits) + 0.5)); }

int reversed(int number, int bits) {
  int result = 0;
  for (; bits > 0; bits--) {
    result = result << 1 | (number & 1);
    number >>= 1;
  }
  return result;
}

// Returns by how many bits to shift values of that peak so that they come just under kLimit.
int shift_for(int32_t peak) {
  int shift = 0;
  while (peak >> shift >= kLimit) shift++;
  return shift;
}

int32_t square(int16_t value) { return int32_t{value} * value; }

// Returns what is left of the mean of an axis, in 2^-kHannBits counts. A mean between two counts would else
// leak into the first bins, which moves the lowest band of a quiet machine fourfold.
int32_t rest_of(const Centred& axis) {
  return static_cast<int32_t>(floorf(axis.mean() * (1 << kHannBits) + 0.5F));
}

}  // namespace

void Transform::prepare(int window_len) {
  if (window_len == window_len_) return;
  window_len_ = window_len;
  bits_ = 4;
  while (1 << bits_ < window_len) bits_++;
  size_ = 1 << bits_;
  for (int k = 0; k < size_; k++) cosine_[k] = rounded(cos(kTwoPi / size_ * k), kSineBits);
  int64_t squares = 0;
  for (int k = 0; k < window_len; k++) {
    hann_[k] = rounded(0.5 - 0.5 * cos(kTwoPi / window_len * k), kHannBits);
    squares += square(hann_[k]);
  }
  noise_gain_ = static_cast<float>(squares) / (1 << 2 * kHannBits);
}

Edges Transform::edges(int band, int bands) const {
  const int bins = size_ / 2 - 1;
  return {bins * band / bands + 1, bins * (band + 1) / bands + 1};
}

void Transform::add_power(const Centred& x, const Centred* y, int bands, float* energies) const {
  int16_t* const real = scratch().spectrum.real;
  int16_t* const imaginary = scratch().spectrum.imaginary;
  int32_t highest = peak(x, 0);
  if (y != nullptr && peak(*y, 0) > highest) highest = peak(*y, 0);
  const int shift = shift_for(highest);
  window_into(real, &x, 0, shift);
  window_into(imaginary, y, 0, shift);
  transform();
  const float unit = 0.5F * unit_of(shift);
  for (int band = 0; band < bands; band++) {
    const Edges bins = edges(band, bands);
    uint64_t total = 0;  // with Z = X + iY, |Z_k|^2 + |Z_-k|^2 is twice what is wanted
    for (int k = bins.start; k < bins.stop; k++) {
      const int mirror = size_ - k;
      total += static_cast<uint32_t>(square(real[k]) + square(imaginary[k]));
      total += static_cast<uint32_t>(square(real[mirror]) + square(imaginary[mirror]));
    }
    energies[band] += static_cast<float>(total) * unit;
  }
}

float Transform::take(const Centred (&axes)[kAxes]) const {
  auto& room = scratch().spectrum;
  int32_t highest = 0;
  for (const Centred& axis : axes) {
    const int32_t height = peak(axis, rest_of(axis));
    if (height > highest) highest = height;
  }
  const int shift = shift_for(highest);
  window_into(room.real, &axes[2], rest_of(axes[2]), shift);
  window_into(room.imaginary, nullptr, 0, shift);
  transform();
  for (int k = 0; k < size_ / 2; k++) {
    room.third_real[k] = room.real[k];
    room.third_imaginary[k] = room.imaginary[k];
  }
  window_into(room.real, &axes[0], rest_of(axes[0]), shift);
  window_into(room.imaginary, &axes[1], rest_of(axes[1]), shift);
  transform();
  return unit_of(shift);
}

uint32_t Transform::power(int k) const {
  const auto& room = scratch().spectrum;
  const int mirror = size_ - k;
  const auto pair = static_cast<uint32_t>(square(room.real[k]) + square(room.imaginary[k]));
  const auto mirrored = static_cast<uint32_t>(square(room.real[mirror]) + square(room.imaginary[mirror]));
  const auto third = static_cast<uint32_t>(square(room.third_real[k]) + square(room.third_imaginary[k]));
  return pair + mirrored + 2 * third;
}

// With Z = X + iY, 2 X_k = Z_k + conj Z_-k and 2 i Y_k = Z_k - conj Z_-k. All products are below 2^31.
Symmetric<int32_t> Transform::cross(int k) const {
  const auto& room = scratch().spectrum;
  const int32_t x_real = room.real[k] + room.real[size_ - k];
  const int32_t x_imaginary = room.imaginary[k] - room.imaginary[size_ - k];
  const int32_t y_real = room.imaginary[k] + room.imaginary[size_ - k];
  const int32_t y_imaginary = room.real[size_ - k] - room.real[k];
  const int32_t z_real = 2 * room.third_real[k];
  const int32_t z_imaginary = 2 * room.third_imaginary[k];
  return {x_real * x_real + x_imaginary * x_imaginary, y_real * y_real + y_imaginary * y_imaginary,
          z_real * z_real + z_imaginary * z_imaginary, x_real * y_real + x_imaginary * y_imaginary,
          x_real * z_real + x_imaginary * z_imaginary, y_real * z_real + y_imaginary * z_imaginary};
}

// Returns what a whole number squared stands for, in counts squared, where values were shifted so.
float Transform::unit_of(int shift) const { return ldexpf(1.0F, 2 * (bits_ + shift - kHannBits)); }

int32_t Transform::weighed(const Centred& values, int32_t rest, int k) const {
  return values[k] * hann_[k] - (rest * hann_[k] >> kHannBits);
}

int32_t Transform::peak(const Centred& values, int32_t rest) const {
  int32_t result = 0;
  for (int k = 0; k < window_len_; k++) {
    const int32_t value = weighed(values, rest, k);
    const int32_t height = value < 0 ? -value : value;
    if (height > result) result = height;
  }
  return result;
}

// Writes values (null: all 0) less rest, times Hann, shifted, in bit-reversed order, padded with zeros.
void Transform::window_into(int16_t* out, const Centred* values, int32_t rest, int shift) const {
  for (int k = 0; k < size_; k++) {
    const int32_t value = values != nullptr && k < window_len_ ? weighed(*values, rest, k) : 0;
    out[reversed(k, bits_)] = static_cast<int16_t>(value >> shift);
  }
}

// Replaces what is in scratch() by its transform / size.
void Transform::transform() const {
  int16_t* const real = scratch().spectrum.real;
  int16_t* const imaginary = scratch().spectrum.imaginary;
  for (int half = 1; half < size_; half *= 2) {
    const int step = size_ / (2 * half);
    for (int first = 0; first < half; first++) {
      const int32_t c = cosine_[first * step];
      const int32_t s = cosine_[(first * step + size_ / 4) % size_];  // -sin
      for (int i = first; i < size_; i += 2 * half) {
        const int j = i + half;
        const int32_t turned_real = (real[j] * c - imaginary[j] * s) >> kSineBits;
        const int32_t turned_imaginary = (real[j] * s + imaginary[j] * c) >> kSineBits;
        const int32_t a = real[i] + 1;  // + 1: halving rounds
        const int32_t b = imaginary[i] + 1;
        real[i] = static_cast<int16_t>((a + turned_real) >> 1);
        real[j] = static_cast<int16_t>((a - turned_real) >> 1);
        imaginary[i] = static_cast<int16_t>((b + turned_imaginary) >> 1);
        imaginary[j] = static_cast<int16_t>((b - turned_imaginary) >> 1);
      }
    }
  }
}

const Transform& transform_for(int window_len) {
  static Transform tables;
  tables.prepare(window_len);
  return tables;
}

}  // namespace judder
