"""judder backup: what a server keeps, copied while it runs."""

from pathlib import Path
from typing import Annotated

import typer

from judder.cli.app import app
from judder.cli.console import next_step, print_json, result
from judder.cli.progress import working
from judder.server.services.backup import Backup, back_up
from judder.settings import load_settings
from judder.text import word

DataDir = Annotated[Path | None, typer.Option(help="The server's data folder; default: as judder.toml says.")]
SHOWN = {"windows": "windows", "recordings": "recordings", "devices": "boards' reports", "alerts": "alerts"}
"""The tables that are told, and what people call what is in them."""
AsJson = Annotated[bool, typer.Option("--json", help="Print what it holds as JSON.")]


@app.command(epilog="Example: `judder backup /mnt/usb/judder-2026-12-01`")
def backup(
    out: Annotated[Path, typer.Argument(help="The folder to make.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Copy what a server keeps, also while it runs, and check the copy.

    The copy is of one moment: windows, recordings, alerts, keys and models. Keep it as safe as the server.
    """
    folder = load_settings(data_dir=data_dir).data_dir
    with working(f"copying {folder}, and checking the copy"):
        made = back_up(folder, out)
    tell(made, out, as_json)
    next_step(f"on another machine: judder restore {word(out)} --data-dir FOLDER")


def tell(found: Backup, where: Path, as_json: bool) -> None:
    """Print what a backup holds, and that it was checked."""
    if as_json:
        print_json({"path": str(where), "rows": found.rows, "files": found.files, "bytes": found.size})
        return
    rows = ", ".join(f"{found.rows.get(table, 0)} {name}" for table, name in SHOWN.items())
    result(f"{where}: {rows}, {found.size / 1e6:.1f} MB; counts and hashes are right")
