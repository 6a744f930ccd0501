"""The Typer application that the verbs register with."""

import typer

from judder import __version__

app = typer.Typer(
    name="judder",
    help="Judder tells when a motor, fan or pump starts to shake differently.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version."
    ),
    debug: bool = typer.Option(False, "--debug", help="Show tracebacks instead of one sentence."),
) -> None:
    """Options that go before the verb."""
