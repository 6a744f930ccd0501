"""What the machine stands in: mains hum, a building that trembles, feet, hands, the time of day."""

from collections.abc import Iterator

import numpy as np
from scipy.signal import butter, lfilter
from scipy.spatial.transform import Rotation

from judder.simulation.grid import DAY_S, Block, Floats, Grid, Oscillator, Singles, Wander, low_pass_gain
from judder.simulation.options import FanOptions

HUM_AXES = np.array([[1.0], [0.8], [0.35]], np.float32)
HUM_SECOND_AXES = np.array([[0.3], [1.0], [0.3]], np.float32)
HUM_MEMORY_S = 60.0
VOLTAGE_MEMORY_S = 600.0
TILT_DEG_S = 0.5
# Poles and zeros that fall 10 dB a decade from 0.0005 to 0.45 of the rate: J. O. Smith, Spectral Audio Signal
# Processing, "Example: Synthesis of 1/F Noise".
PINK_B = np.array([0.049922035, -0.095993537, 0.050612699, -0.004408786])
PINK_A = np.array([1.0, -2.494956002, 2.017265875, -0.522189400])
FINE = 16
"""Points per output on which a bump is filtered as the sensor would."""


class Mains:
    """The line voltage, and the hum it makes."""

    def __init__(
        self, options: FanOptions, grid: Grid, bandwidth_hz: float, rng: np.random.Generator
    ) -> None:
        self._options, self._bandwidth_hz = options, bandwidth_hz
        voltage, frequency = rng.spawn(2)
        self._voltage = Wander(voltage, options.surroundings.line_voltage, VOLTAGE_MEMORY_S, grid)
        self._frequency = Wander(frequency, options.surroundings.hum_wander_hz, HUM_MEMORY_S, grid)
        self._hum, self._modulation = Oscillator(rng.uniform()), Oscillator(rng.uniform())

    def voltage(self, block: Block) -> Floats:
        """Return how far the line's voltage is off, relative, at the nodes."""
        return self._voltage.nodes(block)

    def hum(self, block: Block, voltage: Floats, total: Singles) -> None:
        """Add the hum to total (3, n), in g."""
        o = self._options
        hum_hz = o.hum_hz + self._frequency.nodes(block)
        if not o.hum_mg:
            return
        angle = np.float32(2 * np.pi) * self._hum.turns(block, hum_hz)
        height = block.spread((o.hum_mg / 1000 * (1 + voltage)).astype(np.float32))
        if o.surroundings.hum_am:
            rate_hz = np.full(block.nodes, o.surroundings.hum_am_hz)
            slow = np.float32(2 * np.pi) * self._modulation.turns(block, rate_hz)
            height *= 1 + np.float32(o.surroundings.hum_am) * np.cos(slow)
        gain = np.float32(low_pass_gain(o.hum_hz, self._bandwidth_hz))
        total += HUM_AXES * (gain * height * np.cos(angle))
        if o.surroundings.hum_second:
            gain = np.float32(o.surroundings.hum_second * low_pass_gain(2 * o.hum_hz, self._bandwidth_hz))
            phase = np.float32(np.radians(o.surroundings.hum_second_deg))
            total += HUM_SECOND_AXES * (gain * height * np.cos(2 * angle + phase))


class Ambient:
    """A building's trembling: amplitude density falls as 1/sqrt(f), so power as 1/f."""

    def __init__(self, options: FanOptions, grid: Grid, rng: np.random.Generator) -> None:
        self._rng, self._zi = rng, np.zeros((3, 3), np.float32)
        hz = np.linspace(1, min(30, grid.rate_hz / 2), 200)
        z = np.exp(-2j * np.pi * hz / grid.rate_hz)
        power = np.abs(np.polyval(PINK_B[::-1], z) / np.polyval(PINK_A[::-1], z)) ** 2
        in_band = np.sqrt(np.trapezoid(power, hz) * 2 / grid.rate_hz)
        self._b = (PINK_B * options.surroundings.ambient_mg / 1000 / in_band).astype(np.float32)

    def noise(self, block: Block, total: Singles) -> None:
        if not self._b.any():
            return
        white = self._rng.standard_normal((block.n, 3), dtype=np.float32).T
        pink, self._zi = lfilter(self._b, PINK_A.astype(np.float32), white, axis=1, zi=self._zi)
        total += pink


class Bumps:
    """Footfalls: Poisson in time, a half sine of 0.05-0.5 g and 5-20 ms, then the floor rings down."""

    def __init__(
        self, options: FanOptions, grid: Grid, bandwidth_hz: float, rng: np.random.Generator
    ) -> None:
        self._grid, self._bandwidth_hz, self._rng = grid, bandwidth_hz, rng
        self._per_s = options.surroundings.bumps_per_hour / 3600
        self._next_s = rng.exponential(1 / self._per_s) if self._per_s else np.inf
        self._alive: list[tuple[int, Singles]] = []

    def add(self, block: Block, total: Singles) -> None:
        while self._next_s * self._grid.rate_hz < block.start + block.n:
            self._alive.append(self._bump(self._next_s))
            self._next_s += self._rng.exponential(1 / self._per_s)
        for start, shape in self._alive:
            first, last = max(start, block.start), min(start + shape.shape[1], block.start + block.n)
            total[:, first - block.start : last - block.start] += shape[:, first - start : last - start]
        self._alive = [bump for bump in self._alive if bump[0] + bump[1].shape[1] > block.start + block.n]

    def _bump(self, at_s: float) -> tuple[int, Singles]:
        """Return (output it begins at, (3, n) in g) of a bump, filtered as the sensor does."""
        rng, rate_hz = self._rng, self._grid.rate_hz
        height_g, width_s = 0.05 * 10 ** rng.uniform(), rng.uniform(0.005, 0.020)
        ring_hz, damping = rng.uniform(8, 25), 0.05
        start = int(np.ceil(at_s * rate_hz))
        n = int(5 / (damping * 2 * np.pi * ring_hz) * rate_hz) + 2
        t = np.arange(n * FINE) / (rate_hz * FINE) - (at_s - (start - 1) / rate_hz)
        knock = np.where((t >= 0) & (t < width_s), np.sin(np.pi * t / width_s), 0)
        after = np.maximum(t - width_s, 0)
        ringing = 0.3 * np.exp(-damping * 2 * np.pi * ring_hz * after) * np.sin(2 * np.pi * ring_hz * after)
        b, a = butter(2, self._bandwidth_hz, fs=rate_hz * FINE)
        seen = lfilter(b, a, height_g * (knock + ringing))[FINE::FINE]
        direction = np.array([*rng.uniform(-0.4, 0.4, 2), 1.0])[:, None]
        return start, (direction * seen).astype(np.float32)


class Mount:
    """How the sensor sits: turned by hand to a new pose now and then, slowly."""

    def __init__(self, options: FanOptions, grid: Grid, rng: np.random.Generator) -> None:
        self._options, self._grid, self._rng = options.surroundings, grid, rng
        self._path = self._turned()
        self._last = next(self._path)

    def rotations(self, block: Block) -> Floats | None:
        """Return the rotation at each node, (nodes, 3, 3); None where nobody touches the mount."""
        if self._options.remount_s is None:
            return None
        vectors = np.array([self._last, *(next(self._path) for _ in range(block.nodes - 1))])
        self._last = vectors[-1]
        return Rotation.from_rotvec(vectors, degrees=True).as_matrix()

    def _turned(self) -> Iterator[Floats]:
        """Yield the rotation vector, degrees, node after node.

        Each pose is within half of remount_deg of the first, so none is farther than remount_deg from the
        one before it.
        """
        vector = target = np.zeros(3)
        left_s, between_s = 0.0, self._options.remount_s or (np.inf, np.inf)
        left_s = self._rng.uniform(*between_s) if self._options.remount_s else np.inf
        while True:
            yield vector
            left_s -= self._grid.step_s
            if left_s <= 0:
                left_s += self._rng.uniform(*between_s)
                axis = self._rng.standard_normal(3)
                target = axis / np.linalg.norm(axis) * self._rng.uniform(0, self._options.remount_deg / 2)
            way = target - vector
            far = float(np.linalg.norm(way))
            vector = vector + way * min(1.0, TILT_DEG_S * self._grid.step_s / far) if far else vector


def temperature_c(options: FanOptions, block: Block) -> Floats:
    """Return how much warmer than at the start it is, at the nodes: a sine a day."""
    swing: Floats = options.surroundings.temperature_swing_c * np.sin(2 * np.pi * block.node_times / DAY_S)
    return swing
