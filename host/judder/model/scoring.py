"""What a model says of windows, as the judge of one machine would."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from judder_core.decision import Verdict
from judder_core.judge import Judge
from judder_core.model import Detector, Model
from numpy.typing import NDArray

from judder.data.windows import Windows
from judder.engine import numeric_numpy
from judder.errors import JudderError
from judder.model.evidence import Measured, combine, measure

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

WINDOW = ("condition", "recording", "index")
OUTCOME = ("score", "combined_score", "p_value", "anomaly", "alert", "p_value_is_bound", "state")
"""The columns of the table; programs read --scores by these names."""


@dataclass(frozen=True, repr=False)
class Scored:
    """What a model says of windows, (n,) each; higher scores are stranger.

    combined_score: of the mean features of the last windows, NaN until enough came before. p_value: the share
    of normal windows that score as high; p_value_is_bound: whether that is only an upper bound.
    anomaly: whether the window is flagged; alert: whether the watch of this machine is on.
    """

    windows: Windows
    score: Floats
    combined_score: Floats
    p_value: Floats
    p_value_is_bound: Flags
    anomaly: Flags
    alert: Flags
    state: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.windows)

    def __repr__(self) -> str:
        return f"<Scored: {len(self)} windows, anomalies: {self.anomaly.sum()}, in alert: {self.alert.sum()}>"

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return the table of it, a row per window: what the window is, and what was said of it."""
        window = {name: getattr(self.windows, name) for name in WINDOW}
        return {**window, **{name: getattr(self, name) for name in OUTCOME}}

    def to_dataframe(self) -> Any:
        """Return columns() as a pandas.DataFrame. Raises JudderError where pandas is not installed."""
        try:
            import pandas
        except ImportError as error:
            raise JudderError(
                "pandas is not installed.", hint="pip install pandas, or use columns()."
            ) from error
        return pandas.DataFrame(self.columns())

    def write_csv(self, path: Path) -> None:
        """Write columns() but the state to a CSV file; combined_score is empty where there is none."""
        table = self.columns()
        del table["state"]
        with path.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
            writer = csv.writer(file)
            writer.writerow(table)
            writer.writerows([_written(value) for value in row] for row in zip(*table.values(), strict=True))


def _written(value: Any) -> Any:
    """Return a value as a CSV file has it: numbers so that they come back, flags as 0 and 1."""
    if isinstance(value, np.floating):
        return "" if np.isnan(value) else repr(float(value))
    return int(value) if isinstance(value, np.bool_) else value


def score_windows(model: Model, windows: Windows, detector: Detector | None = None) -> Scored:
    """Score windows as the judge of one machine would, anew after each gap.

    detector: one of the model's, the first unless given. Raises JudderError where windows do not fit it.
    """
    misfit = model.fits(windows.window_len, windows.sample_rate_hz)
    if misfit:
        raise JudderError(
            f"The {misfit}.",
            hint=f"Cut them so (--window-len {model.window_len}), or train a model for them.",
        )
    detector = detector or model.detectors[0]
    measured = measure(windows, detector.feature_set)
    score = np.asarray(detector.score(numeric_numpy, list(measured.features.T)))
    means = combine(measured, model.disturbed_g, model.windows_combined, model.most_disturbed)
    combined = np.full(len(windows), np.nan)
    enough = ~np.isnan(means[:, 0])
    combined[enough] = detector.score(numeric_numpy, list(means[enough].T))
    return Scored(windows, score, combined, *_judge(model, detector, measured, score, combined))


def _judge(
    model: Model, detector: Detector, measured: Measured, score: Floats, combined: Floats
) -> tuple[Floats, Flags, Flags, Flags, NDArray[np.str_]]:
    """Return (p_value, p_value_is_bound, anomaly, alert, state) of windows that were measured and scored."""
    verdicts: list[Verdict] = []
    alert: list[bool] = []
    for run in measured.windows.runs():
        judge, decision = Judge(model, numeric_numpy, "host", detector), model.decision()
        for k in run:
            judge.gather(measured.features[k], measured.swing_g[k])
            known = None if np.isnan(combined[k]) else float(combined[k])
            verdicts.append(judge.conclude(float(score[k]), known, measured.pose[k]))
            alert.append(decision.update(verdicts[-1].alarming))
    return (
        np.array([verdict.p_value for verdict in verdicts]),
        np.array([verdict.p_value_is_bound for verdict in verdicts], bool),
        np.array([verdict.anomaly for verdict in verdicts], bool),
        np.array(alert, bool),
        np.array([verdict.state for verdict in verdicts], dtype=object).astype(str),
    )
