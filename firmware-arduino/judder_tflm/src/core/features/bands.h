// The log power of a window in equal bands, which two feature sets share.
#ifndef JUDDER_BANDS_H
#define JUDDER_BANDS_H

#include "../stats.h"

namespace judder::features {

// Writes the log power (g^2) of the axes in `number` bands from 0 to half the sample rate, summed over them.
// White noise of variance v on one axis has log(v) in each band. The noise of rounding is the floor.
void bands(const Centred (&axes)[kAxes], float scale_g, int number, float* out);

}  // namespace judder::features

#endif
