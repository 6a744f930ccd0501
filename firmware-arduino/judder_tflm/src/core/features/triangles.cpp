#include "triangles.h"

#include <math.h>

namespace judder::features {
namespace {

constexpr float kBend = 1.6F;
constexpr int kLeastApart = 2;

}  // namespace

void Triangles::prepare(int bins, int bands) {
  if (bins == bins_ && bands == bands_) return;
  bins_ = bins;
  bands_ = bands;
  place(bins);
  for (int32_t& total : totals_) total = 0;
  for (int at = 0; at < bins; at++) {
    const Share of = share(at);
    totals_[of.band] += of.lower;
    totals_[of.band + 1] += of.upper;
  }
}

// Centres that would lie closer than kLeastApart are pushed up, then back from the last bin.
void Triangles::place(int bins) {
  for (int k = 0; k < bands_; k++) {
    const float part = (static_cast<float>(k) + 0.5F) / static_cast<float>(bands_);
    const int wished = static_cast<int>(floorf(static_cast<float>(bins) * powf(part, kBend) + 0.5F));
    const int least = k > 0 ? centres_[k - 1] + kLeastApart : 0;
    centres_[k] = static_cast<int16_t>(wished > least ? wished : least);
  }
  int most = bins - 1;
  for (int k = bands_ - 1; k >= 0 && centres_[k] > most; k--, most -= kLeastApart) {
    centres_[k] = static_cast<int16_t>(most);
  }
}

Share Triangles::share(int at) const {
  if (at < centres_[0]) return {0, kWhole, 0};
  for (int band = 0; band < bands_ - 1; band++) {
    const int stop = centres_[band + 1];
    if (at >= stop) continue;
    const int32_t upper = kWhole * (at - centres_[band]) / (stop - centres_[band]);
    return {band, kWhole - upper, upper};
  }
  return {bands_ - 2, 0, kWhole};
}

}  // namespace judder::features
