"""judder cert: certificates, so that what boards and people send to the server is encrypted."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from judder.cli.app import app
from judder.cli.console import next_step, print_json, result, say
from judder.server.services import certificates
from judder.settings import load_settings
from judder.text import word

cert = typer.Typer(
    no_args_is_help=True,
    help="Make the server's certificates for TLS, and show them.",
    epilog="Example: `judder cert make --host judder.local`",
)
app.add_typer(cert, name="cert")

Folder = Annotated[Path | None, typer.Option("--out", help="Where they are. Default: tls/ in data_dir.")]


@cert.command(epilog="Example: `judder cert make --host judder.local --host 192.168.1.20`")
def make(
    host: Annotated[
        list[str] | None,
        typer.Option(help="A name or address of the server; repeatable. Default: all that this machine has."),
    ] = None,
    out: Folder = None,
) -> None:
    """Make a certificate for the server, and the CA that boards, browsers and commands are to trust."""
    folder = _folder(out)
    _tell(folder, certificates.make(folder, host or certificates.usual_names()))
    say(f"keep {folder / certificates.CA_KEY} to yourself: who has it can pass for the server")
    files = (folder / certificates.SERVER, folder / certificates.SERVER_KEY)
    next_step("JUDDER_TLS_CERT={} JUDDER_TLS_KEY={} judder serve --open".format(*map(word, files)))


@cert.command(epilog="Example: `judder cert renew`")
def renew(out: Folder = None) -> None:
    """Make a new certificate for the same names. A server that runs takes it within a minute."""
    folder = _folder(out)
    _tell(folder, certificates.renew(folder))
    say("a server that runs shows it within a minute; boards need nothing, as the CA is the same")


@cert.command(epilog="Example: `judder cert show`")
def show(
    path: Annotated[
        Path | None, typer.Argument(help="A certificate (PEM). Default: tls_cert, or what was made.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Print a certificate's names, its end, and its fingerprint."""
    shown = certificates.show(path or load_settings().tls_cert or _folder(None) / certificates.SERVER)
    days = shown.days_left(datetime.now(UTC))
    if as_json:
        print_json({"names": shown.names, "days_left": days, "sha256": shown.fingerprint})
        return
    result(f"names: {', '.join(shown.names)}")
    result(f"until: {shown.until:%Y-%m-%d}, {days} days from now")
    result(f"SHA-256: {shown.fingerprint}")


def _folder(out: Path | None) -> Path:
    return out or load_settings().data_dir / certificates.FOLDER


def _tell(folder: Path, made: certificates.Shown) -> None:
    result(f"{folder / certificates.SERVER} is for {', '.join(made.names)}, until {made.until:%Y-%m-%d}")
    result(f"{folder / certificates.CA} is what others are to trust; boards take {certificates.CA_DER}")
