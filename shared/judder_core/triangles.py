"""Bands of a spectrum that overlap, so that a line that moves a little passes from one to the next.

Each band is a triangle that reaches to its neighbours' centres, wider the higher it lies; the first and the
last are flat outwards. The weights of a bin are whole numbers that add up to WHOLE.
"""

from array import array

from .spectrum import WEIGHT_BITS

WHOLE = 1 << WEIGHT_BITS
GROWTH = 1.6  # the exponent of the centres: wider bands the higher


def triangles(bins, number):
    """Return (rises, marks, totals) of that many bands of `bins`, at least two a band.

    A band has the bins from marks[band] up to marks[band + 2], and marks[band + 1] is its centre: below it
    weighs what rises[bin] says, from there on the rest of WHOLE. totals: the sum of each band's weights.
    """
    middles = centres(bins, number)
    marks = array("h", [0, 0] + middles[1:] + [bins])
    rises = bytearray(bins)
    for band in range(number - 1):
        first, length = middles[band], middles[band + 1] - middles[band]
        for k in range(length):
            rises[first + k] = k * WHOLE // length
    return rises, marks, [sum(weights(rises, marks, band)) for band in range(number)]


def weights(rises, marks, band):
    """Return the weights of the band's bins."""
    start, middle, stop = marks[band : band + 3]
    return list(rises[start:middle]) + [WHOLE - rise for rise in rises[middle:stop]]


def centres(bins, number):
    """Return the bins in which that many bands have their centres, at least two apart.

    >>> centres(31, 12)
    [0, 2, 4, 6, 8, 10, 12, 15, 18, 21, 25, 29]
    """
    result = [-2] * number
    for k in range(number):
        centre = int(bins * ((k + 0.5) / number) ** GROWTH + 0.5)
        result[k] = max(centre, result[k - 1] + 2)
    last = bins - 1
    for k in range(number - 1, -1, -1):
        result[k] = last = min(result[k], last)
        last -= 2
    return result
