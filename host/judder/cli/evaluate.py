"""judder evaluate: how well a model tells normal from anomalous windows."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from judder.cli.app import app
from judder.cli.console import next_step, print_json, print_table, result, warn
from judder.cli.options import DATA_HELP, Hop, SampleRate, WindowLen, check_parent, read_recordings
from judder.cli.progress import working
from judder.cli.report import REPORT_HELP, write_page
from judder.errors import JudderError, QualityGateError
from judder.evaluation.evaluate import Evaluation, evaluate_folds
from judder.evaluation.evaluate import evaluate as evaluate_model
from judder.model.model import Model
from judder.quality import survey
from judder.text import ends, number
from judder.training.false_alarms import ALARM_WISH, NOTICE_WISH
from judder.training.fitting import FEATURES


class HeldOut(StrEnum):
    unseen = "unseen"
    all = "all"


GATE_HINT = "judder report shows which conditions, and when."
ENOUGH_GROUPS = 100
"""With fewer independent normal groups, 1 % of false alarms cannot be told from none."""


@app.command(
    epilog="Example: `judder evaluate fan.judder.json --data fan.zip --normal low --anomaly low-shaky`"
)
def evaluate(
    data: Annotated[Path, typer.Option(help=DATA_HELP)],
    normal: Annotated[list[str], typer.Option(help="A normal condition. Repeatable.")],
    model: Annotated[
        Path | None,
        typer.Argument(
            help="A model file, or a .tflite or .keras with it beside; not with --cross-validate."
        ),
    ] = None,
    anomaly: Annotated[list[str] | None, typer.Option(help="An anomalous condition. Repeatable.")] = None,
    detector: Annotated[
        str | None,
        typer.Option(
            help="mahalanobis or autoencoder, where the model has both; else its first, the board's."
        ),
    ] = None,
    cross_validate_folds: Annotated[
        int | None,
        typer.Option("--cross-validate", min=2, help="Train and test on this many blocks in time."),
    ] = None,
    feature_set: Annotated[
        str, typer.Option("--features", help="Feature set for --cross-validate.")
    ] = FEATURES,
    notices: Annotated[str, typer.Option(help="The wish for notices of --cross-validate.")] = NOTICE_WISH,
    false_alarms: Annotated[str, typer.Option(help="The wish for alarms of --cross-validate.")] = ALARM_WISH,
    sample_rate: SampleRate = None,
    window_len: WindowLen = None,
    hop: Hop = None,
    held_out_windows: Annotated[
        HeldOut, typer.Option("--held-out", help="all: score the windows the model was trained on, too.")
    ] = HeldOut.unseen,
    scores: Annotated[Path | None, typer.Option(help="Write one row per window to this CSV file.")] = None,
    report: Annotated[Path | None, typer.Option(help=REPORT_HELP)] = None,
    max_false_alarm_rate: Annotated[float | None, typer.Option(help="Gate: exit 3 above this.")] = None,
    min_detection_rate: Annotated[float | None, typer.Option(help="Gate: exit 3 below this.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Score recordings with a model and print AUC, false alarms and detections, per condition."""
    if (model is None) == (cross_validate_folds is None):
        raise JudderError("Give either a model file or --cross-validate.", hint="See: judder evaluate --help")
    if scores and model is None:
        raise JudderError("--scores goes with a model file.", hint="judder evaluate MODEL --scores FILE.csv")
    check_parent(scores, report)
    recordings = read_recordings(data)
    cut: dict[str, Any] = {"sample_rate_hz": sample_rate, "window_len": window_len, "hop": hop}
    if cross_validate_folds:
        with working(f"training and testing {cross_validate_folds} folds"):
            evaluation = evaluate_folds(
                cross_validate_folds,
                recordings,
                normal,
                anomaly or [],
                **cut,
                features=feature_set,
                notices=notices,
                false_alarms=false_alarms,
            )
    elif model:
        unseen_only = held_out_windows is HeldOut.unseen
        file = Model.load(model, detector)
        evaluation = evaluate_model(file, recordings, normal, anomaly or [], **cut, unseen_only=unseen_only)
    for sentence in evaluation.notes:
        warn(sentence)
    if scores and evaluation.scored:
        evaluation.scored.write_csv(scores)
    if report:
        _write_report(evaluation, report, f"Evaluation on {data.name}", sample_rate)
    figures = evaluation.figures
    print_json(figures) if as_json else _print_table(figures)
    _check_gates(figures, max_false_alarm_rate, min_detection_rate)
    next_step("judder deploy, or judder serve --model with this model" if model else "judder train")


def _write_report(evaluation: Evaluation, out: Path, title: str, sample_rate: float | None) -> None:
    windows = evaluation.windows
    labels = {"normal": evaluation.normal, "anomalous": evaluation.anomalous, "evaluation": evaluation}
    write_page(out, title, survey(windows.recordings, sample_rate), windows, **labels)


def _print_table(figures: dict[str, Any]) -> None:
    """Print a line per condition, at most 80 columns wide, and what they come to."""
    enough = figures["independent_groups"]["normal"] >= ENOUGH_GROUPS
    print_table(
        ("condition", "AUC, 95 %", "combined", "at 1 %" if enough else "at 0 %", "notice", "alarm", "s"),
        ([name, *_cells(row, enough)] for name, row in figures["per_condition"].items()),
    )
    if "detector" in figures:
        result(f"detector {figures['detector']}")
    for line in (*_in_all(figures, enough), _raised(figures["notices"]), _raised(figures["false_alarms"])):
        result(line)


def _cells(row: dict[str, Any], enough: bool) -> Iterator[str]:
    """Yield the figures of a condition. enough: whether 1 % of the normal groups can be told from none."""
    detection = "combined_detection_at_1_percent" if enough else "combined_detection_at_zero"
    yield _with_interval(row["auc"], row["intervals"].get("auc"))
    yield from (number(row[key]) for key in ("combined_auc", detection, "notice_rate", "alarm_rate"))
    yield number(row["seconds_to_detection"], ".0f")


def _in_all(figures: dict[str, Any], enough: bool) -> Iterator[str]:
    """Yield the lines on all conditions together."""
    counts, groups, together = figures["windows"], figures["independent_groups"], figures["combined"]
    yield (
        f"AUC {_with_interval(figures['auc'], figures['intervals']['auc'])}"
        f"  combined {_with_interval(together['auc'], together['intervals']['auc'])}"
    )
    yield (
        f"false alarms {number(figures['false_alarm_rate'], '.4f')}"
        f"  detection {number(figures['detection_rate'], '.4f')}"
        f"  ({counts['normal']} normal, {counts['anomaly']} anomalous windows)"
    )
    yield f"at {'1' if enough else '0'} %: detection, combined, with that share of false alarms"
    yield (
        f"independent groups: {groups['normal']} normal, {groups['anomaly']} anomalous"
        f"; zero alarms allow {number(together['zero_false_alarm_bound'], '.4f')} of them"
    )


def _raised(raised: dict[str, Any]) -> str:
    return (
        f"{raised['counted']} per normal window: {number(raised['realised_per_window'], '.2g')}"
        f" ({ends(raised['interval'], '.2g') or '-'}), wished {number(raised['wished_per_window'], '.2g')}"
    )


def _with_interval(value: float | None, interval: list[float] | None) -> str:
    return f"{number(value, '.4f')} ({ends(interval)})" if interval else number(value, ".4f")


def _check_gates(figures: dict[str, Any], max_false: float | None, min_detection: float | None) -> None:
    rate, detection = figures["false_alarm_rate"], figures["detection_rate"]
    if max_false is not None and (rate is None or rate > max_false):
        raise QualityGateError(
            f"False alarm rate {number(rate, '.4f')} is above the gate {max_false}.", hint=GATE_HINT
        )
    if min_detection is not None and (detection is None or detection < min_detection):
        raise QualityGateError(
            f"Detection rate {number(detection, '.4f')} is below the gate {min_detection}.", hint=GATE_HINT
        )
