"""judder inspect: what recordings hold, and what is odd about them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from judder.cli.app import app
from judder.cli.console import print_json, results, talk
from judder.cli.options import DATA_HELP, SampleRate, read_recordings
from judder.data.windows import choose
from judder.quality import Finding, Severity, Survey, find, survey, to_dict

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
    surveyed = survey(choose(recordings, condition) if condition else recordings, sample_rate)
    findings = find(surveyed)
    if as_json:
        print_json(to_dict(surveyed, findings))
    else:
        _print(surveyed, findings)
    first = surveyed.conditions[0].name
    talk.print(f"next: judder train --data {data} --normal {first} --out fan.judder.json", soft_wrap=True)
    if strict and any(finding.severity is Severity.STOP for finding in findings):
        raise typer.Exit(3)


def _print(surveyed: Survey, findings: list[Finding]) -> None:
    known = "" if surveyed.rate_known else " (assumed)"
    results.print(f"sample rate {surveyed.sample_rate_hz:g} Hz{known}", highlight=False)
    table = Table(box=None)
    table.add_column("condition", overflow="fold")
    for name in ("files", "seconds", "mean g", "MAD mg", "peak g"):
        table.add_column(name, no_wrap=True)
    for c in surveyed.conditions:
        table.add_row(
            escape(c.name),
            str(sum(len(r.segments) for r in c.recordings)),
            f"{c.rows / surveyed.sample_rate_hz:.0f}",
            " ".join(f"{axis.mean:.2f}" for axis in c.axes),
            " ".join(f"{1000 * axis.mad:.1f}" for axis in c.axes),
            f"{max(max(-axis.low, axis.high) for axis in c.axes):.2f}",
        )
    results.print(table)
    for finding in findings:
        where = f"{finding.condition}: " if finding.condition else ""
        line = f"{finding.severity}: {where}{finding.sentence}"
        results.print(line, style=STYLES[finding.severity], highlight=False, soft_wrap=True)
        results.print(f"  hint: {finding.hint}", highlight=False, soft_wrap=True)
    if not findings:
        results.print("Nothing odd was found.")
