// Triangular bands over the bins of a spectrum, narrow where frequencies are low.
#ifndef JUDDER_TRIANGLES_H
#define JUDDER_TRIANGLES_H

#include <stdint.h>

namespace judder::features {

// A bin's share of two bands that follow one another, of kWhole together.
struct Share {
  int band;
  int32_t lower;
  int32_t upper;
};

// Each band reaches to its neighbours' centres, the first and the last to the ends; at each bin the weights
// of all of them sum to kWhole. So a line that moves a little moves its power a little.
class Triangles {
 public:
  static constexpr int32_t kWhole = 256;
  static constexpr int kMost = 12;

  // Lays `bands` of them over that many bins, unless they lie there.
  void prepare(int bins, int bands);

  // Returns which bands bin `at` belongs to: `lower` of it to band, `upper` to the one after.
  Share share(int at) const;

  // Returns the sum of the weights of a band, in units of 1 / kWhole.
  float total(int band) const { return static_cast<float>(totals_[band]); }

 private:
  void place(int bins);

  int bins_ = 0;
  int bands_ = 0;
  int16_t centres_[kMost] = {};
  int32_t totals_[kMost] = {};
};

}  // namespace judder::features

#endif
