"""The Typer application that the verbs register with; it loads a verb's module when the verb is called."""

from collections.abc import Iterator, Mapping
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from judder import __version__
from judder.cli.console import result
from judder.cli.verbs import VERBS, load


class Verbs(Mapping[str, Any]):
    """The commands by name, each loaded when it is looked up."""

    def __init__(self, loaded: Mapping[str, Any]) -> None:
        self.loaded = loaded

    def __iter__(self) -> Iterator[str]:
        return iter(VERBS)

    def __len__(self) -> int:
        return len(VERBS)

    def __getitem__(self, name: str) -> Any:
        if name in VERBS and name not in self.loaded:
            load(name)
            self.loaded = typer.main.get_group(app).commands.loaded  # type: ignore[attr-defined]  # Verbs
        return self.loaded[name]


class LazyGroup(TyperGroup):
    """Lists the verbs from their table."""

    def __init__(self, *, commands: Mapping[str, Any], **settings: Any) -> None:
        super().__init__(commands=Verbs(commands), **settings)  # type: ignore[arg-type]  # it is only read

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the verbs' names."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | None:
        """Return a stand-in that knows its name and what it is for: enough for help and completion."""
        return TyperCommand(cmd_name, help=VERBS[cmd_name]) if cmd_name in VERBS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the verb that is called, loaded."""
        name, stand_in, rest = super().resolve_command(ctx, args)
        return name, stand_in and self.commands[stand_in.name or ""], rest


app = typer.Typer(
    cls=LazyGroup,
    name="judder",
    help="Judder tells when a motor, fan or pump starts to shake differently.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        result(__version__)
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version."
    ),
    debug: bool = typer.Option(False, "--debug", help="Show tracebacks instead of one sentence."),
) -> None:
    """Options that go before the verb."""
