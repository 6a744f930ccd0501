// The power spectrum of a window by an integer FFT, bit for bit that of judder_core/spectrum.py.
//
// Two real signals share one complex transform. Source: decimation in time, radix 2 (Cooley & Tukey 1965),
// halved at every stage so that nothing overflows: the same integers on every processor.
#ifndef JUDDER_SPECTRUM_H
#define JUDDER_SPECTRUM_H

#include <stdint.h>

#include "scratch.h"
#include "stats.h"

namespace judder {

// The bins of a band: start to stop - 1.
struct Edges {
  int start;
  int stop;
};

// A symmetric matrix of three axes.
template <typename Number>
struct Symmetric {
  Number xx, yy, zz, xy, xz, yz;
};

// The tables for windows of window_len samples, padded with zeros to size(), a power of two.
class Transform {
 public:
  // Makes the tables, unless they are there. In place: on a stack they would take 8 kB for 2048 samples.
  void prepare(int window_len);

  int window_len() const { return window_len_; }
  int size() const { return size_; }
  float noise_gain() const { return noise_gain_; }  // the sum of the squared Hann weights

  // Adds to energies the sum of |X|^2 + |Y|^2 over each of `bands` bands; y may be null.
  // White noise of variance v on one of them has v * noise_gain() in each bin on average.
  void add_power(const Centred& x, const Centred* y, int bands, float* energies) const;

  // Transforms three axes alike, all of their mean taken off, for power() and cross(). Returns the unit of
  // what they return.
  float take(const Centred (&axes)[kAxes]) const;

  // Of bin k, 1 to size() / 2 - 1: twice |X|^2 + |Y|^2 + |Z|^2, and four times the real parts of the
  // products.
  uint32_t power(int k) const;
  Symmetric<int32_t> cross(int k) const;

  // Returns the bins of band: the bins 1 to size / 2 - 1 shared evenly by that many bands.
  Edges edges(int band, int bands) const;

 private:
  float unit_of(int shift) const;
  int32_t weighed(const Centred& values, int32_t rest, int k) const;
  int32_t peak(const Centred& values, int32_t rest) const;
  void window_into(int16_t* out, const Centred* values, int32_t rest, int shift) const;
  void transform() const;

  int window_len_ = 0;
  int bits_ = 0;
  int size_ = 0;
  float noise_gain_ = 0;
  int16_t cosine_[kTransformRoom] = {};
  int16_t hann_[kMaxWindowLen] = {};
};

// Returns the tables for window_len, made at the first call: half a millisecond's work on a PC.
const Transform& transform_for(int window_len);

}  // namespace judder

#endif
