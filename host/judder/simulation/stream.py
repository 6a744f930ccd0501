"""Block after block: machine, surroundings, sensor, polls; then windows, and what the way loses."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judder.data.recording import Recording, Segment
from judder.simulation.clock import Polls, measured_rate_hz
from judder.simulation.grid import Block, Floats, make_grid
from judder.simulation.machine import Rotor
from judder.simulation.options import FanOptions
from judder.simulation.sensor import FULL_SCALE, Msa301
from judder.simulation.surroundings import Ambient, Bumps, Mains, Mount, temperature_c

Counts = NDArray[np.int16]
BLOCK_LEN = 16384
"""Outputs at a time: what is worked on fits a processor's cache."""
TRANSPORT_WINDOW_LEN = 256
LOST_RUN = 3.0


class World:
    """All that is simulated, in front of the sensor's outputs."""

    def __init__(self, options: FanOptions) -> None:
        grid = make_grid(options.true_odr_hz)
        rngs = np.random.default_rng(options.seed).spawn(7)
        self._options, self.grid = options, grid
        self._sensor = Msa301(options, grid, rngs[0])
        bandwidth_hz = self._sensor.bandwidth_hz
        self._rotor = Rotor(options, grid, bandwidth_hz, rngs[1])
        self._mains = Mains(options, grid, bandwidth_hz, rngs[2])
        self._ambient = Ambient(options, grid, rngs[3])
        self._bumps = Bumps(options, grid, bandwidth_hz, rngs[4])
        self._mount = Mount(options, grid, rngs[5])
        self.polls = Polls(options, rngs[6])

    def outputs(self, block: Block) -> Counts:
        """Return what the sensor puts out in block, (n, 3)."""
        total = np.zeros((3, block.n), np.float32)
        voltage: Floats = self._mains.voltage(block)
        self._rotor.vibration(block, voltage, total)
        self._mains.hum(block, voltage, total)
        self._ambient.noise(block, total)
        self._bumps.add(block, total)
        return self._sensor.counts(
            block, total, self._mount.rotations(block), temperature_c(self._options, block)
        )


def read(options: FanOptions, block_len: int = BLOCK_LEN) -> Iterator[Counts]:
    """Yield the rows the board reads, (n, 3), in pieces of any length, options.rows of them altogether."""
    world = World(options)
    n = max(1, block_len // world.grid.step) * world.grid.step
    left = options.rows
    for start in itertools.count(0, n):
        outputs = world.outputs(Block(world.grid, start, n))
        found = world.polls.before(start + n)[:left] - start
        left -= len(found)
        if len(found):
            yield outputs if len(found) == n else outputs[found]
        if not left:
            return


def simulate(options: FanOptions | None = None, **changes: Any) -> Recording:
    """Return the recording of one machine, int16 counts of a 14-bit sensor; the same for the same seed.

    options: a healthy desk fan unless given. changes: fields of the options that are otherwise, such as
    seconds=60 or imbalance=3. The recording is one segment; where windows are lost or come twice, it is one
    segment per window. Raises JudderError for options that cannot be.
    """
    options = replace(options or FanOptions(), **changes)
    if options.has("dropped") or options.has("duplicated"):
        numbered = _deliver(_windows(options, TRANSPORT_WINDOW_LEN), options)
        segments = tuple(Segment(f"{k:04d}", k * len(window), window) for k, window in numbered)
    else:
        segments = (Segment("0000", 0, np.concatenate(list(read(options)))),)
    scale_g = options.range_g / FULL_SCALE
    return Recording(options.condition, options.condition, segments, scale_g, measured_rate_hz(options))


def simulate_windows(options: FanOptions, window_len: int, n: int) -> Iterator[Counts]:
    """Yield batches of up to n consecutive windows, int16 counts (<= n, window_len, 3), scale range_g / 8192.

    A day of 250 Hz passes through a few MB. Windows that are lost are left out, those that come twice do.
    """
    delivered = (window for _, window in _deliver(_windows(options, window_len), options))
    while batch := list(itertools.islice(delivered, n)):
        yield np.array(batch)


def _windows(options: FanOptions, window_len: int) -> Iterator[Counts]:
    """Yield whole windows; what is left at the end is too short for one."""
    rest = np.empty((0, 3), np.int16)
    for rows in read(options):
        rest = np.concatenate([rest, rows])
        whole = len(rest) // window_len * window_len
        yield from rest[:whole].reshape(-1, window_len, 3)
        rest = rest[whole:]


def _deliver(windows: Iterator[Counts], options: FanOptions) -> Iterator[tuple[int, Counts]]:
    """Yield (number, window) of each that arrives. A second copy takes the next number.

    Losses come in runs of LOST_RUN on average: the two states of Gilbert and Elliott.
    """
    rng = np.random.default_rng([options.seed, 1337])
    lost_share, twice_share = options.size("dropped"), options.size("duplicated")
    ends = 1 / LOST_RUN
    begins = ends * lost_share / (1 - lost_share) if lost_share < 1 else 1.0
    number, losing = 0, False
    for window in windows:
        losing = bool(rng.uniform() < (1 - ends if losing else begins))
        if not losing:
            yield number, window
            if rng.uniform() < twice_share:
                number += 1
                yield number, window
        number += 1
