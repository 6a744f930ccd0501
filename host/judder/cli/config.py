"""judder config: the server's settings and the boards' configs."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from judder_core.config import PINS

from judder.boards.chips import CHIPS
from judder.boards.config import read_config
from judder.cli.app import app
from judder.cli.console import next_step, print_json, print_table, result, warn
from judder.settings import Settings, load_settings, shown_value, sources
from judder.text import word

config = typer.Typer(no_args_is_help=True, help="Show the server's settings, check a board's config.json.")
app.add_typer(config, name="config")


@config.command(epilog="Example: `judder config show --port 8080`")
def show(
    data_dir: Annotated[Path | None, typer.Option(help="As judder serve takes it.")] = None,
    host: Annotated[str | None, typer.Option(help="As judder serve takes it.")] = None,
    port: Annotated[int | None, typer.Option(help="As judder serve takes it.")] = None,
    model: Annotated[Path | None, typer.Option(help="As judder serve takes it.")] = None,
    is_open: Annotated[bool, typer.Option("--open", help="As judder serve takes it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Print every setting of the server, its value, and where that comes from.

    An option wins over a variable of the environment, that over judder.toml, that over the default.
    """
    given = {"data_dir": data_dir, "host": host, "port": port, "model": model, "open": is_open or None}
    settings, where = load_settings(**given), sources(given)
    rows = {}
    for name in Settings.model_fields:
        shown = shown_value(settings, name)
        rows[name] = {
            "value": str(shown) if isinstance(shown, Path) else shown,
            "source": where[name],
        }
    print_json(rows) if as_json else _print(rows)
    next_step("judder serve, with the same options")


def _print(rows: dict[str, dict[str, Any]]) -> None:
    shown = ((n, "" if row["value"] is None else row["value"], row["source"]) for n, row in rows.items())
    print_table(("setting", "value", "from"), shown, folding=(1,))


@config.command(epilog="Example: `judder config check attic.json --chip esp32c3`")
def check(
    path: Annotated[Path, typer.Argument(help="A board's config.json.")],
    chip: Annotated[
        str | None, typer.Option(help=f"The board's, for its pins: {', '.join(CHIPS)}.", metavar="CHIP")
    ] = None,
) -> None:
    """Check a board's config before it is deployed; every mistake is named at once."""
    if chip and chip not in CHIPS:
        raise typer.BadParameter(f"{chip!r} is none of {', '.join(CHIPS)}.", param_hint="--chip")
    checked = read_config(path, CHIPS[chip] if chip else None)
    result(f"{path} is right")
    if chip:
        pins = ", ".join(f"{key} {json.dumps(checked.sections[section][key])}" for section, key in PINS)
        result(f"pins of the {CHIPS[chip].name}: {pins}")
    if checked.warning:
        warn(checked.warning)
    next_step(f"judder deploy --port PORT --config {word(path)}")
