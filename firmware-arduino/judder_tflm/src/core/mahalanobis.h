// The Mahalanobis distance, through a whitening matrix so that no board inverts anything.
//
// A matrix W is packed: its upper triangle, column by column: W[0,0], W[0,1], W[1,1], ...
#ifndef JUDDER_MAHALANOBIS_H
#define JUDDER_MAHALANOBIS_H

#include "model.h"

namespace judder {

// Writes z = gaps @ W, n floats of unit covariance, and returns |z|, never its square. gaps: features less
// their mean. packed: n * (n + 1) / 2 floats.
float whiten(const float* gaps, const float* packed, int n, float* z);

// The same in version 2: each column of W is whole numbers times a scale, and gaps may be stretched before.
float whiten(const float* gaps, const Whitening& whitening, int n, float* z);

}  // namespace judder

#endif
