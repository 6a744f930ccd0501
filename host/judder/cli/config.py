"""judder config: the server's settings and the boards' configs."""

import os
import tomllib
from pathlib import Path
from typing import Annotated

import typer
from judder_core.config import parse_config
from rich.table import Table

from judder.cli.app import app
from judder.cli.console import print_json, results
from judder.errors import JudderError
from judder.settings import CONFIG_FILE, SECRETS, Settings, load_settings

config = typer.Typer(no_args_is_help=True, help="Show the server's settings, check a board's config.json.")
app.add_typer(config, name="config")


@config.command(epilog="Example: `judder config show`")
def show(as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """Print every setting of the server, its value, and where that comes from."""
    settings = load_settings()
    in_file = set(tomllib.loads(CONFIG_FILE.read_text())) if CONFIG_FILE.exists() else set()
    rows = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        shown = "(set)" if name in SECRETS and value else value
        rows[name] = {
            "value": str(shown) if isinstance(shown, Path) else shown,
            "source": _source(name, in_file),
        }
    if as_json:
        print_json(rows)
        return
    table = Table("setting", "value", "from", box=None)
    for name, row in rows.items():
        table.add_row(name, str(row["value"]), str(row["source"]))
    results.print(table)


def _source(name: str, in_file: set[str]) -> str:
    if f"JUDDER_{name.upper()}" in os.environ:
        return f"JUDDER_{name.upper()}"
    return str(CONFIG_FILE) if name in in_file else "default"


@config.command(epilog="Example: `judder config check attic.json`")
def check(path: Annotated[Path, typer.Argument(help="A board's config.json.")]) -> None:
    """Check a board's config before it is deployed; every mistake is named at once."""
    if not path.exists():
        raise JudderError(f"There is no {path}.", hint="device/config.example.json shows one.")
    parse_config(path.read_text())
    print(f"{path} is right")
