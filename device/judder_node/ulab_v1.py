"""What a score by a model of version 1 takes of the ulab engine."""

from array import array

from judder_core import mahalanobis, mahalanobis_v1, numeric

from .numeric_ulab import np


def average(rows, number):
    return mahalanobis_v1.average(rows, number, numeric)


def standardised(measured, mean, std):
    return mahalanobis_v1.standardised(measured, mean, std, numeric)


def distance(features, mean, packed):
    return mahalanobis.length(whitened(features, mean, packed), numeric)


def whitened(features, mean, packed):
    gaps = np.array([features[i] - mean[i] for i in range(len(mean))])
    columns = np.frombuffer(packed, dtype=np.float)
    result = array("f", mean)
    first = 0
    for j in range(len(mean)):
        result[j] = np.dot(gaps[: j + 1], columns[first : first + j + 1])
        first += j + 1
    return result
