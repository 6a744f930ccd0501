"""Where the verbs write: results to stdout, talk to stderr. With progress.py the only file that knows rich.

What is written is data: names, paths, what a server or board said. None of it is read as markup, coloured by
guess, or wrapped. Tables fold at the terminal's width (80 columns where there is none); what another program
shall read is print_json()'s.
"""

import json
import os
import sys
from collections.abc import Collection, Iterable
from typing import Any

from rich.console import Console
from rich.prompt import Confirm
from rich.table import Table
from rich.text import Text

from judder.text import isolated, visible

if os.environ.get("COLUMNS") == "0":  # nobody knows the width: rich, and Typer's help, would print nothing
    del os.environ["COLUMNS"]
talk = Console(stderr=True, highlight=False)
results = Console(highlight=False)

Part = str | tuple[str, str]
"""Text, or text and the style it has."""


def result(*parts: Part, hint: str | None = None, style: str = "") -> None:
    """Print a line of what was asked for, on stdout, and what to do about it, where there is a hint."""
    _line(results, *parts, style=style)
    _hint(results, hint)


def say(sentence: str) -> None:
    """Print on stderr what is going on."""
    _line(talk, sentence)


def warn(sentence: str) -> None:
    """Warn of what is no error: the command goes on."""
    _line(talk, f"warning: {sentence}", style="yellow")


def report_error(message: str, hint: str | None) -> None:
    """Print what ended the command, and what to do about it."""
    _line(talk, f"judder: {message}")
    _hint(talk, hint)


def next_step(text: str) -> None:
    """Name the verb to go on with; judder.text.word() quotes the names in it."""
    _line(talk, f"next: {text}", copied=True)


def print_json(value: Any) -> None:
    """Print value as JSON on stdout, for other programs."""
    json.dump(value, sys.stdout, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def print_text(text: str) -> None:
    """Print a whole document on stdout, exactly as it is."""
    sys.stdout.write(text)


def print_table(
    heads: Iterable[str], rows: Iterable[Iterable[object]], folding: Collection[int] = (0,)
) -> None:
    """Print rows in columns on stdout; those numbered in folding give way where the terminal is narrow."""
    table = Table(box=None)
    for k, head in enumerate(heads):
        table.add_column(_text(results, head), overflow="fold", no_wrap=k not in folding)
    for row in rows:
        table.add_row(*(_text(results, str(cell)) for cell in row))
    results.print(table)


def can_ask() -> bool:
    """Tell whether somebody sits before a terminal and can be asked."""
    return talk.is_terminal


def wait_for_enter(sentence: str) -> None:
    """Print sentence and wait until it is answered."""
    Confirm.ask(_text(talk, sentence), console=talk, default=True)


def _hint(console: Console, hint: str | None) -> None:
    if hint:
        _line(console, f"  hint: {hint}", copied=True)


def _line(console: Console, *parts: Part, style: str = "", copied: bool = False) -> None:
    pieces = [(part, "") if isinstance(part, str) else part for part in parts]
    text = Text.assemble(*((_shown(console, piece, copied), how) for piece, how in pieces), style=style)
    console.print(text, soft_wrap=True)


def _text(console: Console, data: str) -> Text:
    return Text(_shown(console, data))


def _shown(console: Console, data: str, copied: bool = False) -> str:
    """Return data as it is printed. What is copied, or read by a program, carries no invisible marks."""
    return isolated(visible(data)) if console.is_terminal and not copied else visible(data)
