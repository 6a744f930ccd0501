"""judder restore: a backup put where a server finds it."""

from pathlib import Path
from typing import Annotated

import typer

from judder.cli.app import app
from judder.cli.backup import AsJson, DataDir, tell
from judder.cli.console import next_step
from judder.cli.progress import working
from judder.server.services import backup as backups
from judder.settings import load_settings
from judder.text import word


@app.command(epilog="Example: `judder restore /mnt/usb/judder-2026-12-01 --data-dir new-data`")
def restore(
    backup: Annotated[Path, typer.Argument(help="The folder that judder backup made.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Check a backup, and put it into an empty data folder."""
    target = load_settings(data_dir=data_dir).data_dir
    with working(f"copying to {target}, and checking the copy"):
        restored = backups.restore(backup, target)
    tell(restored, target, as_json)
    next_step(f"judder serve --data-dir {word(target)}")
