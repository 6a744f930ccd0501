"""What is odd about a board's windows as they come in, with hysteresis: one odd window is no state."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from judder_core.window import FLAG_LATE, FLAG_LOST, Window
from numpy.typing import NDArray

from judder.quality.samples import CLIPPED_SHARE, GRAVITY_G, RANGES_G
from judder.quality.survey import AXES
from judder.quality.timing import off_nominal

NAMELESS = bytes(6)
Counts = NDArray[np.generic]


@dataclass(frozen=True)
class Rule:
    """A state begins when at least on of the last `of` windows are odd, and ends at off or fewer."""

    of: int
    on: int
    off: int


FEW = Rule(of=4, on=3, off=0)
SOME = Rule(of=32, on=4, off=1)
RULES = {
    "stuck": FEW,
    "clipped": SOME,
    "gravity": FEW,
    "rate": FEW,
    "late": SOME,
    "lost": Rule(of=64, on=3, off=0),
}


class BoardQuality:
    """One board's states."""

    def __init__(self) -> None:
        self._odd = dict.fromkeys(RULES, 0)  # by kind, one bit per window, the newest lowest
        self._on: set[str] = set()
        self._sentences: dict[str, str] = {}  # by kind, of the last odd window
        self._last: tuple[int | None, int] = (None, 0)

    def take(self, window: Window, said: dict[str, str]) -> None:
        """Take in the next window of the board, and what oddities() says of it."""
        lost, is_late = self._lost_before(window), bool(window.flags & (FLAG_LATE | FLAG_LOST))
        if not (lost or is_late or said or any(self._odd.values())):
            return  # as most windows do: nothing odd, after many of the kind
        self._push("lost", (1 << lost) - 1, lost)
        self._push("lost", 0, 1)
        self._push("late", is_late, 1)
        self._sentences.update(said)
        for kind in ("stuck", "clipped", "gravity", "rate"):
            self._push(kind, kind in said, 1)

    def to_list(self) -> list[dict[str, str]]:
        """Return the states that are on, for JSON."""
        return [{"kind": kind, "sentence": self._sentence(kind)} for kind in RULES if kind in self._on]

    @property
    def stuck(self) -> bool:
        """Whether an axis does not move."""
        return "stuck" in self._on

    def _push(self, kind: str, bits: int, n: int) -> None:
        """Take in n windows, of which bits are odd."""
        rule = RULES[kind]
        self._odd[kind] = (self._odd[kind] << n | bits) & ((1 << rule.of) - 1)
        odd = self._odd[kind].bit_count()
        if odd >= rule.on:
            self._on.add(kind)
        elif odd <= rule.off:
            self._on.discard(kind)

    def _lost_before(self, window: Window) -> int:
        """Return how many windows are missing before this one, at most as many as are looked at."""
        boot_id, seq = self._last
        if boot_id == window.boot_id and window.seq <= seq:
            return 0  # from the backlog
        self._last = (window.boot_id, window.seq)
        return min(window.seq - seq - 1, RULES["lost"].of) if boot_id == window.boot_id else 0

    def _sentence(self, kind: str) -> str:
        if kind in self._sentences:
            return self._sentences[kind]
        what = "are missing" if kind == "lost" else "have too many late samples"
        return f"{self._odd[kind].bit_count()} of the last {RULES[kind].of} windows {what}."


def oddities(windows: Sequence[Window]) -> list[dict[str, str]]:
    """Return what each of windows shows: sentences by kind."""
    found: list[dict[str, str]] = [{} for _ in windows]
    for alike in _alike(windows):
        counts = np.array([windows[k].counts for k in alike]).reshape(len(alike), -1, 3)
        scale_g = np.array([windows[k].scale_g for k in alike])
        for k in _may_be_odd(counts, scale_g):
            found[alike[k]].update(_of_samples(counts[k], windows[alike[k]].scale_g))
    for window, said in zip(windows, found, strict=True):
        sentence = off_nominal(window.sample_rate_hz) if window.device_id != NAMELESS else None
        if sentence:  # a board without a name has the reference's sketch: its rate comes from the settings
            said["rate"] = sentence
    return found


def _alike(windows: Sequence[Window]) -> Iterable[list[int]]:
    """Return the places of windows in groups of one length and kind of counts."""
    groups: dict[tuple[str, int], list[int]] = {}
    for k, window in enumerate(windows):
        groups.setdefault((window.counts.typecode, len(window.counts)), []).append(k)
    return groups.values()


def _may_be_odd(counts: Counts, scale_g: NDArray[np.float64]) -> list[int]:
    """Return the windows of (n, window_len, 3) whose samples may show anything odd: few, as a rule."""
    axes = np.ascontiguousarray(counts.transpose(0, 2, 1))  # 0.6 us a window, 9 us as they lie (2026-11-30)
    low, high = axes.min(axis=2), axes.max(axis=2)
    length_g = np.linalg.norm(axes.mean(axis=2), axis=1) * scale_g
    peak_g = np.maximum(-low.min(axis=1).astype(float), high.max(axis=1)) * scale_g
    odd = (low == high).any(axis=1) | ~((GRAVITY_G[0] <= length_g) & (length_g <= GRAVITY_G[1]))
    for range_g in RANGES_G:
        odd |= _is_at(peak_g, range_g)
    found: list[int] = np.flatnonzero(odd).tolist()
    return found


def _is_at(peak_g: Any, range_g: float) -> Any:
    """Return whether a peak is a sensor's limit."""
    return abs(peak_g - range_g) <= 0.01 * range_g


def _of_samples(counts: Counts, scale_g: float) -> Iterator[tuple[str, str]]:
    """Yield (kind, sentence) of what the samples of one window show."""
    low, high = counts.min(axis=0).tolist(), counts.max(axis=0).tolist()
    still = [axis for axis, least, most in zip(AXES, low, high, strict=True) if least == most]
    if still:
        yield "stuck", f"Axis {', '.join(still)} does not move."
    peak = max(-min(low), max(high))
    peak_g = peak * scale_g
    if any(_is_at(peak_g, range_g) for range_g in RANGES_G):
        share = float((np.abs(counts.astype(np.float64)) >= peak - 1).any(axis=1).mean())
        if share > CLIPPED_SHARE:
            yield "clipped", f"Samples stand at the sensor's limit of {peak_g:.2f} g."
    length_g = float(np.linalg.norm(counts.mean(axis=0))) * scale_g
    if not GRAVITY_G[0] <= length_g <= GRAVITY_G[1]:
        yield "gravity", f"The mean acceleration is {length_g:.2f} g, not 1 g."
