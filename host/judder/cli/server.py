"""The options by which a verb finds a server."""

from pathlib import Path
from typing import Annotated

import typer

from judder.text import word

SERVER = "http://localhost:1337"

Server = Annotated[str, typer.Option(help="The server's address.")]
Token = Annotated[str, typer.Option(envvar="JUDDER_TOKEN", help="The server's token, if it asks for one.")]
Ca = Annotated[
    Path | None,
    typer.Option("--ca", envvar="JUDDER_CA_FILE", help="The CA of a server with https: its ca.pem."),
]


def at(url: str) -> str:
    """Return the option that leads a verb to the server at url; nothing where that is the default."""
    return "" if url == SERVER else f" --server {word(url)}"
