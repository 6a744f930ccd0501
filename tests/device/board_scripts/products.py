"""Print the weighted products of a window's spectra, whole numbers, as a line of JSON.

usage: micropython products.py COUNTS.i16 ENGINE
COUNTS: int16, x, y and z interleaved. ENGINE: a module with the numeric interface.
"""

import json
import sys
from array import array

from judder_core.features.directional import AXIS_BANDS, BANDS, Tables, signal
from judder_core.rotation import PAIRS
from judder_core.stats import Centred


def products(numeric, counts):
    """Return the products in the bands of all axes, then those of each pair of axes in its bands."""
    axes = [Centred(numeric, numeric.axis(counts, k)) for k in range(3)]
    tables = Tables(numeric.transform, axes[0].n)
    spectra, _ = tables.spectra(numeric, *[signal(numeric, axis) for axis in axes])
    weighted = tables.transform.weighted
    itself = [(one, one) for one in spectra]
    found = [weighted(itself, tables.of_all, band) for band in range(BANDS)]
    for i, j in PAIRS:
        pair = [(spectra[i], spectra[j])]
        found += [weighted(pair, tables.of_each, band) for band in range(AXIS_BANDS)]
    return found


def main(counts_path, engine):
    numeric = __import__(engine, None, None, ["axis"])
    with open(counts_path, "rb") as file:
        counts = array("h", file.read())
    print(json.dumps([int(product) for product in products(numeric, numeric.batch(counts))]))


if __name__ == "__main__":
    main(*sys.argv[1:])
