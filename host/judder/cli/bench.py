"""judder bench: the evaluation page, made anew."""

from pathlib import Path
from typing import Annotated

import typer

from judder.bench.machines import Paths
from judder.bench.page import page
from judder.cli.app import app
from judder.cli.console import next_step, print_text, result
from judder.cli.progress import working
from judder.errors import JudderError


@app.command(epilog="Example: `judder bench --fan ceiling-fan.zip --rig rig-1khz.zip --out EVALUATION.md`")
def bench(
    fan: Annotated[Path, typer.Option(help="The published ceiling-fan recordings, folder or .zip.")],
    rig: Annotated[Path | None, typer.Option(help="The rig's recordings at 1 kHz.")] = None,
    small_fan: Annotated[
        Path | None, typer.Option(help="UCI's small fan, recordings no. 611, as an .npz.")
    ] = None,
    gearbox: Annotated[
        Path | None, typer.Option(help="OpenEI's gearbox, submission 623, as an .npz.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the page here instead of printing it.")] = None,
    days: Annotated[
        bool, typer.Option(help="With simulated days, wishes and severity ladders: ten minutes more.")
    ] = False,
    alternatives: Annotated[
        bool, typer.Option(help="With the other feature sets beside the default: a minute more.")
    ] = False,
) -> None:
    """Compute what Judder detects, what it misses, and the controls that keep the figures honest."""
    paths = Paths(fan, rig, small_fan, gearbox)
    for path in filter(None, (fan, rig, small_fan, gearbox)):
        if not path.exists():
            raise JudderError(f"There is no {path}.", hint="Where are the recordings?")
    with working("computing"):
        text = "\n".join(page(paths, days, alternatives)) + "\n"
    if out:
        out.write_text(text)
        result(str(out))
    else:
        print_text(text)
    next_step("judder train on your own machine's recordings")
