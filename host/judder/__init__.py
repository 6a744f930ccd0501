"""Judder tells when a motor, fan or pump starts to shake differently. This package is the host's side.

    import judder

    model = judder.train("fan-data", normal="normal")
    scores = judder.score(model, "fan-data", "today")

The names below are imported when they are first used: the command line needs few of them.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

__all__ = ["AnomalyDetector", "Model", "evaluate", "load", "score", "simulate", "train"]

_PLACES = {
    "AnomalyDetector": "judder.training.estimator",
    "Model": "judder.model.model",
    "evaluate": "judder.evaluation.evaluate",
    "load": "judder.data.sources",
    "score": "judder.model.model",
    "simulate": "judder.simulation",
    "train": "judder.training.train",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(_PLACES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
