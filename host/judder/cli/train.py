"""judder train: from recordings of the normal machine to a model file."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from judder_core import features

from judder.cli.app import app
from judder.cli.console import next_step, print_json, result, say, warn
from judder.cli.options import (
    DATA_HELP,
    Hop,
    SampleRate,
    WindowLen,
    check_parent,
    model_name,
    read_recordings,
)
from judder.cli.progress import sharing
from judder.cli.report import REPORT_HELP, write_page
from judder.detectors.autoencoder import SEEDS
from judder.model.files import MODEL_SUFFIX
from judder.model.model import TrainedModel
from judder.quality import survey
from judder.text import word
from judder.training import progress as training
from judder.training.false_alarms import ALARM_WISH, NOTICE_WISH
from judder.training.fitting import FEATURES
from judder.training.train import train as train_model


class Kind(StrEnum):
    mahalanobis = "mahalanobis"
    autoencoder = "autoencoder"


@app.command(epilog="Example: `judder train --data fan.zip --normal low --normal high --out fan.judder.json`")
def train(
    data: Annotated[Path, typer.Option(help=DATA_HELP)],
    normal: Annotated[
        list[str],
        typer.Option(
            help="A normal condition: an operating mode, or several that are found; off: at rest. Repeatable."
        ),
    ],
    out: Annotated[Path, typer.Option(help=f"The model file to write, NAME{MODEL_SUFFIX}.")],
    detector: Annotated[
        Kind | None,
        typer.Option(
            help="mahalanobis, the board's; autoencoder needs TensorFlow. --add-to adds the latter."
        ),
    ] = None,
    seeds: Annotated[
        int, typer.Option(min=1, help="Autoencoders to train; the best on normal windows held out is kept.")
    ] = SEEDS,
    add_to: Annotated[
        Path | None, typer.Option(help="Put the autoencoder beside the detector of this model, into --out.")
    ] = None,
    feature_set: Annotated[
        str | None,
        typer.Option(
            "--features", help=f"One of: {', '.join(sorted(features.SETS))}; {FEATURES} unless given."
        ),
    ] = None,
    notices: Annotated[
        str | None,
        typer.Option(
            help=f"How many notices (different) of a healthy machine are acceptable: {NOTICE_WISH} by"
            " default."
        ),
    ] = None,
    false_alarms: Annotated[
        str | None,
        typer.Option(
            help=f"How many alarms (beyond another day) of it: {ALARM_WISH} by default; 2/day and 1% do, too."
        ),
    ] = None,
    sample_rate: SampleRate = None,
    window_len: WindowLen = None,
    hop: Hop = None,
    train_on: Annotated[str, typer.Option(help="all, or first-half of each recording, in time.")] = "all",
    strict: Annotated[
        bool, typer.Option(help="Exit with 3 when the recordings are too few or too short for the wishes.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help=REPORT_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was trained as JSON.")] = False,
) -> None:
    """Train a model of the normal machine and write it to a file that boards and the server load.

    Several recordings of a condition, on other days, teach it what days do.
    """
    name = model_name(out)
    check_parent(report)
    recordings = read_recordings(data)
    with _bar(add_to is not None or detector is Kind.autoencoder) as progress:
        model = train_model(
            recordings,
            normal,
            name=name,
            features=feature_set,
            notices=notices,
            false_alarms=false_alarms,
            detector=detector,
            seeds=seeds,
            add_to=add_to,
            train_on=train_on,
            sample_rate_hz=sample_rate,
            window_len=window_len,
            hop=hop,
            progress=progress,
        )
    model.save(out)
    _tell(model, data)
    if report:
        surveyed = survey(model.windows.recordings, sample_rate)
        write_page(report, f"Training of {name} on {data.name}", surveyed, model.windows, trained=model)
    if as_json:
        print_json(_figures(model))
    else:
        result(f"{model.id}: {len(model.windows)} windows, {len(model.data)} bytes, in {out}")
    next_step(f"judder deploy --port PORT --config CONFIG.json --model {word(out)}")
    if strict and model.warnings:
        raise typer.Exit(3)


def _tell(model: TrainedModel, data: Path) -> None:
    """Say what is odd about the model and its recordings, and which modes were found."""
    oddities = model.oddities()
    for sentence in (*model.notes, *model.warnings, *oddities):
        warn(sentence)
    if oddities:
        say(f"judder inspect {word(data)} says more.")
    if len(model.modes) > len(set(model.windows.condition.tolist())):
        say(f"found {len(model.modes)} operating modes: {', '.join(model.modes)}")
    if len(model.modes) > 1:
        say(
            "A window in which the machine changes between modes is like neither. Where more than"
            f" {model.core.most_disturbed} of ten do, it alarms for ever: record that as a condition, too."
        )


def _figures(model: TrainedModel) -> dict[str, object]:
    newest, entry = model.core.detectors[-1], model.document.detectors[-1]
    return {
        "model_id": model.id,
        "windows": len(model.windows),
        "detectors": [detector.kind for detector in model.core.detectors],
        "threshold": newest.threshold,
        "combined_threshold": newest.combined_threshold,
        "alarm_threshold": newest.alarm_threshold,
        "bytes": len(model.data),
        "modes": model.modes,
        "training": entry.training and entry.training.model_dump(),
        "warnings": list(model.warnings),
    }


@contextmanager
def _bar(wanted: bool) -> Iterator[training.Progress]:
    """Yield what moves a bar, if one is wanted: once for the model, and once per fold that calibrates it."""
    if not wanted:
        yield training.silent
        return
    with sharing("training") as bar:
        yield lambda step: bar.update(step.share)
