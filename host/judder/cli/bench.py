"""judder bench: the evaluation page, made anew; or what a window costs the server."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from judder.cli.app import app
from judder.cli.console import next_step, print_text, result
from judder.cli.progress import working
from judder.errors import JudderError


@app.command(epilog="Example: `judder bench --fan ceiling-fan.zip --rig rig-1khz.zip --out EVALUATION.md`")
def bench(
    fan: Annotated[
        Path | None, typer.Option(help="The published ceiling-fan recordings, folder or .zip.")
    ] = None,
    rig: Annotated[Path | None, typer.Option(help="The rig's recordings at 1 kHz.")] = None,
    small_fan: Annotated[
        Path | None, typer.Option(help="UCI's small fan, recordings no. 611, as an .npz.")
    ] = None,
    gearbox: Annotated[
        Path | None, typer.Option(help="OpenEI's gearbox, submission 623, as an .npz.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the page here instead of printing it; with --server the plot.")
    ] = None,
    days: Annotated[
        bool, typer.Option(help="With simulated days, wishes and severity ladders: ten minutes more.")
    ] = False,
    alternatives: Annotated[
        bool, typer.Option(help="With the other feature sets beside the default: a minute more.")
    ] = False,
    server: Annotated[
        bool,
        typer.Option(
            "--server", help="Instead: what a window costs the server, by boards and stored windows; 3 GB."
        ),
    ] = False,
) -> None:
    """Compute what Judder detects, what it misses, and the controls that keep the figures honest."""
    if server:
        _serve(out or Path("server.svg"))
        return
    if fan is None:
        raise JudderError("bench needs --fan.", hint="judder fetch-data, or judder bench --server")
    _evaluate(fan, rig, small_fan, gearbox, out, days, alternatives)
    next_step("judder train on your own machine's recordings")


def _evaluate(
    fan: Path,
    rig: Path | None,
    small_fan: Path | None,
    gearbox: Path | None,
    out: Path | None,
    days: bool,
    alternatives: bool,
) -> None:
    from judder.bench.machines import Paths
    from judder.bench.page import page

    for path in filter(None, (fan, rig, small_fan, gearbox)):
        if not path.exists():
            raise JudderError(f"There is no {path}.", hint="Where are the recordings?")
    with working("computing"):
        text = "\n".join(page(Paths(fan, rig, small_fan, gearbox), days, alternatives)) + "\n"
    if out:
        out.write_text(text)
        result(str(out))
    else:
        print_text(text)


def _serve(out: Path) -> None:
    """Print what a window costs, by boards and by stored windows, and plot it."""
    from judder.bench.speed import growth

    with TemporaryDirectory(prefix="judder-bench-") as folder, working("asking a server"):
        grown = growth.measure(Path(folder), growth.BOARDS, growth.STORED)
    for point in grown.points:
        result(
            f"{point.boards} boards, {point.stored} stored: {point.window_us:.0f} us of the processor,"
            f" {point.ratio:.1f} empty POSTs, per window; {point.windows_per_s:.0f} windows a second"
        )
    growth.figure_of(grown).savefig(out)
    result(str(out))
