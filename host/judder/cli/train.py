"""judder train: from recordings of the normal machine to a model file."""

from pathlib import Path
from typing import Annotated

import typer
from judder_core import features

from judder.cli.app import app
from judder.cli.console import print_json, talk
from judder.cli.options import DATA_HELP, MODEL_SUFFIX, RATE_HELP, model_name, read_recordings
from judder.cli.report import REPORT_HELP, write_page
from judder.dataset import choose, cut_windows, in_blocks, sample_rate_of
from judder.errors import JudderError
from judder.quality import as_sentences, find, survey
from judder.training import FEATURES, TrainingOptions
from judder.training import train as train_model

WARNINGS = 5


@app.command(epilog="Example: `judder train --data fan.zip --normal low --normal high --out fan.judder.json`")
def train(
    data: Annotated[Path, typer.Option(help=DATA_HELP)],
    normal: Annotated[
        list[str],
        typer.Option(help="A normal condition: an operating mode, or several that are found. Repeatable."),
    ],
    out: Annotated[Path, typer.Option(help=f"The model file to write, NAME{MODEL_SUFFIX}.")],
    feature_set: Annotated[
        str, typer.Option("--features", help=f"One of: {', '.join(sorted(features.SETS))}.")
    ] = FEATURES,
    false_alarms: Annotated[
        str, typer.Option(help="How many false alarms are acceptable: 1/week, 2/day, 1%.")
    ] = "1/week",
    sample_rate: Annotated[float | None, typer.Option(help=RATE_HELP)] = None,
    window_len: Annotated[int | None, typer.Option(help="Samples a window.")] = None,
    hop: Annotated[
        int | None, typer.Option(help="Samples from one window's start to the next; window-len if left out.")
    ] = None,
    train_on: Annotated[str, typer.Option(help="all, or first-half of each recording, in time.")] = "all",
    strict: Annotated[
        bool, typer.Option(help="Exit with 3 when the data cannot support the wish, or drift.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help=REPORT_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was trained as JSON.")] = False,
) -> None:
    """Train a model of the normal machine and write it to a file that boards and the server load."""
    name = model_name(out)
    if train_on not in ("all", "first-half"):
        raise JudderError(f"--train-on {train_on} is neither all nor first-half.")
    recordings = choose(read_recordings(data), normal)
    rate_hz, warning = sample_rate_of(recordings, sample_rate)
    windows = cut_windows(recordings, rate_hz, window_len, hop)
    if train_on == "first-half":
        windows = windows.select(in_blocks(windows, [1, 1], gap=0) == 0)
    options = TrainingOptions(name, feature_set, false_alarms)
    trained = train_model(windows, recordings, options)
    out.write_bytes(trained.data)
    for sentence in [*([warning] if warning else []), *trained.warnings]:
        talk.print(f"warning: {sentence}", style="yellow", soft_wrap=True)
    if report:
        title = f"Training of {name} on {data.name}"
        write_page(report, title, survey(recordings, sample_rate), windows, trained=trained)
    oddities = as_sentences(find(survey(recordings, rate_hz)))
    for sentence in oddities[:WARNINGS]:
        talk.print(f"warning: {sentence}", style="yellow", highlight=False, soft_wrap=True)
    if oddities:
        talk.print(f"judder inspect {data} says more.", soft_wrap=True)
    modes = [name for name, _, _ in trained.model.detectors[0].modes]
    if len(modes) > len({recording.condition for recording in recordings}):
        talk.print(f"found {len(modes)} operating modes: {', '.join(modes)}", soft_wrap=True)
    if as_json:
        print_json(
            {
                "model_id": trained.model.model_id,
                "windows": len(windows),
                "threshold": trained.model.detectors[0].threshold,
                "combined_threshold": trained.model.detectors[0].combined_threshold,
                "bytes": len(trained.data),
                "modes": modes,
                "warnings": trained.warnings,
            }
        )
    else:
        print(f"{trained.model.model_id}: {len(windows)} windows, {len(trained.data)} bytes, in {out}")
    talk.print(f"next: judder deploy --port PORT --config CONFIG.json --model {out}", soft_wrap=True)
    if strict and trained.warnings:
        raise typer.Exit(3)
