"""One board's machine as a detector knows it, and its windows that are to be judged."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from judder_core.decision import Decision, Verdict
from judder_core.judge import Motion
from judder_core.window import Window
from numpy.typing import NDArray

from judder.data.windows import whole_counts

NO_POSE = (0.0, 0.0, 0.0)
Floats = Sequence[float]


@dataclass(eq=False)
class Machine:
    """What one detector knows of one board's machine so far. judge: of either version of models."""

    judge: Any
    decision: Decision

    @property
    def model(self) -> Any:
        return self.judge.model

    @property
    def feature_set(self) -> str:
        """What its detector sees: the same for all of a model, from version 2 on."""
        name: str = (self.judge.detector if self.model.version == 1 else self.model).feature_set
        return name

    @property
    def pose(self) -> tuple[float, ...]:
        """What its windows are turned to: version 1 turns none."""
        return NO_POSE if self.model.version == 1 else tuple(self.model.pose_mean or NO_POSE)

    def mode_name(self, mode: int | None) -> str | None:
        """Return what the operating mode of that number is called, None where there is none: a frame may say
        any number.
        """
        names: list[str] = self.model.mode_names
        return names[mode] if mode is not None and mode < len(names) else None


@dataclass(eq=False)
class Job:
    """A window for one machine. verdict, and why: what drove it; or error: why it cannot be judged.

    measured: its features. Of a model of version 1, mean: those of the evidence, None if that is thin, and
    scores: of both.
    """

    machine: Machine
    window: Window
    counts: Sequence[int] = field(init=False)
    scale_g: float = field(init=False)
    measured: Floats = ()
    motion: Motion | None = None
    mean: Floats | None = None
    scores: tuple[float, float | None] = (0.0, None)
    verdict: Verdict | None = None
    why: str | None = None
    error: Exception | None = None

    def __post_init__(self) -> None:
        self.counts, self.scale_g = _counts(self.window)

    @property
    def samples_g(self) -> NDArray[np.float64]:
        return np.asarray(self.counts).reshape(-1, 3) * self.scale_g

    def told(self) -> tuple[Verdict, str | None]:
        """Return the verdict, and what drove it. Raises error."""
        if self.error:
            raise self.error
        assert self.verdict
        return self.verdict, self.why


def _counts(window: Window) -> tuple[Sequence[int], float]:
    """Return window's samples as whole counts, and g per count."""
    if window.counts.typecode == "h":
        return window.counts, window.scale_g
    whole, scale = whole_counts(np.asarray(window.counts).reshape(1, -1, 3), np.array([window.scale_g]))
    return array("h", whole.tobytes()), float(scale[0])
