// What a machine sounds like, in which direction, and how its axes move together: 27 features.
//
// The log power in 12 triangular bands summed over the axes, in 4 of each axis, and the correlations of xy,
// xz and yz. The window is turned first, from its own gravity to that of training, so that a sensor which was
// hung back a little differently sees the same.
#include <math.h>

#include "../rotation.h"
#include "../spectrum.h"
#include "features.h"
#include "triangles.h"

namespace judder::features {
namespace {

constexpr int kFine = 12;
constexpr int kCoarse = 4;

Triangles& triangles(int bins, int bands) {
  static Triangles fine;
  static Triangles coarse;
  Triangles& result = bands == kFine ? fine : coarse;
  result.prepare(bins, bands);
  return result;
}

Rotation upright(const Centred (&axes)[kAxes], float scale_g, const float* pose) {
  const float gravity_g[kAxes] = {axes[0].level() * scale_g, axes[1].level() * scale_g,
                                  axes[2].level() * scale_g};
  return {gravity_g, pose};
}

// Adds weight times each entry.
void add(Symmetric<int64_t>& sum, const Symmetric<int32_t>& entries, int32_t weight) {
  sum.xx += int64_t{entries.xx} * weight;
  sum.yy += int64_t{entries.yy} * weight;
  sum.zz += int64_t{entries.zz} * weight;
  sum.xy += int64_t{entries.xy} * weight;
  sum.xz += int64_t{entries.xz} * weight;
  sum.yz += int64_t{entries.yz} * weight;
}

Symmetric<float> scaled(const Symmetric<int64_t>& sum, float unit) {
  return {static_cast<float>(sum.xx) * unit, static_cast<float>(sum.yy) * unit,
          static_cast<float>(sum.zz) * unit, static_cast<float>(sum.xy) * unit,
          static_cast<float>(sum.xz) * unit, static_cast<float>(sum.yz) * unit};
}

// Writes the log power summed over the axes. unit: of a power, noise gain included.
void write_fine(const Transform& transform, float unit, float scale_g, float* out) {
  const int bins = transform.size() / 2 - 1;
  const Triangles& bands = triangles(bins, kFine);
  uint64_t sums[kFine] = {};
  for (int at = 0; at < bins; at++) {
    const Share share = bands.share(at);
    const uint64_t power = transform.power(at + 1);
    sums[share.band] += power * static_cast<uint32_t>(share.lower);
    sums[share.band + 1] += power * static_cast<uint32_t>(share.upper);
  }
  for (int band = 0; band < kFine; band++) {
    const float mean = static_cast<float>(sums[band]) / bands.total(band) * (unit / 2);
    out[band] = logf((mean + kAxes * kQuantisation) * scale_g * scale_g);
  }
}

// Returns a variance, of which rounding may leave less than nothing, and that of rounding.
float noisy(float variance) { return fmaxf(variance, 0) + kQuantisation; }

// Writes the log power of each turned axis, x's bands first.
void write_coarse(const Transform& transform, float unit, float scale_g, const Rotation& turned, float* out) {
  const int bins = transform.size() / 2 - 1;
  const Triangles& bands = triangles(bins, kCoarse);
  Symmetric<int64_t> sums[kCoarse] = {};
  for (int at = 0; at < bins; at++) {
    const Share share = bands.share(at);
    const Symmetric<int32_t> products = transform.cross(at + 1);
    add(sums[share.band], products, share.lower);
    add(sums[share.band + 1], products, share.upper);
  }
  for (int band = 0; band < kCoarse; band++) {
    const Symmetric<float> power = turned.of(scaled(sums[band], unit / 4 / bands.total(band)));
    out[band] = logf(noisy(power.xx) * scale_g * scale_g);
    out[kCoarse + band] = logf(noisy(power.yy) * scale_g * scale_g);
    out[2 * kCoarse + band] = logf(noisy(power.zz) * scale_g * scale_g);
  }
}

// Writes the correlations of the turned axes. Silence correlates with nothing: 0.
void write_correlations(const Centred (&axes)[kAxes], const Rotation& turned, float* out) {
  const auto& [x, y, z] = axes;
  const Symmetric<float> c = turned.of(
      {x.variance(), y.variance(), z.variance(), covariance(x, y), covariance(x, z), covariance(y, z)});
  const float xx = noisy(c.xx);
  const float yy = noisy(c.yy);
  const float zz = noisy(c.zz);
  out[0] = c.xy / sqrtf(xx * yy);
  out[1] = c.xz / sqrtf(xx * zz);
  out[2] = c.yz / sqrtf(yy * zz);
}

void compute(const Window& window, const float* pose, float* out) {
  const int n = window.window_len;
  const Centred axes[] = {{window.counts, n}, {window.counts + 1, n}, {window.counts + 2, n}};
  const Transform& transform = transform_for(n);
  const Rotation turned = upright(axes, window.scale_g, pose);
  const float unit = transform.take(axes) / transform.noise_gain();
  write_fine(transform, unit, window.scale_g, out);
  write_coarse(transform, unit, window.scale_g, turned, out + kFine);
  write_correlations(axes, turned, out + kFine + kAxes * kCoarse);
}

}  // namespace

const FeatureSet directional = {"directional", kFine + kAxes * kCoarse + kAxes, compute};

}  // namespace judder::features
