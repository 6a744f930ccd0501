"""Lines that are not where they were shaken: above half the rate, folded down by sampling."""

from collections.abc import Iterator, Sequence

from judder.quality.findings import Finding
from judder.quality.lines import Lines, find_lines
from judder.quality.survey import Survey
from judder.text import rate

STRONG = 3
"""Folded hum is looked for among this many of the strongest lines, shaft harmonics left out."""
MAINS_HZ = (50.0, 60.0)
MULTIPLES = (1, 2, 3)
STAYS = 0.75
"""A line stays if this share of the conditions has it."""
SPEEDS = 3
HINT = (
    "Set the sensor's output rate to the rate it is read at, so that its own filter works (Judder does:"
    " 250 Hz), or read faster; then record again."
)


def aliasing(survey: Survey) -> Iterator[Finding]:
    """Mains hum where sampling folds it to; failing that, a line that stays where others move with speed."""
    lines = find_lines(survey)
    if not lines.of:
        return
    finding = _folded_hum(lines, survey.sample_rate_hz) or _staying_line(lines, survey.sample_rate_hz)
    if finding:
        yield finding


def _folded_hum(lines: Lines, rate_hz: float) -> Finding | None:
    best: tuple[int, float, float] = (0, 0.0, 0.0)
    for mains_hz in MAINS_HZ:
        for source_hz in (2 * k * mains_hz for k in MULTIPLES):
            folded_hz = fold(source_hz, rate_hz)
            if source_hz <= rate_hz / 2 or not _visible(lines, folded_hz, rate_hz):
                continue
            lower = [fold(2 * k * mains_hz, rate_hz) for k in MULTIPLES if 2 * k * mains_hz < source_hz]
            wanted = [folded_hz, *(hz for hz in lower if _visible(lines, hz, rate_hz))]
            there = sum(all(_has(lines, name, hz) for hz in wanted) for name in lines.of)
            if there > best[0]:
                best = (there, folded_hz, source_hz)
    there, folded_hz, source_hz = best
    if there < max(min(2, len(lines.of)), len(lines.of) / 2):
        return None
    where = f" in {there} of {len(lines.of)} conditions with lines, whatever the speed" if there > 1 else ""
    return Finding(
        "aliasing",
        "",
        f"A line stands at {folded_hz:.0f} Hz{where}: probably {source_hz:.0f} Hz mains hum, folded by"
        f" sampling at {rate(rate_hz)}.",
        HINT,
        figures={"line_hz": folded_hz, "source_hz": source_hz, "conditions": there},
    )


def _has(lines: Lines, condition: str, hz: float) -> bool:
    """Tell whether one of condition's strongest lines, the shaft's left out, is at hz."""
    others = [
        line
        for line in lines.of[condition]
        if not lines.is_harmonic(condition, line) and not lines.may_be_shaft(condition, line)
    ]
    return any(abs(line.hz - hz) <= lines.tolerance_hz for line in others[:STRONG])


def _visible(lines: Lines, hz: float, rate_hz: float) -> bool:
    return 3 * lines.tolerance_hz < hz < rate_hz / 2 - 2 * lines.tolerance_hz


def _staying_line(lines: Lines, rate_hz: float) -> Finding | None:
    speeds = {name: moving[0].hz for name in lines.of if (moving := lines.moving(name))}
    for line in sorted({line for mine in lines.of.values() for line in mine}, key=lambda line: -line.power):
        if lines.share(line.hz) < STAYS or _is_hum_in_place(line.hz, lines.tolerance_hz):
            continue
        there = [name for name in speeds if lines.near(name, line.hz) and not _turns(lines, name, line.hz)]
        moved = _apart([speeds[name] for name in there], 2 * lines.tolerance_hz)
        if len(moved) >= SPEEDS:
            return _staying(line.hz, moved, len(there), rate_hz)
    return None


def _turns(lines: Lines, condition: str, hz: float) -> bool:
    """Tell whether condition's line at hz is a shaft's: a harmonic, or with harmonics of its own."""
    there = [line for line in lines.of[condition] if abs(line.hz - hz) <= lines.tolerance_hz]
    return any(lines.is_harmonic(condition, line) or lines.has_harmonics(condition, line) for line in there)


def _is_hum_in_place(hz: float, tolerance_hz: float) -> bool:
    return any(abs(hz - times * mains) <= tolerance_hz for mains in MAINS_HZ for times in (1, 2, 4, 6))


def _apart(speeds_hz: Sequence[float], least_hz: float) -> list[float]:
    """Return those of speeds_hz that differ by more than least_hz, in order."""
    kept: list[float] = []
    for hz in sorted(speeds_hz):
        if not kept or hz - kept[-1] > least_hz:
            kept.append(hz)
    return kept


def _staying(hz: float, moved: Sequence[float], there: int, rate_hz: float) -> Finding:
    others = ", ".join(f"{speed:.1f}" for speed in moved)
    return Finding(
        "aliasing",
        "",
        f"A line at {hz:.1f} Hz stays where it is in {there} conditions while others move with the speed"
        f" ({others} Hz): a resonance, or something above {rate(rate_hz / 2)} folded by sampling.",
        "Record once at another rate: a folded line moves, a resonance stays. " + HINT,
        figures={"line_hz": hz, "moving_hz": list(moved), "conditions": there},
    )


def fold(source_hz: float, rate_hz: float) -> float:
    """Return where a line at source_hz appears when it is sampled rate_hz times a second.

    >>> fold(120.0, 200.0)
    80.0
    """
    return abs(source_hz - rate_hz * round(source_hz / rate_hz))
