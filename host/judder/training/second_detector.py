"""Two detectors in one model file: the board's own, and the host's for when the board is not sure."""

import numpy as np
from judder_core.model import as_float
from judder_core.model_v1 import Detector
from judder_core.model_v1 import Model as CoreModel

from judder.data.windows import Windows
from judder.engine import numeric_numpy
from judder.errors import JudderError
from judder.model.document import DetectorEntry, Golden, Network, Provenance, Training
from judder.model.evidence import MOST_DISTURBED, WINDOWS_COMBINED
from judder.model.model import Model, TrainedModel
from judder.training.drift import UNSEEN

GREY_P_VALUE = 0.10
"""The grey zone begins where one in ten of the normal windows held out scores higher."""
GREY_FACTOR = UNSEEN
"""It ends this far above the threshold: as far as a day that nobody saw may move a healthy machine."""


def check_fits(base: CoreModel, windows: Windows) -> None:
    """Raise JudderError unless windows, which the second detector is trained on, are as base's."""
    misfit = base.fits(windows.window_len, windows.sample_rate_hz)
    if misfit:
        raise JudderError(
            f"The {misfit}.",
            hint=f"Cut them so (--window-len {base.window_len}), or add to a model of such windows.",
        )
    if (base.windows_combined, base.most_disturbed) != (WINDOWS_COMBINED, MOST_DISTURBED):
        raise JudderError(
            f"Model {base.model_id} judges the mean of {base.windows_combined} windows, of which"
            f" {base.most_disturbed} may be left out; an autoencoder is calibrated on {WINDOWS_COMBINED} and"
            f" {MOST_DISTURBED}.",
            hint="Train a model to add to on recordings: judder train",
        )
    if len(base.detectors) > 1:
        raise JudderError(
            f"Model {base.model_id} has two detectors already.",
            hint="Add to the model that the first was trained into.",
        )


def add_to(base: Model, added: TrainedModel, name: str) -> TrainedModel:
    """Return base, called name, with the detector of added as its second and a grey zone for its first.

    decision, pose, disturbance and signal stay base's. Raises ModelError where both are too much for a board.
    """
    ours, theirs = base.document, added.document
    (first,), (second,) = ours.detectors, theirs.detectors
    seen = tuple(_seen_by(added.core.detectors[0], golden) for golden in ours.golden)
    document = ours.but(
        name=name,
        created=theirs.created,
        provenance=_joined(ours.provenance, theirs.provenance),
        detectors=(first.but(grey_zone=grey_zone(base.core.detectors[0])), _sharing(second, first)),
        golden=ours.golden + seen,
    )
    return TrainedModel.of(document, added.warnings, added.windows)


def grey_zone(detector: Detector) -> tuple[float, float]:
    """Return the combined scores between which the host is asked: (lower, upper)."""
    table, threshold = detector.calibration, detector.combined_threshold
    rare = [score for score in table.scores if table.p_value(score) <= GREY_P_VALUE]
    lower = min(rare[0] if rare else threshold, threshold / GREY_FACTOR)
    return float(lower), float(threshold * GREY_FACTOR)


def _sharing(second: DetectorEntry, first: DetectorEntry) -> DetectorEntry:
    """Return second without its modes where they are those of first."""
    parameters = second.parameters
    if not isinstance(parameters, Network) or parameters.modes != first.parameters.modes:
        return second
    return second.but(parameters=parameters.but(modes_of=0, modes=None))


def _joined(ours: Provenance, theirs: Provenance) -> Training:
    """Return ours, with the recordings that only the second detector was trained on."""
    assert isinstance(ours, Training) and isinstance(theirs, Training)  # check_fits() let no other through
    return ours.but(
        conditions=tuple(dict.fromkeys([*ours.conditions, *theirs.conditions])),
        recordings=tuple(dict.fromkeys([*ours.recordings, *theirs.recordings])),
        seed=theirs.seed,
    )


def _seen_by(detector: Detector, golden: Golden) -> Golden:
    """Return the golden window as the second detector sees it; the counts stand in the first's."""
    counts = numeric_numpy.batch(golden.counts)
    measured = [as_float(f) for f in detector.features(numeric_numpy, counts, golden.scale_g)]
    score = as_float(detector.score(numeric_numpy, [np.array([value]) for value in measured]))
    return Golden(detector=1, scale_g=golden.scale_g, features=tuple(measured), score=score)
