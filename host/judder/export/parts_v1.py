"""What only a model of version 1 has in model_data.h."""

from typing import Any

from judder_core.model_v1 import Detector, Model

from judder.errors import JudderError
from judder.export.c_source import string
from judder.export.parts import Parts, floats, table

MOST_COMBINED = 8  # kMaxWindowsCombined in limits.h


def parts_v1(model: Model, detector: Detector) -> Parts:
    """Return what the sketch needs of a model beside what each has. Raises JudderError for too much of it."""
    if model.windows_combined > MOST_COMBINED:
        raise JudderError(
            f"Model {model.model_id} combines {model.windows_combined} windows; the sketch, {MOST_COMBINED}.",
            hint="Train it again, or raise kMaxWindowsCombined in limits.h.",
        )
    named: tuple[tuple[str, Any, Any], ...] = detector.modes
    arrays = {"kFeatureMean": detector.mean, "kFeatureStd": detector.std}
    for k, (_, mean, whitening) in enumerate(named):
        arrays |= {f"kMode{k}Mean": mean, f"kMode{k}Whitening": whitening}
    modes = [f"{string(name)}, kMode{k}Mean, kMode{k}Whitening" for k, (name, *_) in enumerate(named)]
    return Parts(
        model="ModelV1",
        judge="JudgeV1",
        include="src/core/judge_v1.h",
        feature_set=detector.feature_set,
        alarm_threshold=None,
        declarations=floats(arrays) + table("ModeV1", "kModes", modes),
        fields=("kFeatureMean", "kFeatureStd", "kModes", str(len(modes)), str(model.windows_combined)),
    )
