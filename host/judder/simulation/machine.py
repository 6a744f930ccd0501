"""The rotor on its mount: what turns, and what is wrong with it, as lines at multiples of the speed.

Not here, and why: a bearing's faults ring at 2-4 kHz, beyond the bandwidth of an MSA301 at any output rate.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judder.simulation.grid import DAY_S, Block, Floats, Grid, Oscillator, Singles, Wander, low_pass_gain
from judder.simulation.options import FanOptions, Machine

GRAVITY = 9.80665
Complex = NDArray[np.complex128]
Shares = tuple[complex, complex, complex]
RADIAL: Shares = (1.0, -0.8j, 0.2)  # y follows x by a quarter turn
TWICE: Shares = (1.0, 0.8j, 0.4)
AXIAL: Shares = (0.1, 0.1, 1.0)
LOOSE: Shares = (0.5, 1.0, 0.7)
RUB_BURST_G = 0.020
RUB_SHARPNESS = 8.0
"""The burst is down to 1/e within 29 degrees of the place that rubs."""


def unbalance_g(unbalance_m: Any, speed_hz: Floats, machine: Machine) -> Complex:
    """Return the once-a-turn line, complex peak in g, of an unbalance over mass (m_u e / M, in metres).

    X = (m_u e / M) r^2 / (1 - r^2 + 2i zeta r), r = speed / natural frequency; acceleration = (2 pi f)^2 X.
    Source: Rao, Mechanical Vibrations, rotating unbalance.
    """
    r = speed_hz / machine.natural_hz
    acceleration: Complex = (
        unbalance_m * (2 * np.pi * speed_hz) ** 2 * r**2 / (1 - r**2 + 2j * machine.damping * r)
    )
    return acceleration / GRAVITY


class Rotor:
    """Call vibration() block after block. bandwidth_hz: the sensor's, which lines are seen through."""

    def __init__(
        self, options: FanOptions, grid: Grid, bandwidth_hz: float, rng: np.random.Generator
    ) -> None:
        self._options, self._bandwidth_hz, self._rng = options, bandwidth_hz, rng
        self._angle = Oscillator(rng.uniform(), modulus=2)  # 0.5x needs two turns
        self._wander = Wander(rng.spawn(1)[0], options.machine.speed_wander, options.machine.wander_s, grid)

    def vibration(self, block: Block, voltage: Floats, total: Singles) -> None:
        """Add to total (3, n), in g, what the machine does. voltage: the line's, relative, at the nodes."""
        if not self._options.speed_hz:
            return
        speed_hz = self._speed(block, voltage)
        turns = _Turns(np.pi * self._angle.turns(block, speed_hz))
        for order, shares, height in self._lines(block.node_times, speed_hz):
            height = height * low_pass_gain(order * speed_hz, self._bandwidth_hz)
            _add(total, shares, block.spread(height.astype(np.complex64)) * turns.power(order))
        if self._options.has("looseness") or self._options.has("rub"):
            self._add_knocks(block, speed_hz, turns, total)

    def _speed(self, block: Block, voltage: Floats) -> Floats:
        speed_hz = self._options.speed_hz * (1 + self._wander.nodes(block)) * (1 + voltage)
        run_up_s = self._options.machine.run_up_s
        return speed_hz * (1 - np.exp(-block.node_times / run_up_s)) if run_up_s else speed_hz

    def _once_a_turn(self, times: Floats, speed_hz: Floats) -> tuple[Complex, Floats]:
        """Return the once-a-turn line as it is, and the height it has on the healthy machine."""
        o, machine = self._options, self._options.machine
        healthy_m = machine.residual_g_m / 1000 / machine.mass_kg
        extra_m = o.extra_mass_g / 1000 * o.at_m / machine.mass_kg * np.exp(1j * np.radians(o.at_deg))
        gained = o.surroundings.dust_per_day * times / DAY_S + o.size("imbalance") * (times >= o.fault_from_s)
        unbalance_m = healthy_m * (o.imbalance + gained) + extra_m
        return unbalance_g(unbalance_m, speed_hz, machine), np.abs(unbalance_g(healthy_m, speed_hz, machine))

    def _lines(self, times: Floats, speed_hz: Floats) -> Iterator[tuple[float, Shares, NDArray[Any]]]:
        """Yield (times the speed, shares of x, y, z, complex peak in g at the nodes) of each line."""
        o, machine, on = self._options, self._options.machine, times >= self._options.fault_from_s
        once, healthy = self._once_a_turn(times, speed_hz)
        yield 1, RADIAL, once
        misalignment = o.size("misalignment") * on
        yield 2, TWICE, (machine.second + misalignment) * healthy
        if o.has("misalignment"):
            yield 1, AXIAL, 0.5 * misalignment * healthy
        damage = o.size("blade") * on
        blade = (speed_hz / machine.modes["med"].speed_hz) ** 2 / 1000
        yield machine.blades, machine.blade_mg, blade
        for side in (-1, 1):
            yield machine.blades + side, machine.blade_mg, (machine.blade_am + damage) / 2 * blade
        if o.has("blade"):
            yield 1, machine.blade_mg, damage * blade
        if o.has("looseness"):
            for order in (0.5, *range(1, 9)):
                yield order, LOOSE, o.size("looseness") * on * np.abs(once) / max(order, 1 / order)
        if o.has("rub"):
            yield 0.5, RADIAL, 0.5 * o.size("rub") * on * np.abs(once)

    def _add_knocks(self, block: Block, speed_hz: Floats, turns: "_Turns", total: Singles) -> None:
        """Add what a loose foot and a rub do besides lines.

        The bursts are white up to half the output rate, which is what the filter leaves of wider ones.
        """
        o, times, cosine = self._options, block.node_times, turns.power(1).real
        on = (times >= o.fault_from_s).astype(np.float32)
        if o.has("looseness"):
            once, _ = self._once_a_turn(times, speed_hz)
            height = block.spread((o.size("looseness") * on * np.abs(once)).astype(np.float32))
            clipped = height * (np.maximum(cosine, 0) - np.float32(1 / np.pi))
            total += np.array([[share.real] for share in map(complex, LOOSE)], np.float32) * clipped
        if o.has("rub"):
            level = block.spread((RUB_BURST_G * o.size("rub") * on).astype(np.float32))
            burst = level * np.exp(np.float32(RUB_SHARPNESS) * (cosine - 1))
            total += burst * self._rng.standard_normal((block.n, 3), dtype=np.float32).T


class _Turns:
    """Powers of exp(i angle), each made once. half_angle: half the angle, radians."""

    def __init__(self, half_angle: Singles) -> None:
        half = np.empty(len(half_angle), np.complex64)
        half.real, half.imag = np.cos(half_angle), np.sin(half_angle)
        self._powers = {0.5: half, 1: half * half}

    def power(self, order: float) -> NDArray[np.complex64]:
        if order not in self._powers:
            self._powers[order] = self.power(order - 1) * self._powers[1]
        return self._powers[order]


def _add(total: Singles, shares: tuple[complex, ...], line: NDArray[np.complex64]) -> None:
    """Add the real part of shares * line to the axes of total."""
    for axis, share in enumerate(map(complex, shares)):
        if share.imag:
            total[axis] -= np.float32(share.imag) * line.imag
        if share.real:
            total[axis] += np.float32(share.real) * line.real
