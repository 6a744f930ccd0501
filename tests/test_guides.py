"""The guides: what needs no board is run as it stands, what needs one exists, and links lead somewhere."""

import csv
import os
import re
import shlex
import socket
import subprocess
import sys
import textwrap
import tomllib

import pytest
import typer
from documents import ALL, GUIDES, ROOT, commands, names, section, tables
from judder.cli.app import app
from judder.server.notify.home_assistant import discovery
from judder.settings import Settings
from judder_core.decision import LEVELS
from judder_core.states import STATES

HARDWARE = ("deploy", "learn", "put", "record", "doctor", "alerts")
"""Verbs that need a board, its server or a broker, or look at this machine."""
SHELL = """set -eu
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
"""
UNTIL_IT_LISTENS = "until (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null; do kill -0 $!; sleep 0.1; done"
AT_PORT = {"serve": "--host 127.0.0.1 --port {port}", "replay": "--server http://127.0.0.1:{port}"}


def guide(name):
    return (GUIDES / f"{name}.md").read_text()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def script(text):
    """Return the guide's commands for bash, those that need hardware left out; a server is waited for."""
    port, lines = free_port(), []
    for command in commands(text):
        if command[0] != "judder" or command[1] in HARDWARE:
            continue
        words = [sys.executable, "-m", *(word for word in command if word != "&")]
        words += AT_PORT.get(command[1], "").format(port=port).split()
        lines.append(shlex.join(words))
        if command[-1] == "&":
            lines += ["&", UNTIL_IT_LISTENS.format(port=port)]
    return SHELL + "\n".join(lines).replace("\n&", " &")


def run(name, folder):
    return run_text(guide(name), folder)


def run_text(text, folder):
    environment = {**os.environ, "JUDDER_MDNS": "0", "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(
        ["bash", "-c", script(text)], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.slow
def test_your_own_data_is_looked_at_trained_on_and_sent(tmp_path):
    run("your-own-data", tmp_path)
    made = {path.name for path in tmp_path.iterdir()}
    assert {"pump.html", "pump.judder.json", "scores.csv", "pump-data"} <= made


@pytest.mark.slow
def test_of_many_boards_the_shaky_one_alerts(tmp_path):
    (tmp_path / "attic.json").write_text((ROOT / "device" / "config.example.json").read_text())
    said = run("many-boards", tmp_path).stdout
    healthy, shaky = re.findall(r"(\d+) under an alarm", said)[-2:]
    assert int(healthy) == 0 and int(shaky) > 0, said


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Return a folder in which the commands of "How it judges" were run."""
    folder = tmp_path_factory.mktemp("judged")
    run("how-it-judges", folder)
    return folder


def scores_of(folder, *conditions):
    """Return the rows of scores.csv, a list a condition."""
    with (folder / "scores.csv").open() as file:
        rows = list(csv.DictReader(file))
    return [[row for row in rows if row["condition"] == condition] for condition in conditions]


@pytest.mark.slow
def test_the_first_four_windows_of_a_condition_have_no_combined_score(judged):
    conditions = scores_of(judged, "normal", "looseness-0.1")
    assert [[row["combined_score"] for row in rows[:5]].index("") for rows in conditions] == [0, 0]
    assert all([bool(row["combined_score"]) for row in rows[3:5]] == [False, True] for rows in conditions)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("condition", "level"), [("normal", "normal"), ("looseness-0.1", "notice"), ("imbalance-3", "alarm")]
)
def test_the_highest_level_of_a_condition_is_as_described(judged, condition, level):
    (rows,) = scores_of(judged, condition)
    assert max((row["level"] for row in rows), key=LEVELS.index) == level


@pytest.mark.slow
def test_what_python_prints_is_what_the_guide_says(judged):
    blocks = re.findall(r"(?:^ {4}.*\n|^\n)+", guide("how-it-judges"), re.MULTILINE)
    (code,) = [block for block in blocks if "import judder" in block]
    said = re.findall(r"print.*# .*: (\S+)$", code, re.MULTILINE)
    done = subprocess.run(
        [sys.executable, "-"], input=textwrap.dedent(code), cwd=judged, capture_output=True, text=True
    )
    assert said and done.stdout.split() == said, done.stderr


@pytest.mark.slow
def test_a_machine_at_rest_is_judged_by_no_level(tmp_path):
    text = section(guide("notice-and-alarm"), "A machine that stops")
    (shown,) = re.findall(r"^ off/normal .*$", run_text(text, tmp_path).stdout, re.MULTILINE)
    assert shown.split()[-3:-1] == ["0.000", "0.000"]


@pytest.mark.parametrize("name", [path.stem for path in GUIDES.glob("*.md")])
def test_every_verb_and_option_of_a_guide_exists(name):
    root = typer.main.get_command(app)
    for command in commands(guide(name)):
        if command[0] == "judder":
            verb = root.commands[command[1]]
            verb = verb.commands[command[2]] if hasattr(verb, "commands") else verb
            known = {name for parameter in verb.params for name in parameter.opts}
            assert {word for word in command if word.startswith("--")} <= known, command


@pytest.mark.parametrize("name", ["home-assistant", "many-boards"])
def test_every_setting_of_a_guide_exists(name):
    lines = re.findall(r'^    (\w+ = ".*")$', guide(name), re.MULTILINE)
    assert lines and set(tomllib.loads("\n".join(lines))) <= set(Settings.model_fields)


def test_home_assistant_gets_the_entities_described():
    board = {"device_id": "1", "status": {}, "takes_models": True}
    parts = discovery("judder", board, "")["components"].values()
    (described,) = tables(guide("home-assistant"), "What appears")
    assert [names(row[0])[0] for row in described] == [part["name"] for part in parts]


def test_the_states_that_are_no_level_are_the_boards_words():
    (described,) = tables(guide("notice-and-alarm"), "What is neither")
    assert {names(row[0])[0] for row in described} <= set(STATES)


def anchors(path):
    """Return the anchors of a document's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", ALL, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(path):
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", path.read_text()):
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def test_every_guide_is_named_in_the_readme():
    readme = section((ROOT / "README.md").read_text(), "Guides")
    assert set(re.findall(r"host/guides/([\w-]+)\.md", readme)) == {path.stem for path in GUIDES.glob("*.md")}
