"""The Mahalanobis distance, through a whitening matrix so that no board inverts anything.

A covariance C = L L^T (Cholesky) gives the whitening matrix W = L^-T, upper triangular. For a feature
vector x, z = (x - mean) @ W has unit covariance and |z| is the distance. W is kept packed, upper
triangle column by column (LAPACK's order): W[0,0], W[0,1], W[1,1], W[0,2], ... fit.whitening() makes it.
"""


def distance(features, mean, packed, numeric):
    """Return the Mahalanobis distance of features from mean: |(features - mean) @ W|, never its square.

    features, mean: n numbers (with the NumPy engine, features are arrays, one number a window).
    packed: n * (n + 1) / 2 floats, see fit.whitening(). Source: scipy.spatial.distance.mahalanobis.

    >>> from judder_core import numeric
    >>> distance([3.0, 1.0], [1.0, 1.0], [0.5, 0.0, 2.0], numeric)
    1.0
    """
    gaps = numeric.vector([features[i] - mean[i] for i in range(len(mean))])
    total = 0.0
    position = 0
    for j in range(len(gaps)):
        z = 0.0
        for i in range(j + 1):
            z = z + gaps[i] * packed[position]
            position += 1
        total = total + z * z
    return numeric.square_root(total)
