"""What the evaluation page says of the rig: every figure in it is computed."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from judder_core.features.directional import BANDS
from judder_core.triangles import centres

from judder.bench.markdown import paragraph, span, table, with_interval
from judder.bench.rig import FAULTS, RATE_HZ, WINDOW_LEN, Rig, distances

Figures = dict[str, Any]


def section(rig: Rig) -> Iterator[str]:
    found = {fault: rig.fault(fault) for fault in FAULTS}
    yield f"\n## Rig at {RATE_HZ / 1000:g} kHz, {len(rig.healthy)} speeds"
    yield from table(
        ("fault", "one window AUC", "combined AUC", "windows at ALARM"),
        ([fault, *_cells(figures)] for fault, figures in found.items()),
    )
    yield _both_ways(rig, found)
    yield "\nA healthy machine at a speed that was left out of training:"
    left_out = list(rig.left_out_speeds())
    head = ("speed", "combined distance", "NOTICE", "ALARM")
    yield from table(head, (_left_out(row) for row in left_out))
    known = [distance for figures in found.values() for distance in distances(figures)]
    yield _overlap(rig, [row["distance"] for row in left_out], known)


def _cells(figures: Figures) -> list[str]:
    alerts = " / ".join(f"{fold['alert_rate_anomaly']:.2f}" for fold in figures["folds"])
    return [
        with_interval(figures, "auc", digits=4),
        with_interval(figures["combined"], "auc", digits=4),
        alerts,
    ]


def _both_ways(rig: Rig, found: dict[str, Figures]) -> str:
    any_fault = next(iter(found.values()))  # each has the same normal windows
    normal = any_fault["windows"]["normal"]
    told = any_fault["notices"]["count"]
    silent = [row["alert_rate"] == 0 for row in _faulty_rows(found)]
    a_mode = min(fold["windows"]["normal"] for fold in any_fault["folds"]) // len(rig.healthy)
    return paragraph(
        "Trained on half of each healthy recording, then on the other half.",
        f"Notices of the healthy machine: {told} in {normal} windows.",
        f"With {a_mode} windows per mode to learn from, {sum(silent)} of {len(silent)} recordings of a fault",
        "raise no alarm.",
        "The intervals are wide because so few windows are independent.",
    )


def _faulty_rows(found: dict[str, Figures]) -> Iterator[Figures]:
    for figures in found.values():
        for fold in figures["folds"]:
            yield from (row for row in fold["per_condition"].values() if row["label"] == "anomaly")


def _left_out(row: dict[str, Any]) -> list[str]:
    shares = (f"{row['count'].share(level):.0%}" for level in ("notice", "alarm"))
    return [row["recording"], f"{row['distance']:.0f}", *shares]


def _overlap(rig: Rig, new: list[float], faulty: list[float]) -> str:
    """Return whether the distance tells a new speed from a fault, and what would."""
    missed = max(new) > min(faulty)
    start = "Missed: distance cannot tell" if missed else "Distance tells"
    return paragraph(
        f"{start} a new speed, at {span(new)}, from a fault at a known one, at {span(faulty)}.",
        "An earlier study, of November 2026, tried the likeness of the whole spectrum to the nearest mode's",
        "as well: it came nearer and still overlapped.",
        f"Bands are {_band_hz():.0f} Hz apart or more, and the speeds are {_apart_hz(rig):.0f} Hz apart;",
        "telling them apart takes the line itself, which no feature follows.",
    )


def _band_hz() -> float:
    """Return how far the centres of the two lowest bands are apart: no two are nearer."""
    first, second, *_ = centres(WINDOW_LEN // 2 - 1, BANDS)
    apart_hz: float = (second - first) * RATE_HZ / WINDOW_LEN
    return apart_hz


def _apart_hz(rig: Rig) -> float:
    speeds_hz = sorted({int(rpm) / 60 for name in rig.healthy for rpm in re.findall(r"rpm(\d+)", name)})
    return min(after - before for before, after in pairwise(speeds_hz))
