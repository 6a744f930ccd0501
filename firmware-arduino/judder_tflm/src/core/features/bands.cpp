#include "bands.h"

#include <math.h>

#include "../spectrum.h"

namespace judder::features {

void bands(const Centred (&axes)[kAxes], float scale_g, int number, float* out) {
  const Transform& transform = transform_for(axes[0].n());
  for (int band = 0; band < number; band++) out[band] = 0;
  transform.add_power(axes[0], &axes[1], number, out);
  transform.add_power(axes[2], nullptr, number, out);
  for (int band = 0; band < number; band++) {
    const Edges bins = transform.edges(band, number);
    const float mean = out[band] / (static_cast<float>(bins.stop - bins.start) * transform.noise_gain());
    out[band] = logf((mean + kAxes * kQuantisation) * scale_g * scale_g);
  }
}

}  // namespace judder::features
