"""judder inspect: what recordings hold, and what is odd about them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from judder.cli.app import app
from judder.cli.console import next_step, print_json, print_table, result
from judder.cli.options import DATA_HELP, SampleRate, read_recordings
from judder.cli.progress import working
from judder.data.windows import choose
from judder.quality import Finding, Severity, Survey, find, survey, to_dict
from judder.quality.survey import Condition
from judder.text import rate, word

STYLES = {Severity.STOP: "bold red", Severity.WARN: "yellow", Severity.NOTE: "dim"}


@app.command(epilog="Example: `judder inspect fan-data`")
def inspect(
    data: Annotated[Path, typer.Argument(help=DATA_HELP)],
    condition: Annotated[list[str] | None, typer.Option(help="Only this condition. Repeatable.")] = None,
    sample_rate: SampleRate = None,
    strict: Annotated[bool, typer.Option(help="Exit with 3 when a finding is grave enough to stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Show rate, length and statistics of each condition, and say what is odd."""
    recordings = read_recordings(data)
    with working("looking for what is odd"):
        surveyed = survey(choose(recordings, condition) if condition else recordings, sample_rate)
        findings = find(surveyed)
    if as_json:
        print_json(to_dict(surveyed, findings))
    else:
        _print(surveyed, findings)
    next_step(f"judder train --data {word(data)} --normal {called_normal(surveyed)} --out fan.judder.json")
    if strict and any(finding.severity is Severity.STOP for finding in findings):
        raise typer.Exit(3)


def called_normal(surveyed: Survey) -> str:
    """Return the condition called normal, as a shell takes it; CONDITION where none or several are."""
    called = [c.name for c in surveyed.conditions if c.name.rsplit("/", 1)[-1] == "normal"]
    return word(called[0]) if len(called) == 1 else "CONDITION"


def _print(surveyed: Survey, findings: list[Finding]) -> None:
    known = "" if surveyed.rate_known else " (assumed)"
    result(f"sample rate {rate(surveyed.sample_rate_hz)}{known}")
    heads = ("condition", "files", "seconds", "mean g", "MAD mg", "peak g")
    print_table(heads, (_row(condition, surveyed.sample_rate_hz) for condition in surveyed.conditions))
    for finding in findings:
        where = f"{finding.condition}: " if finding.condition else ""
        line = f"{finding.severity}: {where}{finding.sentence}"
        result(line, hint=finding.hint, style=STYLES[finding.severity])
    if not findings:
        result("Nothing odd was found.")


def _row(condition: Condition, rate_hz: float) -> Iterator[object]:
    """Yield the cells of a condition's row."""
    yield condition.name
    yield sum(len(recording.segments) for recording in condition.recordings)
    yield f"{condition.rows / rate_hz:.0f}"
    yield " ".join(f"{axis.mean:.2f}" for axis in condition.axes)
    yield " ".join(f"{1000 * axis.mad:.1f}" for axis in condition.axes)
    yield f"{max(max(-axis.low, axis.high) for axis in condition.axes):.2f}"
