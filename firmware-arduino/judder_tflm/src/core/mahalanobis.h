// The Mahalanobis distance, through a whitening matrix so that no board inverts anything.
#ifndef JUDDER_MAHALANOBIS_H
#define JUDDER_MAHALANOBIS_H

namespace judder {

// Returns |(features - mean) @ W|, never its square.
// packed: the upper triangle of W, n * (n + 1) / 2 floats, column by column: W[0,0], W[0,1], W[1,1], ...
float mahalanobis_distance(const float* features, const float* mean, const float* packed, int n);

// Writes (features - mean) @ W to z, n floats of unit covariance, and returns |z|.
float whiten(const float* features, const float* mean, const float* packed, int n, float* z);

}  // namespace judder

#endif
