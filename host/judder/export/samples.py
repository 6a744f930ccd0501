"""The two windows that go with an exported model: one it must call normal, one it must not."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from judder_core.model import AnyModel
from numpy.typing import NDArray

from judder.data.sources import load, windows_of
from judder.data.windows import whole_counts
from judder.errors import JudderError
from judder.export.expected import Expected, expected_of

STRONGER = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)


@dataclass(frozen=True)
class Sample:
    """One window: name, where it is from, int16 counts (window_len, 3), and what judder_core says of it.

    spread: by which part of it a board's score may be off besides rounding.
    """

    name: str
    source: str
    counts: NDArray[np.int16]
    scale_g: float
    expected: Expected
    spread: float = 0.0

    @property
    def score(self) -> float:
        return self.expected.score


def from_model(model: AnyModel, detector: Any, counts: NDArray[Any], scale_g: float) -> list[Sample]:
    """Return the model's golden window (window_len, 3), and it shaken harder until detector calls it strange.

    Raises JudderError where no shaking does.
    """
    normal = sample(model, detector, "normal_sample", "the model's own golden window", counts, scale_g)
    centre = np.median(counts, axis=0)
    for factor in STRONGER:
        shaken = np.clip(np.rint(centre + factor * (counts - centre)), -32768, 32767).astype(np.int16)
        words = f"the model's own golden window, shaken {factor} times as hard: made up"
        anomaly = sample(model, detector, "anomaly_sample", words, shaken, scale_g)
        if anomaly.score > detector.threshold:
            return [normal, anomaly]
    raise JudderError(
        f"Model {model.model_id} calls its golden window normal even shaken {STRONGER[-1]} times as hard.",
        hint="Give it an anomalous window: --data PATH --normal COND --anomaly COND",
    )


def from_recordings(
    model: AnyModel, detector: Any, path: Path, normal: str, anomaly: str, sample_rate_hz: float | None
) -> list[Sample]:
    """Return the window of median score of either condition. Raises JudderError where it scores otherwise."""
    recordings, samples = load(path), []
    for name, condition in (("normal_sample", normal), ("anomaly_sample", anomaly)):
        windows = windows_of(
            recordings, condition, sample_rate_hz=sample_rate_hz, window_len=model.window_len
        )
        counts, scale_g = whole_counts(windows.samples, windows.scale_g)
        candidates = [
            sample(
                model, detector, name, f"{path.name}, {condition}, window {k}", counts[k], float(scale_g[k])
            )
            for k in range(min(len(windows), 32))
        ]
        samples.append(sorted(candidates, key=lambda each: each.score)[len(candidates) // 2])
    for each, strange in zip(samples, (False, True), strict=True):
        if (each.score > detector.threshold) is not strange:
            raise JudderError(
                f"The model scores {each.source} {each.score:.3g}; its threshold is"
                f" {detector.threshold:.3g}.",
                hint="Choose other conditions, or leave --data out.",
            )
    return samples


def sample(
    model: AnyModel, detector: Any, name: str, source: str, counts: NDArray[Any], scale_g: float
) -> Sample:
    """Return a window with what judder_core says of it."""
    expected = expected_of(model, detector, counts, scale_g)
    return Sample(name, source, counts.astype(np.int16), scale_g, expected)
