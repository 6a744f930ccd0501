// Statistics of samples. All sums are of whole counts, so they are exact until the last division.
#ifndef JUDDER_STATS_H
#define JUDDER_STATS_H

#include <stdint.h>

#include "window.h"

namespace judder {

constexpr float kMadScale = 1.4826F;
constexpr float kQuantisation = 1.0F / 12;  // variance of rounding to whole counts

// Returns the median absolute deviation x 1.4826 of one axis, in counts.
// axis: its first count, in interleaved counts; n: 1 to kMaxWindowLen.
// Source: Rousseeuw & Croux 1993. By counting where the values lie close, else by selection; never by
// sorting.
float mad(const int16_t* axis, int n);

// One axis less a whole number near its mean, in counts, so that sums of squares stay small and exact.
class Centred {
 public:
  Centred(const int16_t* axis, int n);

  int32_t operator[](int i) const { return axis_[i * kAxes] - offset_; }
  int n() const { return n_; }
  float mean() const { return mean_; }                                 // between -0.5 and 0.5
  float level() const { return static_cast<float>(offset_) + mean_; }  // the mean of the counts
  float variance() const { return variance_; }                         // divided by n

 private:
  const int16_t* axis_;
  int n_;
  int32_t offset_;
  float mean_;
  float variance_;
};

// Returns the covariance of two axes, in counts squared.
float covariance(const Centred& one, const Centred& other);

// Writes the correlations of three axes, xy, xz and yz. Silence correlates with nothing: 0.
void correlations(const Centred (&axes)[kAxes], float* out);

}  // namespace judder

#endif
