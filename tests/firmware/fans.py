"""Recordings of a simulated fan, in windows of 256 samples at 250 Hz."""

import numpy as np
from judder.data.recording import make_recording
from judder.simulation import FanOptions, simulate

GRID = 2048  # counts per g of an MSA301 at 4 g
LEN = 256


def fan(windows, imbalance=1.0, speed=None, seed=0):
    """Return samples in g of a simulated fan, as many as fill that many windows."""
    how = {"speed_hz": speed} if speed else {}
    options = FanOptions(seconds=windows * LEN / 250, imbalance=imbalance, range_g=2, seed=seed, **how)
    return simulate(options).in_g()[: windows * LEN]


def recording(samples, condition="normal"):
    grid = np.rint(samples * GRID) / GRID
    return make_recording(condition, condition, [("0000", grid)], sample_rate_hz=250.0)
