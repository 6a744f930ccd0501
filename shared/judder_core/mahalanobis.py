"""The Mahalanobis distance, through a whitening matrix so that no board inverts anything.

A covariance C = L L^T (Cholesky) gives the whitening matrix W = L^-T, upper triangular. For a feature
vector x, z = (x - mean) @ W has unit covariance and |z| is the distance. W is kept packed, upper
triangle column by column (LAPACK's order): W[0,0], W[0,1], W[1,1], W[0,2], ... fit.whitening() makes it.

features, mean: n numbers (with the NumPy engine, features are arrays, one number a window).
packed: n * (n + 1) / 2 floats.
"""


def standardised(measured, mean, std, numeric):
    """Return (measured - mean) / std, a vector of n numbers.

    >>> from judder_core import numeric
    >>> list(standardised([3.0, 1.0], [1.0, 1.0], [0.5, 2.0], numeric))
    [4.0, 0.0]
    """
    if hasattr(numeric, "standardised"):
        return numeric.standardised(measured, mean, std)
    return numeric.vector([(measured[i] - mean[i]) / std[i] for i in range(len(mean))])


def distance(features, mean, packed, numeric):
    """Return the Mahalanobis distance of features from mean: |(features - mean) @ W|, never its square.

    Source: scipy.spatial.distance.mahalanobis.

    >>> from judder_core import numeric
    >>> distance([3.0, 1.0], [1.0, 1.0], [0.5, 0.0, 2.0], numeric)
    1.0
    """
    if hasattr(numeric, "distance"):
        return numeric.distance(features, mean, packed)
    return length(whitened(features, mean, packed, numeric), numeric)


def whitened(features, mean, packed, numeric):
    """Return z = (features - mean) @ W, n numbers of unit covariance."""
    if hasattr(numeric, "whitened"):
        return numeric.whitened(features, mean, packed)
    gaps = numeric.vector([features[i] - mean[i] for i in range(len(mean))])
    result = []
    position = 0
    for j in range(len(gaps)):
        z = 0.0
        for i in range(j + 1):
            z = z + gaps[i] * packed[position]
            position += 1
        result.append(z)
    return numeric.vector(result)


def length(z, numeric):
    """Return the root of the sum of squares of z."""
    if hasattr(numeric, "length"):
        return numeric.length(z)
    total = 0.0
    for value in z:
        total = total + value * value
    return numeric.square_root(total)
