"""What the command line loads: a verb's module when the verb is called, and nothing for a list of verbs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import judder.cli
import pytest
import typer
from judder.cli.app import app
from judder.cli.verbs import VERBS
from typer.testing import CliRunner

HEAVY = {"aiohttp", "jinja2", "matplotlib", "numpy", "pydantic_settings", "scipy", "structlog", "zeroconf"}
RUN = """
import json, sys
from judder.cli import main
try:
    main()
finally:
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
COMMANDS = typer.main.get_command(app).commands


def modules_after(*arguments, **environment):
    """Return the top modules a judder of these arguments has loaded when it ends."""
    command = [sys.executable, "-c", RUN, *arguments]
    run = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)
    return set(json.loads(run.stdout.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [["--help"], [], ["--version"], ["inspekt"]], ids=" ".join)
def test_a_list_of_verbs_loads_none_of_them(arguments):
    assert not HEAVY & modules_after(*arguments)


def test_help_does_without_pydantic():  # which typer itself takes as soon as there is an option to parse
    assert "pydantic" not in modules_after("--help")


def test_completing_a_verb_loads_none_of_them():
    words = {"_JUDDER_COMPLETE": "complete_bash", "COMP_WORDS": "judder ", "COMP_CWORD": "1"}
    assert not HEAVY & modules_after(**words)


@pytest.mark.parametrize("verb", ["config", "doctor", "fetch-data", "record"])
def test_a_verb_that_computes_nothing_explains_itself_without_numpy(verb):
    assert not {"numpy", "scipy"} & modules_after(verb, "--help")


@pytest.mark.parametrize("verb", VERBS)
def test_the_list_says_of_a_verb_what_its_own_help_says_first(verb):
    assert COMMANDS[verb].help.split("\n\n")[0] == VERBS[verb]


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_known_by_the_name_it_is_called_by(verb):
    assert COMMANDS[verb].name == verb


def test_every_verb_is_in_the_list():
    sources = {path.stem: path.read_text() for path in Path(judder.cli.__file__).parent.glob("*.py")}
    registering = [
        name for name, text in sources.items() if "\n@app.command(" in text or "\napp.add_typer(" in text
    ]
    assert sorted(registering) == sorted(
        name.replace("-", "_").replace("import", "import_") for name in VERBS
    )


def test_help_lists_every_verb():
    text = CliRunner().invoke(app, ["--help"]).stdout
    assert [verb for verb in VERBS if verb not in text] == []


def test_a_verb_that_is_not_there_is_refused_with_a_guess():
    result = CliRunner().invoke(app, ["inspekt"])
    assert result.exit_code == 2 and "inspect" in result.output
