"""judder report: recordings, and what a model says of them, on one page to look at, print and pass on."""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from judder.cli.app import app
from judder.cli.console import next_step, print_json, result, say
from judder.cli.inspect import called_normal
from judder.cli.options import DATA_HELP, Hop, SampleRate, WindowLen, check_parent, read_recordings
from judder.cli.progress import working
from judder.data.recording import Recording
from judder.data.sources import windows_of
from judder.data.whole import write_whole
from judder.data.windows import Windows, choose, names_of
from judder.errors import JudderError
from judder.evaluation.evaluate import evaluate, sides_of
from judder.model.model import Model
from judder.quality import Survey, survey
from judder.text import word

REPORT_HELP = "Write an HTML page with findings, figures and tables to this file."


@app.command(
    epilog="Example: `judder report fan.zip --model fan.judder.json --normal low --anomaly low-shaky`"
)
def report(
    data: Annotated[Path, typer.Argument(help=DATA_HELP)],
    model: Annotated[Path | None, typer.Option(help="A model to evaluate on these data.")] = None,
    detector: Annotated[
        str | None, typer.Option(help="mahalanobis or autoencoder, where the model has both; else its first.")
    ] = None,
    normal: Annotated[
        list[str] | None,
        typer.Option(help="A normal condition; with a model, those it was trained on. Repeatable."),
    ] = None,
    anomaly: Annotated[
        list[str] | None,
        typer.Option(help="An anomalous condition; with a model and no --normal, all others. Repeatable."),
    ] = None,
    condition: Annotated[
        list[str] | None, typer.Option(help="Draw only this condition beside those. Repeatable.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("report.html"),
    sample_rate: SampleRate = None,
    window_len: WindowLen = None,
    hop: Hop = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the page's figures as JSON.")] = False,
) -> None:
    """Write one HTML page: what is odd, how it shakes, what separates, and how well a model does.

    The page needs nothing else: open it, print it, send it. Its figures are those of `judder inspect` and
    `judder evaluate`.
    """
    check_parent(out)
    recordings = read_recordings(data)
    if condition:
        recordings = choose(recordings, [*condition, *(normal or []), *(anomaly or [])])
    file = Model.load(model, detector) if model else None
    normals, anomalies = _sides(file, recordings, normal or [], anomaly or [])
    length = window_len or (file.core.window_len if file else None)
    windows = windows_of(recordings, sample_rate_hz=sample_rate, window_len=length, hop=hop)
    evaluation = evaluate(file, windows, normals, anomalies) if file else None
    surveyed = survey(recordings, sample_rate)
    title = f"Judder report: {data.name}"
    figures = write_page(
        out,
        title,
        surveyed,
        windows,
        normal=normals,
        anomalous=anomalies,
        evaluation=evaluation,
    )
    print_json(figures) if as_json else result(str(out))
    first = word(normals[0]) if normals else called_normal(surveyed)
    next_step(
        "judder deploy, or judder serve --model with this model"
        if file
        else f"judder train --data {word(data)} --normal {first} --out fan.judder.json"
    )


def _sides(
    file: Model | None, recordings: list[Recording], normal: list[str], anomaly: list[str]
) -> tuple[Sequence[str], Sequence[str]]:
    """Return the names of the conditions to take for normal and for anomalous."""
    if normal or not file:
        return sides_of(recordings, normal, anomaly)
    trained_on, there = file.document.provenance.conditions, names_of(recordings)
    normals = [name for name in there if name in trained_on]
    if not normals:
        raise JudderError(
            f"None of these conditions is one that {file.id} was trained on.",
            hint="Say which are normal: --normal CONDITION",
        )
    others = [name for name in there if name not in trained_on]
    anomalies = names_of(choose(recordings, anomaly)) if anomaly else others
    say(f"taken for anomalous: {', '.join(anomalies) or 'none'}")
    return normals, anomalies


def write_page(out: Path, title: str, surveyed: Survey, windows: Windows, **done: Any) -> dict[str, Any]:
    """Write the page of a judder.report.Subject to out; return the figures that are in it."""
    from judder.report import Subject, make_page  # matplotlib takes a second that other verbs need not wait

    with working("drawing"):
        page = make_page(Subject(title, surveyed, windows, **done), datetime.datetime.now(datetime.UTC))
    write_whole(out, page.html.encode())
    return page.figures
