"""What a sensor's driver should read: by the data sheet's scale, of the signal that the part feels.

Sample j is the signal's of j / rate seconds after the part's start.
"""

import json
from fractions import Fraction
from itertools import pairwise
from math import floor

import numpy as np
import pytest

SIGNAL_HZ = 8000

# Of one count, in g, and the bits of one: by range, from each part's data sheet.
EIGHT_K = {2: Fraction(2, 8192), 4: Fraction(4, 8192), 8: Fraction(8, 8192), 16: Fraction(16, 8192)}
G_PER_COUNT = {
    "msa301": EIGHT_K,
    "msa311": {range_g: 4 * g for range_g, g in EIGHT_K.items()},
    "lis3dh": {2: Fraction(1, 1000), 4: Fraction(2, 1000), 8: Fraction(4, 1000), 16: Fraction(12, 1000)},
    "lis2dw12": EIGHT_K,
    "adxl345": dict.fromkeys((2, 4, 8, 16), Fraction(1, 256)),
    "mpu6050": {range_g: g / 4 for range_g, g in EIGHT_K.items()},
}
BITS = {
    "msa301": dict.fromkeys((2, 4, 8, 16), 14),
    "msa311": dict.fromkeys((2, 4, 8, 16), 12),
    "lis3dh": dict.fromkeys((2, 4, 8, 16), 12),
    "lis2dw12": dict.fromkeys((2, 4, 8, 16), 14),
    "adxl345": {2: 10, 4: 11, 8: 12, 16: 13},
    "mpu6050": dict.fromkeys((2, 4, 8, 16), 16),
}
KINDS = list(BITS)
RATE_HZ = {"msa301": 250, "msa311": 250, "lis3dh": 400, "lis2dw12": 400, "adxl345": 400, "mpu6050": 500}
WITH_FIFO = {
    ("lis3dh", "lis3dh"): 32,
    ("lis2dw12", "lis2dw12"): 32,
    ("adxl345", "adxl345"): 32,
    ("mpu6050", "mpu6050"): 170,
    ("mpu6050", "mpu6500"): 85,
}
"""How many samples it holds, by the driver's kind and the part."""
PARTS = [("msa301", "msa301"), ("msa311", "msa311"), *WITH_FIFO]


def signal():
    """Return what the parts feel, 1/4096 g a count: up to 4 g, and no two samples near one another alike."""
    n = np.arange(20000)
    x = n * 97 % 32768 - 16384
    return np.stack([x, -x, n * 31 % 8192 - 4096], axis=1)


SIGNAL = signal().tolist()


def expected(kind, rate_hz, range_g, j):
    """Return the counts of sample j, the first being 1."""
    limit = 2 ** (BITS[kind][range_g] - 1)
    felt = SIGNAL[j * SIGNAL_HZ // Fraction(str(rate_hz)) % len(SIGNAL)]
    counts = [floor(Fraction(value, 4096) / G_PER_COUNT[kind][range_g]) for value in felt]
    return [max(-limit, min(limit - 1, value)) for value in counts]


def runs(seen, kind, rate_hz, range_g):
    """Return [(number of the first sample, samples)] of each run between losses that were told.

    Fails where a run is not the part's samples one after the other.
    """
    bounds = [0, *seen["overruns"], len(seen["samples"])]
    found = []
    for start, end in pairwise(bounds):
        samples = seen["samples"][start:end]
        if not samples:
            continue
        after = found[-1][0] + found[-1][1] if found else 0
        first = next(
            j for j in range(after, after + 5000) if expected(kind, rate_hz, range_g, j) == samples[0]
        )
        assert samples == [expected(kind, rate_hz, range_g, first + k) for k in range(len(samples))]
        found.append((first, len(samples)))
    return found


@pytest.fixture
def sensors(world):
    """Return a function that runs a case of board_scripts/sensors.py."""
    world.signal(signal() / 4096)
    world.change(signal_hz=SIGNAL_HZ)

    def run(name, **case):
        (world.folder / "case.json").write_text(json.dumps(case))
        return json.loads(world.run("sensors.py", name, heapsize="2m").splitlines()[-1])

    return run
