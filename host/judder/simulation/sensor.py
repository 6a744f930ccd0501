"""An MSA301: filter, misfit axes, offset, temperature, noise, 14 bits that clip - and its faults.

Lines come already weighed by the filter (half the output rate, second order); noise of density N is white
on the output grid with N sqrt(bandwidth).
"""

import numpy as np
from numpy.typing import NDArray

from judder.simulation.grid import Block, Floats, Grid, Oscillator, Singles
from judder.simulation.options import FanOptions

POSE = np.array([-0.012, 0.204, 0.979])
"""Where gravity points, in g: a sensor that is mounted a little askew."""
FULL_SCALE = 8192
SCALE_PER_C = 2e-4


class Msa301:
    """Call counts() block after block."""

    def __init__(self, options: FanOptions, grid: Grid, rng: np.random.Generator) -> None:
        self._options, self._rng, sensor = options, rng, options.sensor
        self.bandwidth_hz = grid.rate_hz / 2
        part = np.random.default_rng([sensor.unit, 301])
        self._mixing = np.eye(3) + sensor.cross_axis * part.uniform(-1, 1, (3, 3)) * (1 - np.eye(3))
        self._offset_g = sensor.offset_mg / 1000 * part.uniform(-1, 1, 3)
        self._tco_g = sensor.tco_mg_c / 1000 * part.uniform(-1, 1, 3)
        density_g = np.array(sensor.noise_density_ug) / 1e6
        noise_g = (
            density_g * np.sqrt(self.bandwidth_hz) if options.noise_mg is None else options.noise_mg / 1000
        )
        self._noise_g = np.broadcast_to(noise_g, 3).astype(np.float32)
        self._range_g = options.range_g / (options.size("range") or 1.0)
        self._shaking = Oscillator(0.0)
        self._held: np.int16 | None = None

    def counts(
        self, block: Block, shaken: Singles, rotations: Floats | None, warmer_c: Floats
    ) -> NDArray[np.int16]:
        """Return what the sensor puts out, (n, 3). shaken: (3, n) in g, without gravity; it is used up."""
        since = self._rows_before_the_fault(block)
        self._clip(block, shaken, since)
        felt = _turn(block, shaken, rotations)
        felt = self._mix(block, felt, warmer_c)
        if self._options.has("offset"):
            felt[0, since:] += np.float32(self._options.size("offset") / 1000)
        felt += self._noise_g[:, None] * self._rng.standard_normal((block.n, 3), dtype=np.float32).T
        return self._misread(_quantise(felt, self._range_g, self._options.range_g), since)

    def _rows_before_the_fault(self, block: Block) -> int:
        begins = int(np.ceil(self._options.fault_from_s * block.grid.rate_hz))
        return min(max(begins - block.start, 0), block.n)

    def _clip(self, block: Block, shaken: Singles, since: int) -> None:
        if self._options.has("clipping"):
            speed_hz = np.full(block.nodes, self._options.speed_hz or 10.0)
            line = np.cos(np.float32(2 * np.pi) * self._shaking.turns(block, speed_hz))
            shaken[:, since:] += np.float32(self._options.size("clipping")) * line[since:]

    def _mix(self, block: Block, felt: Singles, warmer_c: Floats) -> Singles:
        """Return felt through axes that are not square, with offset and temperature."""
        if self._options.sensor.cross_axis:
            mixing = self._mixing.astype(np.float32)
            # Not matmul: BLAS takes 30 times as long over so few rows.
            felt = np.stack([row[0] * felt[0] + row[1] * felt[1] + row[2] * felt[2] for row in mixing])
        if warmer_c.any():
            warmer = block.spread(warmer_c.astype(np.float32))
            felt *= 1 + np.float32(SCALE_PER_C) * warmer
            felt += self._tco_g.astype(np.float32)[:, None] * warmer
        felt += self._offset_g.astype(np.float32)[:, None]
        return felt

    def _misread(self, counts: NDArray[np.int16], since: int) -> NDArray[np.int16]:
        if self._options.has("swap"):
            counts[since:] = counts[since:, [1, 0, 2]]
        if self._options.has("stuck") and since < len(counts):
            axis = int(self._options.size("stuck"))
            self._held = counts[since, axis] if self._held is None else self._held
            counts[since:, axis] = self._held
        return counts


def _turn(block: Block, shaken: Singles, rotations: Floats | None) -> Singles:
    """Return shaken plus gravity as the mount has the sensor see them."""
    shaken += POSE.astype(np.float32)[:, None]
    if rotations is None:
        return shaken
    entries = [[block.spread(rotations[:, i, j].astype(np.float32)) for j in range(3)] for i in range(3)]
    return np.stack([sum(entry * axis for entry, axis in zip(row, shaken, strict=True)) for row in entries])


def _quantise(felt: Singles, range_g: float, nominal_g: float) -> NDArray[np.int16]:
    counts = np.rint(felt * np.float32(FULL_SCALE / range_g), out=felt)
    np.clip(counts, -FULL_SCALE, FULL_SCALE - 1, out=counts)
    out = np.empty((counts.shape[1], 3), np.int16)
    out.T[:] = counts
    return out
