"""What the page says of a model that was trained."""

from judder.evaluation.evaluate import Evaluation
from judder.model.document import Document
from judder.model.document_parts import FalseAlarms, Training
from judder.model.model import TrainedModel
from judder.report import figures as draw
from judder.report.page import Plate, Section, Table


def training(trained: TrainedModel, fitted: Evaluation) -> Section:
    """How a model was trained. fitted: its scores on the windows it was trained and calibrated on."""
    plate = Plate(
        "scores-in-time",
        "Scores of the windows it was trained on",
        draw.scores_in_time(fitted),
        "The combined score over each recording, against the threshold.",
        "All of these windows were fitted, so their scores are a little too good; the thresholds come from"
        " models of other windows than they score. Scores that rise along a recording are a machine that"
        " drifts: record it for longer.",
    )
    return Section(
        "training",
        "The model",
        trained.warnings,
        tables=[Table("The model", ["what", "value"], _rows(trained), ends_in_words=True)],
        plates=[plate],
    )


def _rows(trained: TrainedModel) -> list[list[str]]:
    document, detector = trained.document, trained.core.detectors[-1]
    assert isinstance(document, Document)  # of the one version that is trained
    return [
        ["model", trained.id],
        ["detector", f"{detector.kind} on features {detector.feature_set!r}"],
        ["operating modes", ", ".join(trained.modes)],
        ["windows", _counted(trained)],
        ["threshold of one window", f"{detector.threshold:.4g}"],
        ["threshold of a notice", f"{detector.combined_threshold:.4g}"],
        ["threshold of an alarm", f"{detector.alarm_threshold:.4g}"],
        ["notices wished", _wished(document.decision.notices)],
        ["alarms wished", _wished(document.decision.false_alarms)],
        ["size", f"{len(trained.data)} bytes"],
    ]


def _wished(wish: FalseAlarms) -> str:
    return (
        f"{wish.wished}: {wish.wished_per_window:.2g} per window; these data show"
        f" {wish.achievable_per_window:.2g}"
    )


def _counted(trained: TrainedModel) -> str:
    """Return how many windows were fitted, and how many calibrate."""
    used = trained.document.provenance
    counted = used.windows if isinstance(used, Training) else None
    return f"{counted.fit} fitted, {counted.calibrate} calibrate" if counted else "-"
