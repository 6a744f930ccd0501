"""A noisy machine, for tests of what is learned of it: windows of 64 samples at 250 Hz."""

import numpy as np
from judder.data.recording import make_recording
from judder.data.windows import cut_windows


def machine(condition, n=200, spread=20.0, seed=0):
    """Return the recording of n windows, on a sensor's grid. spread: of the counts, 1/2048 g each."""
    rng = np.random.default_rng(seed)
    parts = [(f"{k:04d}", np.rint(rng.normal((0, 0, 2048), spread, (64, 3))) / 2048) for k in range(n)]
    return make_recording(condition, condition, parts, sample_rate_hz=250.0)


def windows_of(*recordings):
    return cut_windows(recordings, 250.0)
