"""judder fetch-data: the published recordings of a ceiling fan, to try everything on."""

from pathlib import Path
from typing import Annotated

import typer

from judder.cli.app import app
from judder.cli.console import next_step, result
from judder.cli.progress import downloading
from judder.data import published
from judder.text import word


@app.command("fetch-data", epilog="Example: `judder fetch-data --out ceiling-fan.zip`")
def fetch_data(
    out: Annotated[Path, typer.Option(help="The .zip to write.")] = Path("ceiling-fan.zip"),
    archive: Annotated[
        Path | None, typer.Option(help="Take this downloaded .zip of the tutorial instead of the network.")
    ] = None,
    url: Annotated[str, typer.Option(help="Where the tutorial's .zip is.")] = published.URL,
) -> None:
    """Download the ceiling-fan recordings of the well-known tutorial (12 MB) and check them.

    The data are Shawn Hymel's (Beerware licence). A broken download leaves no file; the command can be
    run again. What is wrong with these data is on the first page of `judder report ceiling-fan.zip`.
    """
    if archive:
        published.keep(archive, out)
    else:
        with downloading("downloading") as bar:
            published.fetch(out, bar.update, url)
    result(str(out))
    next_step(f"judder report {word(out)}")
