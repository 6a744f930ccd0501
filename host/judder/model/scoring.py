"""What a model says of windows, as the judge of one machine would."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from judder_core.decision import ALARM, LEVELS, Verdict
from judder_core.model import AnyModel
from numpy.typing import NDArray

from judder.data.windows import Windows
from judder.errors import JudderError
from judder.model.judging import verdicts
from judder.model.judging_v1 import verdicts_v1

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

WINDOW = ("condition", "recording", "index")
OUTCOME = (
    "score",
    "combined_score",
    "p_value",
    "anomaly",
    "alert",
    "p_value_is_bound",
    "alarm_score",
    "level",
    "state",
    "mode",
    "mounting_changed",
)
"""The columns of the table; programs read --scores by these names."""
FOR_PEOPLE = ("state", "mode", "mounting_changed")
"""Columns that --scores is without."""


@dataclass(frozen=True, repr=False)
class Scored:
    """What a model says of windows, (n,) each; higher scores are stranger.

    combined_score: of the mean residual of the last windows, for a notice; alarm_score: the same for an
    alarm; NaN until enough came before. p_value: the share of normal windows that score as high;
    p_value_is_bound: whether that is only an upper bound. anomaly: whether the window is flagged. level: 0
    normal, 1 notice, 2 alarm, of the watch of this machine, debounced. mode: the name of the operating mode,
    "" where there is none. mounting_changed: whether it hangs another way than in training.
    """

    windows: Windows
    score: Floats
    combined_score: Floats
    alarm_score: Floats
    p_value: Floats
    p_value_is_bound: Flags
    anomaly: Flags
    level: NDArray[np.int64]
    state: NDArray[np.str_]
    mode: NDArray[np.str_]
    mounting_changed: Flags

    @classmethod
    def of(
        cls, windows: Windows, judged: Sequence[Verdict], level: NDArray[np.int64], modes: Sequence[str]
    ) -> Self:
        """Return what was judged of windows, one after the other. modes: their names by number."""

        def numbers(name: str) -> Floats:
            return np.array([getattr(verdict, name) for verdict in judged], float)  # None becomes NaN

        return cls(
            windows,
            numbers("score"),
            numbers("combined_score"),
            numbers("alarm_score"),
            numbers("p_value"),
            np.array([verdict.p_value_is_bound for verdict in judged], bool),
            np.array([verdict.anomaly for verdict in judged], bool),
            level,
            _words(verdict.state for verdict in judged),
            _words("" if verdict.mode is None else modes[verdict.mode] for verdict in judged),
            np.array([verdict.mounting_changed for verdict in judged], bool),
        )

    @property
    def alert(self) -> Flags:
        """Whether the watch of this machine alarms."""
        alarms: Flags = self.level == ALARM
        return alarms

    def __len__(self) -> int:
        return len(self.windows)

    def __repr__(self) -> str:
        return f"<Scored: {len(self)} windows, anomalies: {self.anomaly.sum()}, in alert: {self.alert.sum()}>"

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return the table of it, a row per window: what the window is, and what was said of it."""
        window = {name: getattr(self.windows, name) for name in WINDOW}
        outcome = {name: getattr(self, name) for name in OUTCOME}
        return {**window, **outcome, "level": np.array(LEVELS)[self.level]}

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
        """Write columns() but those for people to a CSV file; a score is empty where there is none."""
        table = {name: column for name, column in self.columns().items() if name not in FOR_PEOPLE}
        with path.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
            writer = csv.writer(file)
            writer.writerow(table)
            writer.writerows([_written(value) for value in row] for row in zip(*table.values(), strict=True))


def _written(value: Any) -> Any:
    """Return a value as a CSV file has it: numbers so that they come back, flags as 0 and 1."""
    if isinstance(value, np.floating):
        return "" if np.isnan(value) else repr(float(value))
    return int(value) if isinstance(value, np.bool_) else value


def _words(words: Iterable[str]) -> NDArray[np.str_]:
    return np.array(list(words), dtype=object).astype(str)


def score_windows(model: AnyModel, windows: Windows, detector: Any = None) -> Scored:
    """Score windows as the judge of one machine would, anew after each gap.

    detector: one of the model's, the first unless given. Raises JudderError where windows do not fit it.
    """
    misfit = model.fits(windows.window_len, windows.sample_rate_hz)
    if misfit:
        raise JudderError(
            f"The {misfit}.",
            hint=f"Cut them so (--window-len {model.window_len}), or train a model for them.",
        )
    verdicts_of: Callable[..., list[Verdict]] = verdicts_v1 if model.version == 1 else verdicts
    judged = verdicts_of(model, windows, detector or model.detectors[0])
    return Scored.of(windows, judged, _levels(model, windows, judged), model.mode_names)


def _levels(model: AnyModel, windows: Windows, judged: Sequence[Verdict]) -> NDArray[np.int64]:
    """Return the debounced level after each window."""
    levels = np.zeros(len(windows), np.int64)
    for run in windows.runs():
        decision = model.decision()
        for k in run:
            levels[k] = decision.take(judged[k])
    return levels
