"""judder report: recordings, and what a model says of them, on one page to look at, print and pass on."""

import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from judder.cli.app import app
from judder.cli.console import next_step, print_json, result, say
from judder.cli.options import DATA_HELP, Hop, SampleRate, WindowLen, check_parent, read_recordings
from judder.cli.progress import working
from judder.data.recording import Recording
from judder.data.windows import Windows, choose, cut_windows, names_of, sample_rate_of
from judder.errors import JudderError
from judder.evaluation.evaluate import ModelFile, choose_sides, evaluate, load_model
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
    file = load_model(model, detector) if model else None
    normals, anomalies = _sides(file, recordings, normal, anomaly)
    rate_hz, _ = sample_rate_of(recordings, sample_rate)
    evaluation = evaluate(file, normals, anomalies, rate_hz, window_len, hop) if file else None
    windows = cut_windows(recordings, rate_hz, window_len or (file.model.window_len if file else None), hop)
    surveyed = survey(recordings, sample_rate)
    title = f"Judder report: {data.name}"
    figures = write_page(
        out,
        title,
        surveyed,
        windows,
        normal=names_of(normals),
        anomalous=names_of(anomalies),
        evaluation=evaluation,
    )
    print_json(figures) if as_json else result(str(out))
    first = normals[0].condition if normals else recordings[0].condition
    next_step(
        "judder deploy, or judder serve --model with this model"
        if file
        else f"judder train --data {word(data)} --normal {word(first)} --out fan.judder.json"
    )


def _sides(
    file: ModelFile | None, recordings: list[Recording], normal: list[str] | None, anomaly: list[str] | None
) -> tuple[list[Recording], list[Recording]]:
    """Return the recordings to take for normal and for anomalous."""
    if normal or not file:
        return choose_sides(recordings, normal or [], anomaly or [])
    trained_on = set(file.document["provenance"].get("conditions", []))
    normals = [r for r in recordings if r.condition in trained_on]
    if not normals:
        raise JudderError(
            f"None of these conditions is one that {file.model.model_id} was trained on.",
            hint="Say which are normal: --normal CONDITION",
        )
    others = [r for r in recordings if r.condition not in trained_on]
    anomalies = choose(recordings, anomaly) if anomaly else others
    say(f"taken for anomalous: {', '.join(names_of(anomalies)) or 'none'}")
    return normals, anomalies


def write_page(out: Path, title: str, surveyed: Survey, windows: Windows, **done: Any) -> dict[str, Any]:
    """Write the page of a judder.report.Subject to out; return the figures that are in it."""
    from judder.report import Subject, make_page  # matplotlib takes a second that other verbs need not wait

    with working("drawing"):
        page = make_page(Subject(title, surveyed, windows, **done), datetime.datetime.now(datetime.UTC))
    out.write_text(page.html, "utf-8")
    return page.figures
