"""Simulated machines as windows: what the proofs and the evaluation page learn from and ask about."""

from collections.abc import Iterable
from dataclasses import replace

from judder.data.sources import windows_of
from judder.data.windows import Windows
from judder.simulation import FanOptions, simulate

WINDOW_LEN = 256


def recorded(options: FanOptions, seeds: Iterable[int] | None = None) -> Windows:
    """Return the windows of one recording of a machine per seed, of its own one unless given."""
    each = [options.seed] if seeds is None else seeds
    recordings = [replace(simulate(replace(options, seed=seed)), name=str(seed)) for seed in each]
    return windows_of(recordings, window_len=WINDOW_LEN)
