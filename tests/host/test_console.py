"""The one way to print: what people named stays as it is, and acts on nothing."""

import ast
import io
import json
from pathlib import Path

import judder.cli
import pytest
from judder.cli import console
from judder.text import visible, word
from rich.console import Console

ODD = {
    "brackets": "fan [left]",
    "a tag that closes nothing": "fan [/old]",
    "a style": "[bold red]fan[/]",
    "an emoji's name": "fan :fire:",
    "a number and a path": "fan 3 /tmp/x 'quoted' True",
    "two hundred letters": "fan " + "x" * 196,
    "right to left": "מאוורר",
    "a backslash": r"C:\new\fan \[left]",
}
ACTING = {
    "a\nb": r"a\nb",
    "a\rb": r"a\rb",
    "\x1b[31mred": r"\x1b[31mred",
    "\x9b2J": r"\x9b2J",
    "fan\u202ekcab": r"fan\u202ekcab",
    "fan\u2067left": r"fan\u2067left",
    "bytes\udcff": r"bytes\udcff",
}
LINES = {
    "result": lambda name: console.result(name),
    "result's hint": lambda name: console.result("it", hint=name),
    "say": lambda name: console.say(name),
    "warn": lambda name: console.warn(name),
    "report_error": lambda name: console.report_error(name, name),
    "next_step": lambda name: console.next_step(name),
    "print_table": lambda name: console.print_table(["name"], [[name]]),
}


@pytest.mark.parametrize("how", LINES)
@pytest.mark.parametrize("what", ODD)
def test_a_name_is_printed_as_it_is(capsys, monkeypatch, how, what):
    monkeypatch.setattr(console.results, "_width", 300)  # putting back `width` would fix it for good
    LINES[how](ODD[what])
    said = capsys.readouterr()
    assert ODD[what] in said.out + said.err


@pytest.mark.parametrize("how", LINES)
@pytest.mark.parametrize("name", ACTING)
def test_what_would_act_on_a_terminal_is_written_out(capsys, how, name):
    LINES[how](name)
    said = capsys.readouterr()
    assert ACTING[name] in said.out + said.err and name not in said.out + said.err


@pytest.mark.parametrize("how", [how for how in LINES if how != "print_table"])
def test_a_line_stays_one_line_where_nobody_looks(capsys, how):
    LINES[how]("word " * 60 + "end")
    said = capsys.readouterr()
    assert any(line.endswith("word end") for line in (said.out + said.err).splitlines())


def test_a_long_name_folds_in_a_table_and_loses_no_letter(capsys, monkeypatch):
    monkeypatch.setattr(console.results, "_width", 40)  # putting back `width` would fix it for good
    name = "".join(chr(0x100 + k) for k in range(200))
    console.print_table(["name", "windows"], [[name, 12]])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 40
    assert "".join(line.split()[0] for line in lines[1:]) == name


@pytest.fixture
def terminal(monkeypatch):
    """Return what is written to the terminal that stdout and stderr are now."""
    written = io.StringIO()
    for name in ("results", "talk"):
        monkeypatch.setattr(
            console, name, Console(file=written, force_terminal=True, highlight=False, width=80)
        )
    return written


def test_right_to_left_text_is_fenced_off_on_a_terminal(terminal):
    console.result("fan מאוורר: 12 windows")
    assert f"fan \u2068{ODD['right to left']}\u2069: 12 windows" in terminal.getvalue()


def test_a_command_to_copy_carries_no_invisible_mark(terminal):
    console.next_step("judder inspect --condition מאוורר")
    assert terminal.getvalue() == "next: judder inspect --condition מאוורר\n"


def test_nothing_is_coloured_by_guess(terminal):
    console.result("fan 3 at http://localhost:1337/ 'low' [1] True None")
    assert "\x1b" not in terminal.getvalue()


def test_json_is_exact(capsys):
    console.print_json(list(ACTING))
    assert json.loads(capsys.readouterr().out) == list(ACTING)


@pytest.mark.parametrize("name", [*ODD.values(), "it's", "a\nb", "tab\tit's \\n", "$HOME `id`", ""])
def test_a_shell_reads_a_name_in_a_command_as_the_one_word_it_is(name):
    import subprocess

    command = f"printf %s {word(name)}"
    assert subprocess.run(["bash", "-c", command], capture_output=True).stdout.decode() == name
    assert visible(command) == command


VERBS = [
    path for path in Path(judder.cli.__file__).parent.glob("*.py") if path.stem not in ("console", "progress")
]


@pytest.mark.parametrize("path", VERBS, ids=lambda path: path.stem)
def test_a_verb_prints_by_these_functions_only(path):
    tree = ast.parse(path.read_text())
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not {name for name in modules if name and name.split(".")[0] == "rich"}
    assert not {"print", "talk", "results"} & names
    assert "echo" not in {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
