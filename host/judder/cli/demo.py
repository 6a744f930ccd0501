"""judder demo: the whole path, without hardware."""

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from judder import log
from judder.cli.app import app
from judder.cli.console import next_step, print_table, result, say
from judder.demo import Outcome, run


@app.command(epilog="Example: `judder demo --factor 10`")
def demo(
    folder: Annotated[Path, typer.Option(help="Where it keeps its data; emptied first.")] = Path("demo-data"),
    port: Annotated[int, typer.Option(help="The server's port; 0 takes a free one.")] = 0,
    factor: Annotated[int, typer.Option(min=1, help="How many times faster than real time boards run.")] = 20,
    windows: Annotated[int, typer.Option(min=100, help="Normal windows to record, of both boards.")] = 400,
    imbalance: Annotated[
        float, typer.Option(min=0, help="What the faulty fan's imbalance grows to; a healthy fan has 1.")
    ] = 3.0,
    micropython: Annotated[
        bool, typer.Option(help="Boards on real MicroPython, or simulated in CPython.")
    ] = True,
) -> None:
    """Two virtual boards learn a normal fan; one fan loses its balance, and its board alone alarms.

    Exit code 1 where the alarm does not come, as with `--imbalance 1`, or another does.
    """
    log.configure("warning")  # the story is told by its own words
    shutil.rmtree(folder, ignore_errors=True)
    outcome = asyncio.run(
        run(
            folder,
            port=port,
            factor=factor,
            windows=windows,
            imbalance=imbalance,
            micropython=micropython,
            say=lambda text: say(f"- {text}"),
            then=_show,
        )
    )
    next_step('judder doctor, then a real board: README, section "Your own fan"')
    if not outcome.good:
        raise typer.Exit(1)


async def _show(outcome: Outcome, url: str) -> None:
    """Print the table; on a terminal, keep everything running until Ctrl-C."""
    _print(outcome)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    say(f"- the boards keep running; look at {url} and stop with Ctrl-C")
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task:
            task.uncancel()


def _print(outcome: Outcome) -> None:
    print_table(
        ("board", "fan", "windows", "false alarms", "detected", "model"),
        (
            (
                board.name,
                "unbalanced" if board.faulty else "normal",
                board.windows,
                board.false_alarms,
                "-" if board.detection_s is None else f"after {board.detection_s:.1f} s",
                board.model_id or "none",
            )
            for board in outcome.boards
        ),
    )
    verdict = (
        "The fault raised an alarm, and nothing else did."
        if outcome.good
        else "The demo failed: see the table."
    )
    result(f"{verdict} Seconds are the machine's own.")
