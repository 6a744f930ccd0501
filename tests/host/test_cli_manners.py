"""What every verb does alike: JSON for programs, 80 columns for people, the next verb, completion."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from judder.cli.app import app
from typer.testing import CliRunner

NOBODY = "http://127.0.0.1:9"  # the discard port: nothing listens
LONG = "a-condition-with-a-name-that-nobody-would-type-twice-in-one-day"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with fan.npz, of conditions LONG and "rub", a model of it, and a board's config."""
    folder = tmp_path_factory.mktemp("manners")
    run("simulate", "--out", folder / "fan.npz", "--seconds", 80, "--condition", LONG, "--fault", "rub")
    run("train", "--data", folder / "fan.npz", "--normal", LONG, "--out", folder / "fan.judder.json")
    example = Path(__file__).parents[2] / "device" / "config.example.json"
    (folder / "attic.json").write_bytes(example.read_bytes())
    return folder


def run(*arguments):
    result = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


READING = {
    "inspect": ("inspect", "fan.npz"),
    "train": ("train", "--data", "fan.npz", "--normal", LONG, "--out", "again.judder.json"),
    "evaluate": (
        *("evaluate", "fan.judder.json", "--data", "fan.npz", "--normal", LONG, "--anomaly", "rub"),
        *("--held-out", "all"),
    ),
    "report": ("report", "fan.npz", "--out", "again.html"),
    "doctor": ("doctor", "--server", NOBODY),
    "config show": ("config", "show", "--data-dir", "x" * 100),
}
WRITING = {
    "simulate": ("simulate", "--out", "short.npz", "--seconds", 5),
    "export": ("export", "fan.npz", "--to", "csv", "--out", "csv"),
    "config check": ("config", "check", "attic.json"),
}


@pytest.mark.parametrize("verb", READING)
def test_a_reading_verb_prints_json_and_nothing_else(folder, monkeypatch, verb):
    monkeypatch.chdir(folder)
    assert json.loads(run(*READING[verb], "--json").stdout)


@pytest.mark.parametrize("verb", [*READING, *WRITING])
def test_a_verb_ends_by_naming_the_next(folder, monkeypatch, tmp_path, verb):
    monkeypatch.chdir(folder)
    if verb == "export":
        monkeypatch.chdir(tmp_path)
        (tmp_path / "fan.npz").symlink_to(folder / "fan.npz")
    last = run(*(READING | WRITING)[verb]).stderr.strip().splitlines()[-1]
    assert last.startswith("next: judder "), last


def next_of(path):
    return run("inspect", path).stderr.splitlines()[-1]


def test_inspect_suggests_to_train_on_what_is_called_normal(tmp_path):
    run("simulate", "--out", tmp_path / "fan.npz", "--seconds", 10, "--fault", "imbalance")
    assert " --normal normal " in next_of(tmp_path / "fan.npz")


def test_inspect_does_not_guess_what_is_normal(folder):
    assert " --normal CONDITION " in next_of(folder / "fan.npz")


@pytest.mark.parametrize("verb", ["inspect", "evaluate", "config show"])
def test_a_table_fits_80_columns_and_leaves_nothing_out(folder, monkeypatch, verb):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "80")
    text = run(*READING[verb]).stdout
    table = text.split("\nwarn:")[0].split("\nnote:")[0]
    assert max(map(len, table.splitlines())) <= 80 and "…" not in table
    first_column = "".join(line.split()[0] for line in table.splitlines() if line.strip())
    assert LONG in first_column or verb == "config show"


@pytest.mark.parametrize("words", [["--help"], ["config", "show"]], ids=" ".join)
def test_where_the_terminal_says_it_has_no_columns_all_is_printed(words):
    environment = {**os.environ, "COLUMNS": "0"}
    command = [sys.executable, "-m", "judder", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert len(done.stdout.split()) > 50


@pytest.mark.parametrize("words, expected", [("judder ev", "evaluate"), ("judder config s", "show")])
def test_the_shell_completes_verbs(words, expected):
    environment = {"_JUDDER_COMPLETE": "complete_bash", "COMP_WORDS": words}
    environment["COMP_CWORD"] = str(len(words.split()) - 1)
    command = [Path(sys.executable).with_name("judder")]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)
    assert done.stdout.split() == [expected]


def test_only_a_report_waits_for_what_draws_it():
    load = "from judder.cli.verbs import VERBS, load; [load(verb) for verb in VERBS]"
    code = f"import sys; {load}; sys.exit(bool({{'matplotlib', 'jinja2'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def every_verb(group, before=()):
    """Yield the words of every verb there is, also of those in groups."""
    for name, command in group.commands.items():
        inner = every_verb(command, (*before, name)) if hasattr(command, "commands") else [(*before, name)]
        yield from inner


@pytest.mark.parametrize("words", [*every_verb(typer.main.get_command(app))], ids=" ".join)
def test_a_verb_shows_an_example(words):
    assert "Example: judder " + " ".join(words) in run(*words, "--help").stdout


def options(words):
    """Return what a verb's options are called."""
    command = typer.main.get_command(app)
    for name in words:
        command = command.commands[name]
    return {option for parameter in command.params for option in parameter.opts}


ASKING = [
    words for words in every_verb(typer.main.get_command(app)) if {"--server", "--token"} <= options(words)
]


@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_a_verb_that_asks_a_server_can_ask_one_with_tls(words):
    assert "--ca" in options(words)


def test_train_says_what_comes_of_changing_between_modes_all_the_time(tmp_path):
    data = tmp_path / "fan.npz"
    run("simulate", "--out", data, "--seconds", 60, "--speed", "low", "--speed", "med")
    normal = [("--normal", f"{speed}/normal") for speed in ("low", "med")]
    one, two = (
        run("train", "--data", data, *options, "--out", tmp_path / "fan.judder.json").stderr
        for options in (normal[0], normal[0] + normal[1])
    )
    said = "changes between modes is like neither"
    assert said in " ".join(two.split()) and said not in " ".join(one.split())
