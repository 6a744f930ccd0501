"""A machine that changes while it is recorded: the finding "drift"."""

from collections.abc import Iterator

import numpy as np

from judder.data.recording import Recording
from judder.engine.robust import mad
from judder.engine.spectrum import power_density
from judder.quality.findings import Finding
from judder.quality.survey import AXES, Floats, Survey, rows_in_g, windows_in_g

DRIFT = 0.10
TREND_ERRORS = 5.0
DRIFT_DB = 3.0
DRIFT_ERRORS = 5.0
"""A band has drifted by this many standard errors at least."""
FEWEST_ROWS = 6000
FEWEST_WINDOWS = 30
BANDS = 5
PARTS = 6
"""A recording is looked at in so many parts."""


def drifting(survey: Survey) -> Iterator[Finding]:
    """The first sixth of each recording against the last: deviation of an axis, power in a band."""
    for condition in survey.conditions:
        for recording in condition.recordings:
            if recording.rows < FEWEST_ROWS:
                continue  # a change within seconds is no drift
            changes = [*_axes_drift(recording), *_bands_drift(recording, survey)]
            if changes:
                yield Finding(
                    "drift",
                    condition.name,
                    f"From its start to its end the recording changes: {', '.join(changes)}.",
                    "Let the machine warm up first, and record on several days.",
                )


def _axes_drift(recording: Recording) -> Iterator[str]:
    step_g = recording.scale_g or 0.0
    parts = np.array([mad(rows, scale=1.0) for rows in np.array_split(rows_in_g(recording), PARTS)])
    for k, name in enumerate(AXES):
        first, last = parts[0, k], parts[-1, k]
        change = last / max(first, step_g / 2, 1e-9) - 1
        if abs(change) > DRIFT and abs(last - first) > step_g and _is_trend(parts[:, k]):
            yield f"axis {name} shakes {change:+.0%}"


def _is_trend(values: Floats) -> bool:
    """Tell whether values rise or fall steadily: a fitted line's slope against its standard error.

    A beat of two lines, or a hand on the machine, changes them up and down.
    """
    times = np.arange(len(values)) - (len(values) - 1) / 2
    slope = times @ values / (times @ times)
    rest = values - values.mean() - slope * times
    error = np.sqrt(rest @ rest / (len(values) - 2) / (times @ times))
    return bool(abs(slope) > TREND_ERRORS * error)


def _bands_drift(recording: Recording, survey: Survey) -> Iterator[str]:
    """The band that changed most, of those that changed more than their own scatter explains."""
    if sum(len(s.samples) // survey.window_len for s in recording.segments) < PARTS * FEWEST_WINDOWS:
        return
    _, density = power_density(windows_in_g([recording], survey.window_len), survey.sample_rate_hz)
    power = density.sum(axis=-1)
    edges = np.unique(np.geomspace(2, power.shape[1], BANDS + 1).astype(int))
    in_db = 10 * np.log10(np.add.reduceat(power, edges[:-1], axis=1) + 1e-20)
    parts = np.array_split(in_db, PARTS)
    change = parts[-1].mean(axis=0) - parts[0].mean(axis=0)
    error = np.sqrt(sum(part.var(axis=0) / len(part) for part in (parts[0], parts[-1])))
    k = int(np.abs(change).argmax())
    if abs(change[k]) > max(DRIFT_DB, DRIFT_ERRORS * error[k]):
        low_hz, high_hz = edges[k : k + 2] * survey.resolution_hz
        yield f"{low_hz:.0f} to {high_hz:.0f} Hz {change[k]:+.1f} dB"
