"""The Mahalanobis distance of models of version 1: of standardised features, by a whitening matrix of floats.

See mahalanobis. features, mean: n numbers (with the NumPy engine, features are arrays, one number a window).
packed: n * (n + 1) / 2 floats, the upper triangle column by column. fit.whitening() makes it.
"""

from .mahalanobis import length


def standardised(measured, mean, std, numeric):
    """Return (measured - mean) / std, a vector of n numbers.

    >>> from judder_core import numeric
    >>> list(standardised([3.0, 1.0], [1.0, 1.0], [0.5, 2.0], numeric))
    [4.0, 0.0]
    """
    if hasattr(numeric, "version_1"):
        return numeric.version_1().standardised(measured, mean, std)
    return numeric.vector([(measured[i] - mean[i]) / std[i] for i in range(len(mean))])


def distance(features, mean, packed, numeric):
    """Return the Mahalanobis distance of features from mean: |(features - mean) @ W|, never its square.

    Source: scipy.spatial.distance.mahalanobis.

    >>> from judder_core import numeric
    >>> distance([3.0, 1.0], [1.0, 1.0], [0.5, 0.0, 2.0], numeric)
    1.0
    """
    if hasattr(numeric, "version_1"):
        return numeric.version_1().distance(features, mean, packed)
    return length(whitened(features, mean, packed, numeric), numeric)


def whitened(features, mean, packed, numeric):
    """Return z = (features - mean) @ W, n numbers of unit covariance."""
    if hasattr(numeric, "version_1"):
        return numeric.version_1().whitened(features, mean, packed)
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


def average(rows, number, numeric):
    """Return the vector that is the mean of so many rows, one after the other in an array.

    >>> from judder_core import numeric
    >>> list(average([1.0, 2.0, 3.0, 6.0], 2, numeric))
    [2.0, 4.0]
    """
    if hasattr(numeric, "version_1"):
        return numeric.version_1().average(rows, number)
    size = len(rows) // number
    return numeric.vector([sum([rows[k] for k in range(i, len(rows), size)]) / number for i in range(size)])
