"""judder train: from recordings of the normal machine to a model file."""

from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from judder_core import features, model_file

from judder.cli.app import app
from judder.cli.console import next_step, print_json, result, say, warn
from judder.cli.options import (
    DATA_HELP,
    MODEL_SUFFIX,
    Hop,
    SampleRate,
    WindowLen,
    check_parent,
    model_name,
    read_recordings,
)
from judder.cli.progress import sharing
from judder.cli.report import REPORT_HELP, write_page
from judder.data.windows import choose, cut_windows, in_blocks, sample_rate_of
from judder.detectors import AutoencoderDetector
from judder.detectors.autoencoder import SEEDS
from judder.errors import JudderError
from judder.model.document import read_model
from judder.quality import as_sentences, find, survey
from judder.text import word
from judder.training.second_detector import add_to as add_second
from judder.training.second_detector import check_fits
from judder.training.train import FEATURES, TrainedModel, TrainingOptions
from judder.training.train import train as train_model

WARNINGS = 5


class Kind(StrEnum):
    mahalanobis = "mahalanobis"
    autoencoder = "autoencoder"


@app.command(epilog="Example: `judder train --data fan.zip --normal low --normal high --out fan.judder.json`")
def train(
    data: Annotated[Path, typer.Option(help=DATA_HELP)],
    normal: Annotated[
        list[str],
        typer.Option(help="A normal condition: an operating mode, or several that are found. Repeatable."),
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
        str, typer.Option("--features", help=f"One of: {', '.join(sorted(features.SETS))}.")
    ] = FEATURES,
    false_alarms: Annotated[
        str | None,
        typer.Option(help="How many false alarms are acceptable: 1/week, the default, 2/day, 1%."),
    ] = None,
    sample_rate: SampleRate = None,
    window_len: WindowLen = None,
    hop: Hop = None,
    train_on: Annotated[str, typer.Option(help="all, or first-half of each recording, in time.")] = "all",
    strict: Annotated[
        bool, typer.Option(help="Exit with 3 when the data cannot support the wish, or drift.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help=REPORT_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was trained as JSON.")] = False,
) -> None:
    """Train a model of the normal machine and write it to a file that boards and the server load."""
    name = model_name(out)
    check_parent(report)
    if train_on not in ("all", "first-half"):
        raise JudderError(f"--train-on {train_on} is neither all nor first-half.", hint="Name one of them.")
    if add_to and detector is Kind.mahalanobis:
        raise JudderError("--add-to adds an autoencoder.", hint="Leave out --detector mahalanobis.")
    recordings = choose(read_recordings(data), normal)
    rate_hz, warning = sample_rate_of(recordings, sample_rate)
    windows = cut_windows(recordings, rate_hz, window_len, hop)
    if train_on == "first-half":
        windows = windows.select(in_blocks(windows, [1, 1], gap=0) == 0)
    base = read_model(add_to) if add_to else None
    if base:
        check_fits(base[0], windows)
        false_alarms = false_alarms or model_file.parse(base[1])["decision"]["false_alarms"]["wished"]
    options = TrainingOptions(name, feature_set, false_alarms or "1/week")
    if base or detector is Kind.autoencoder:
        with sharing("training") as bar:
            make = partial(AutoencoderDetector, seeds=seeds, progress=bar.update)
            trained = train_model(windows, recordings, replace(options, detector=make))
    else:
        trained = train_model(windows, recordings, options)
    if base:
        trained = add_second(*base, trained, name)
    out.write_bytes(trained.data)
    for sentence in [*([warning] if warning else []), *trained.warnings]:
        warn(sentence)
    if report:
        title = f"Training of {name} on {data.name}"
        write_page(report, title, survey(recordings, sample_rate), windows, trained=trained)
    oddities = as_sentences(find(survey(recordings, rate_hz)))
    for sentence in oddities[:WARNINGS]:
        warn(sentence)
    if oddities:
        say(f"judder inspect {word(data)} says more.")
    modes = [name for name, _, _ in trained.model.detectors[0].modes]
    if len(modes) > len({recording.condition for recording in recordings}):
        say(f"found {len(modes)} operating modes: {', '.join(modes)}")
    if as_json:
        print_json(_figures(trained, len(windows)))
    else:
        result(f"{trained.model.model_id}: {len(windows)} windows, {len(trained.data)} bytes, in {out}")
    next_step(f"judder deploy --port PORT --config CONFIG.json --model {word(out)}")
    if strict and trained.warnings:
        raise typer.Exit(3)


def _figures(trained: TrainedModel, windows: int) -> dict[str, object]:
    newest = trained.model.detectors[-1]
    return {
        "model_id": trained.model.model_id,
        "windows": windows,
        "detectors": [detector.kind for detector in trained.model.detectors],
        "threshold": newest.threshold,
        "combined_threshold": newest.combined_threshold,
        "bytes": len(trained.data),
        "modes": [name for name, _, _ in newest.modes],
        "training": model_file.parse(trained.data)["detectors"][-1].get("training"),
        "warnings": trained.warnings,
    }
