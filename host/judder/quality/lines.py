"""Spectral lines: narrow peaks, and which of them a shaft makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from judder.quality.survey import Floats, Survey

LINE = 8.0
"""A line stands this many times above the median of its surroundings."""
FEWEST_WINDOWS = 4
LINES = 8
MOVES = 0.5
"""A line moves if a smaller share of the conditions has it."""
FASTEST_SHAFT_HZ = 62.0
"""Two-pole motors turn a little slower than the mains; nothing that Judder watches turns faster."""
HARMONICS = range(2, 11)


@dataclass(frozen=True)
class Line:
    hz: float
    power: float


@dataclass(frozen=True)
class Lines:
    """The lines of the conditions that have some, the strongest first, and how well they are told apart."""

    of: Mapping[str, Sequence[Line]]
    tolerance_hz: float

    def near(self, condition: str, hz: float) -> bool:
        return any(abs(line.hz - hz) <= self.tolerance_hz for line in self.of[condition])

    def share(self, hz: float) -> float:
        """Return the share of conditions that have a line at hz."""
        return sum(self.near(name, hz) for name in self.of) / len(self.of)

    def moving(self, condition: str) -> list[Line]:
        """Return those lines of condition that fewer than half of all conditions have."""
        return [line for line in self.of[condition] if self.share(line.hz) < MOVES]

    def is_harmonic(self, condition: str, line: Line) -> bool:
        """Tell whether line is a multiple of a lower line, and weaker than that or another multiple of it."""
        mine = [other for other in self.of[condition] if other != line]
        for shaft in (other for other in mine if self._multiple(line.hz, other.hz)):
            comb = [shaft, *(other for other in mine if self._multiple(other.hz, shaft.hz))]
            if max(other.power for other in comb) > line.power:
                return True
        return False

    def has_harmonics(self, condition: str, line: Line) -> bool:
        return any(self._multiple(other.hz, line.hz) for other in self.of[condition])

    def may_be_shaft(self, condition: str, line: Line) -> bool:
        """Tell whether line could be the shaft's speed itself: slow enough, and nothing else moves."""
        if line.hz > FASTEST_SHAFT_HZ or self.moving(condition):
            return False
        lowest = all(other.hz > line.hz - self.tolerance_hz for other in self.of[condition])
        return lowest or self.has_harmonics(condition, line)

    def _multiple(self, hz: float, shaft_hz: float) -> bool:
        times = round(hz / shaft_hz)
        return times in HARMONICS and abs(hz - times * shaft_hz) <= self.tolerance_hz * max(1, times / 4)


def find_lines(survey: Survey) -> Lines:
    """Return the narrow peaks of each condition that has some."""
    found = {
        name: strongest_lines(power, survey.resolution_hz)
        for name, power in survey.spectra.items()
        if len(survey.windows[name]) >= FEWEST_WINDOWS
    }
    return Lines({name: lines for name, lines in found.items() if lines}, survey.resolution_hz)


def strongest_lines(power: Floats, resolution_hz: float) -> list[Line]:
    """Return the narrow peaks of a spectrum, the strongest first."""
    peaks = []
    for k in range(3, len(power) - 1):
        around = np.r_[power[max(1, k - 12) : max(1, k - 2)], power[k + 3 : k + 13]]
        if power[k] == power[k - 1 : k + 2].max() and power[k] > LINE * np.median(around):
            peaks.append(Line((k + _between_bins(power[k - 1 : k + 2])) * resolution_hz, float(power[k])))
    return sorted(peaks, key=lambda line: -line.power)[:LINES]


def _between_bins(three: Floats) -> float:
    """Return how far the peak of three bins is from the middle one, -0.5 to 0.5: a parabola of their logs."""
    left, middle, right = np.log(three + 1e-300)
    bend = left - 2 * middle + right
    return float((left - right) / (2 * bend)) if bend else 0.0
