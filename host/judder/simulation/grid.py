"""Time on two grids: the sensor's outputs, and nodes between which slow things run straight.

Everything random or running keeps its own state from block to block and draws from its own stream, so that
blocks of any size put together are the one piece.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
NODES_HZ = 8.0
DAY_S = 86400.0


@dataclass(frozen=True)
class Grid:
    """rate_hz: the sensor's true output rate. step: outputs from node to node."""

    rate_hz: float
    step: int

    @property
    def step_s(self) -> float:
        return self.step / self.rate_hz


def make_grid(rate_hz: float) -> Grid:
    return Grid(rate_hz, max(4, round(rate_hz / NODES_HZ)))


@dataclass(frozen=True)
class Block:
    """Outputs start..start + n of the sensor, n a multiple of the step."""

    grid: Grid
    start: int
    n: int

    @property
    def nodes(self) -> int:
        """How many nodes there are, both ends counted."""
        return self.n // self.grid.step + 1

    @property
    def node_times(self) -> Floats:
        return (self.start + np.arange(self.nodes) * self.grid.step) / self.grid.rate_hz

    def spread(self, at_nodes: NDArray[Any]) -> NDArray[Any]:
        """Return at_nodes (nodes,) at every output (n,), straight from node to node."""
        weight = (np.arange(self.grid.step) / self.grid.step).astype(at_nodes.real.dtype)
        every: NDArray[Any] = at_nodes[:-1, None] + np.diff(at_nodes)[:, None] * weight
        return every.ravel()


class Wander:
    """An Ornstein-Uhlenbeck process at the nodes: Gaussian, sd, with memory_s of memory."""

    def __init__(self, rng: np.random.Generator, sd: float, memory_s: float, grid: Grid) -> None:
        self._rng, self._sd = rng, sd
        self._keep = float(np.exp(-grid.step_s / memory_s))
        self._last = rng.standard_normal() * sd

    def nodes(self, block: Block) -> Floats:
        if not self._sd:
            return np.zeros(block.nodes)
        shocks = self._rng.standard_normal(block.nodes - 1) * (self._sd * np.sqrt(1 - self._keep**2))
        rest, _ = lfilter([1.0], [1.0, -self._keep], shocks, zi=[self._keep * self._last])
        values = np.concatenate([[self._last], rest])
        self._last = values[-1]
        return values


class Oscillator:
    """The angle of something that turns at a speed given at the nodes."""

    def __init__(self, turns: float, modulus: int = 1) -> None:
        self._turns, self._modulus = turns, modulus

    def turns(self, block: Block, speed_hz: Floats) -> Singles:
        """Return the angle at every output, in turns, less whole multiples of the modulus."""
        gained = np.cumsum(block.spread(speed_hz)) / block.grid.rate_hz
        turns = np.concatenate([[0.0], gained[:-1]]) + self._turns
        self._turns = float((self._turns + gained[-1]) % self._modulus)
        return np.remainder(turns, self._modulus, out=turns).astype(np.float32)


def low_pass_gain(line_hz: Any, bandwidth_hz: float) -> Any:
    """Return what the sensor's filter leaves of a line: second order, -3 dB at the bandwidth."""
    return 1 / np.sqrt(1 + (line_hz / bandwidth_hz) ** 4)
