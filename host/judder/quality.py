"""The quality gate: what is odd about recordings, said before anyone trusts a figure made of them.

Each check is a function from a Survey to Findings, listed in CHECKS.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judder.dataset import cut_windows, sample_rate_of
from judder.recording import Recording

Floats = NDArray[np.float64]

AXES = "xyz"
RANGES_G = (2.0, 4.0, 8.0, 16.0)
GRAVITY_G = (0.8, 1.2)
CLIPPED_SHARE = 0.001
COARSE_COUNTS = 4.0
"""An axis whose deviation is below this many counts is bound by the sensor's steps."""
DRIFT = 0.10
SHOWN = 3
LINE = 8.0
"""A spectral line stands this many times above the median of its surroundings."""
MAINS_HZ = (50.0, 60.0)
TOLD_APART = 0.95
"""Accuracy from which pose alone is said to tell two conditions apart."""


@dataclass(frozen=True)
class Finding:
    """One odd thing. condition: where, or "" for all data together. kind: a word for programs."""

    kind: str
    condition: str
    sentence: str
    hint: str


@dataclass(frozen=True)
class Axis:
    """One axis of one condition, in g."""

    mean: float
    sd: float
    mad: float
    low: float
    high: float


@dataclass(frozen=True)
class Condition:
    """What a condition holds. counts: all rows, (n, 3), in units of scale_g (1 where there is no grid)."""

    name: str
    recordings: tuple[Recording, ...]
    counts: Floats = field(repr=False)
    scale_g: float
    gridded: bool

    @cached_property
    def in_g(self) -> Floats:
        return self.counts * self.scale_g

    @cached_property
    def axes(self) -> list[Axis]:
        median = np.median(self.in_g, axis=0)
        mad = 1.4826 * np.median(np.abs(self.in_g - median), axis=0)
        columns = (self.in_g.mean(0), self.in_g.std(0), mad, self.in_g.min(0), self.in_g.max(0))
        return [Axis(*(float(column[k]) for column in columns)) for k in range(3)]


@dataclass(frozen=True)
class Survey:
    """All that the checks look at. rate_known: whether the data say their rate."""

    conditions: tuple[Condition, ...]
    sample_rate_hz: float
    rate_known: bool

    @cached_property
    def spectra(self) -> dict[str, Floats]:
        """The mean power spectrum of each condition, axes summed, bins 0 to half the rate."""
        return {c.name: _spectrum(c, self.window_len) for c in self.conditions}

    @cached_property
    def poses(self) -> dict[str, Floats]:
        """The mean of each window, (n, 3) in g, in time order."""
        return {c.name: _window_means(c, self.window_len) for c in self.conditions}

    @cached_property
    def window_len(self) -> int:
        shortest = min(len(s.samples) for c in self.conditions for r in c.recordings for s in r.segments)
        return max(16, min(256, shortest))


def survey(recordings: Sequence[Recording], sample_rate_hz: float | None = None) -> Survey:
    """Return the Survey of recordings, none of which is empty."""
    names = list(dict.fromkeys(recording.condition for recording in recordings))
    rate_hz, warning = sample_rate_of(recordings, sample_rate_hz)
    conditions = tuple(_condition(name, [r for r in recordings if r.condition == name]) for name in names)
    return Survey(conditions, rate_hz, warning is None)


def _condition(name: str, recordings: list[Recording]) -> Condition:
    scales = {recording.scale_g for recording in recordings}
    gridded = len(scales) == 1 and None not in scales
    scale_g = next(iter(scales)) if gridded else 1.0
    rows = [r.in_g() / (scale_g or 1.0) for r in recordings]
    return Condition(name, tuple(recordings), np.concatenate(rows), scale_g or 1.0, gridded)


def _segments(condition: Condition, window_len: int) -> Floats:
    windows = cut_windows(condition.recordings, 1.0, window_len)
    return windows.samples * windows.scale_g[:, None, None]


def _spectrum(condition: Condition, window_len: int) -> Floats:
    samples = _segments(condition, window_len)
    weighted = (samples - samples.mean(axis=1, keepdims=True)) * np.hanning(window_len + 1)[:-1, None]
    power: Floats = (np.abs(np.fft.rfft(weighted, axis=1)) ** 2).sum(axis=2).mean(axis=0)
    return power


def _window_means(condition: Condition, window_len: int) -> Floats:
    means: Floats = _segments(condition, window_len).mean(axis=1)
    return means


def find(surveyed: Survey) -> list[Finding]:
    """Return what is odd, the gravest kind first; what many conditions share is said once."""
    found = [finding for check in CHECKS for finding in check(surveyed)]
    by_kind: dict[tuple[str, str], list[Finding]] = {}
    for finding in found:
        by_kind.setdefault((finding.kind, finding.hint), []).append(finding)
    return [_together(alike) for alike in by_kind.values()]


def _together(alike: list[Finding]) -> Finding:
    if len(alike) <= SHOWN:
        first = alike[0]
        rest = "".join(f" {other.condition}: {other.sentence}" for other in alike[1:])
        return replace(first, sentence=first.sentence + rest)
    return replace(alike[0], condition=f"{alike[0].condition} and {len(alike) - 1} more")


def unknown_rate(survey: Survey) -> Iterator[Finding]:
    if not survey.rate_known:
        yield Finding(
            "rate",
            "",
            "The data do not say their sample rate; 200 Hz, the reference's, is assumed.",
            "Give it with --sample-rate.",
        )


def aliasing(survey: Survey) -> Iterator[Finding]:
    """Lines where mains hum from above half the rate would fold to, the same in all running conditions."""
    rate_hz, resolution_hz = survey.sample_rate_hz, survey.sample_rate_hz / survey.window_len
    lines = {name: _lines(power, resolution_hz) for name, power in survey.spectra.items()}
    for mains_hz in MAINS_HZ:
        for source_hz in (2 * k * mains_hz for k in (1, 2, 3)):
            folded_hz = abs(source_hz - rate_hz * round(source_hz / rate_hz))
            if source_hz <= rate_hz / 2 or folded_hz < 3 * resolution_hz:
                continue
            there = [n for n, found in lines.items() if _near(found[:1], folded_hz, resolution_hz)]
            if len(there) >= min(2, len(lines)):
                yield Finding(
                    "aliasing",
                    "",
                    f"The strongest line of {len(there)} conditions is at {folded_hz:.0f} Hz whatever the"
                    f" speed: probably {source_hz:.0f} Hz mains hum, folded by sampling at {rate_hz:g} Hz.",
                    "Set the sensor's output rate to the rate it is read at, so that its own filter works"
                    " (Judder does: 250 Hz), or read faster; then record again.",
                )


def _near(lines_hz: Sequence[float], wanted_hz: float, resolution_hz: float) -> bool:
    return any(abs(line - wanted_hz) <= 1.5 * resolution_hz for line in lines_hz)


def _lines(power: Floats, resolution_hz: float) -> list[float]:
    """Return the frequencies of narrow peaks, the strongest first."""
    peaks = []
    for k in range(3, len(power) - 1):
        around = np.r_[power[max(1, k - 12) : max(1, k - 2)], power[k + 3 : k + 13]]
        if power[k] == power[k - 1 : k + 2].max() and power[k] > LINE * np.median(around):
            peaks.append((float(power[k]), k * resolution_hz))
    return [hz for _, hz in sorted(peaks, reverse=True)]


def confounding(survey: Survey) -> Iterator[Finding]:
    """How many pairs of conditions pose alone tells apart: learned on first halves, tried on second ones."""
    halves = [np.array_split(means, 2) for means in survey.poses.values() if len(means) >= 4]
    pairs = list(itertools.combinations(halves, 2))
    apart = sum(_told_apart(one, other) >= TOLD_APART for one, other in pairs)
    if pairs and apart >= len(pairs) / 2:
        yield Finding(
            "confounding",
            "",
            f"The sensor's pose alone, the mean of each window, tells {apart} of {len(pairs)} pairs of"
            " conditions apart.",
            "Do not read a difference between such conditions as vibration alone. Judder's features are blind"
            " to pose; to be sure, record each condition in several mountings: judder record --robust.",
        )


def _told_apart(one: list[Floats], other: list[Floats]) -> float:
    """Return the balanced accuracy of the nearer mean: halves 0 teach, halves 1 are told apart."""
    centres = np.array([one[0].mean(axis=0), other[0].mean(axis=0)])
    nearer = [np.linalg.norm(half[:, None] - centres, axis=2).argmin(axis=1) for half in (one[1], other[1])]
    return float(((nearer[0] == 0).mean() + (nearer[1] == 1).mean()) / 2)


def missing_gravity(survey: Survey) -> Iterator[Finding]:
    for condition in survey.conditions:
        length = float(np.linalg.norm([axis.mean for axis in condition.axes]))
        if not GRAVITY_G[0] <= length <= GRAVITY_G[1]:
            yield Finding(
                "gravity",
                condition.name,
                f"The mean acceleration is {length:.2f} g, not 1 g: gravity is missing or the unit is not g.",
                "Check unit and offset; Judder's watch of the mounting needs gravity.",
            )


def stuck(survey: Survey) -> Iterator[Finding]:
    for condition in survey.conditions:
        for name, axis in zip(AXES, condition.axes, strict=True):
            if axis.low == axis.high:
                yield Finding(
                    "stuck",
                    condition.name,
                    f"Axis {name} is {axis.low:g} g all the time.",
                    "Check the sensor.",
                )


def clipped(survey: Survey) -> Iterator[Finding]:
    """Many samples at an extreme that is one of a sensor's ranges."""
    for condition in survey.conditions:
        for k, axis in enumerate(condition.axes):
            peak = max(abs(axis.low), abs(axis.high))
            share = float(
                (np.abs(condition.in_g[:, k]) >= peak - condition.scale_g * condition.gridded).mean()
            )
            at_range = any(abs(peak - range_g) <= 0.01 * range_g for range_g in RANGES_G)
            if at_range and share > CLIPPED_SHARE:
                yield Finding(
                    "clipped",
                    condition.name,
                    f"Axis {AXES[k]} stands at its limit of {peak:.2f} g in {share:.1%} of the samples.",
                    "Set a wider sensor.range_g.",
                )


def coarse(survey: Survey) -> Iterator[Finding]:
    for condition in survey.conditions:
        if not condition.gridded:
            continue
        few = [
            n
            for n, a in zip(AXES, condition.axes, strict=True)
            if 0 < a.sd < COARSE_COUNTS * condition.scale_g
        ]
        if few:
            yield Finding(
                "quantisation",
                condition.name,
                f"Axis {', '.join(few)} moves by less than {COARSE_COUNTS:g} steps of the sensor.",
                "Set a narrower sensor.range_g, or fix the sensor nearer to the bearing.",
            )


def duplicated(survey: Survey) -> Iterator[Finding]:
    for condition in survey.conditions:
        seen = [s.samples.tobytes() for r in condition.recordings for s in r.segments]
        twice = len(seen) - len(set(seen))
        if twice:
            yield Finding(
                "duplicated",
                condition.name,
                f"{twice} of {len(seen)} stretches are copies of others.",
                "Remove them: a copy in training and test makes every figure too good.",
            )


def converted(survey: Survey) -> Iterator[Finding]:
    for condition in survey.conditions:
        for note in dict.fromkeys(note for r in condition.recordings for note in r.notes):
            yield Finding("unit", condition.name, note, "Write data in g, or check that this is right.")


def drifting(survey: Survey) -> Iterator[Finding]:
    """The deviation of the first sixth against that of the last."""
    for condition in survey.conditions:
        sixths = np.array_split(condition.in_g, 6)
        if len(sixths[0]) < 1000:
            continue
        first, last = _mad(sixths[0]), _mad(sixths[-1])
        change = last / np.maximum(first, condition.scale_g / 2) - 1
        k = int(np.abs(change).argmax())
        if abs(change[k]) > DRIFT and abs(last[k] - first[k]) > condition.scale_g * condition.gridded:
            yield Finding(
                "drift",
                condition.name,
                f"Axis {AXES[k]} shakes {change[k]:+.0%} at the end of the recording against its start.",
                "Let the machine warm up first, and record on several days.",
            )


def _mad(rows: Floats) -> Floats:
    mad: Floats = np.median(np.abs(rows - np.median(rows, axis=0)), axis=0)
    return mad


CHECKS: tuple[Callable[[Survey], Iterator[Finding]], ...] = (
    aliasing,
    confounding,
    missing_gravity,
    stuck,
    clipped,
    duplicated,
    unknown_rate,
    converted,
    coarse,
    drifting,
)


def to_dict(surveyed: Survey, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the survey and its findings for JSON."""
    return {
        "sample_rate_hz": surveyed.sample_rate_hz,
        "rate_known": surveyed.rate_known,
        "conditions": {
            c.name: {
                "recordings": len(c.recordings),
                "rows": len(c.counts),
                "seconds": len(c.counts) / surveyed.sample_rate_hz,
                "scale_g": c.scale_g if c.gridded else None,
                "axes": {name: asdict(axis) for name, axis in zip(AXES, c.axes, strict=True)},
            }
            for c in surveyed.conditions
        },
        "findings": [asdict(finding) for finding in findings],
    }
