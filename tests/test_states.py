"""Board, sketch, server, page, Home Assistant and documents: one table of states, and no other word."""

import ast
import json
import re
from pathlib import Path

import pytest
from judder.server.api import page
from judder.server.notify.home_assistant import discovery
from judder.server.services import device
from judder_core import decision, wire
from judder_core.states import NO_MODEL, OF_SERVER, STATES

ROOT = Path(__file__).parents[1]
SHARED = list((ROOT / "shared").rglob("*.py"))
PYTHON = [*(ROOT / "device").rglob("*.py"), *SHARED]
STATE_AT = {"take_care": 1, "Caretaker": 2}
"""Which argument of a call is the state of the board that it makes."""
SKETCH = ROOT / "firmware-arduino" / "judder_tflm" / "src"


def said_by_python(paths=PYTHON):
    """Yield each string that some module gives to an attribute `state`, or to a board that takes care."""
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "attr", None) == "state":
                yield from outcomes(node.value)
            elif isinstance(node, ast.Call) and getattr(node.func, "id", None) in STATE_AT:
                yield from outcomes(node.args[STATE_AT[node.func.id]])


def outcomes(value):
    """Yield the strings that an expression may come to: written there, or judder_core.decision's."""
    if isinstance(value, ast.IfExp):
        yield from (*outcomes(value.body), *outcomes(value.orelse))
    elif isinstance(value, ast.Constant):
        yield value.value
    elif isinstance(value, ast.Subscript) and getattr(value.value, "id", None) == "LEVELS":
        yield from decision.LEVELS
    elif isinstance(value, ast.Name) and value.id.isupper():
        yield getattr(decision, value.id)


def said_of_windows_by_the_sketch():
    table = (SKETCH / "core" / "states.cpp").read_text().split("kNames[] = {")[1].split("};")[0]
    return re.findall(r'"([a-z ]+)"', table)


def said_by_the_sketch():
    """Yield each string that the sketch takes for a state."""
    yield from said_of_windows_by_the_sketch()
    for path in (SKETCH / "board").glob("watch.*"):
        yield from re.findall(r'\bstate_ = (?:.*\? )?"([^"]+)"', path.read_text())


def said_by_the_server():
    """Yield each string that the server comes to where it says how a board is."""
    module = ast.parse((ROOT / "host" / "judder" / "server" / "services" / "device.py").read_text())
    (state,) = [node for node in ast.walk(module) if getattr(node, "name", None) == "state"]
    for node in ast.walk(state):
        if isinstance(node, ast.Return):
            yield from strings_or_names(node.value)


def strings_or_names(value):
    """Yield the words in an expression: those written there, and those it has from the table's module."""
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Name) and node.id.isupper():
            yield getattr(device, node.id)


@pytest.mark.parametrize("said", [said_by_python, said_by_the_sketch])
def test_a_board_says_no_word_that_is_not_in_the_table(said):
    words = set(said())
    assert len(words) >= 8 and words <= set(STATES)


def test_every_word_that_a_judge_says_of_a_window_has_a_code_in_frames():
    words = set(said_by_python(SHARED))
    assert len(words) == 7 and words <= set(wire.STATE_CODES) <= set(STATES)


def test_the_sketch_has_the_codes_of_frames():
    assert tuple(said_of_windows_by_the_sketch()) == wire.STATE_CODES


def test_the_server_says_no_word_that_is_not_in_the_table():
    words = set(said_by_the_server())
    assert len(words) >= 6 and words <= set(STATES)


def test_every_word_of_the_table_is_said_by_somebody():
    assert {*said_by_python(), *said_by_the_sketch(), *OF_SERVER} == set(STATES)


def test_home_assistant_is_told_every_word():
    board = {"device_id": "1", "status": {}, "takes_models": False}
    assert discovery("judder", board, "")["components"]["state"]["options"] == list(STATES)


async def test_the_page_says_what_each_word_means():
    module = (await page.get_states(None)).text
    meanings = json.loads(re.fullmatch(r"export const MEANINGS = (\{.*\});\n", module, re.DOTALL)[1])
    assert meanings == STATES


def test_the_page_colours_and_sorts_no_other_words():
    text = (page.STATIC / "words.js").read_text()
    tones = re.findall(r'^  "?([a-z ]+)"?: "', text.split("TONES = {")[1].split("};")[0], re.MULTILINE)
    sorted_words = re.findall(r'"([a-z ]+)"', text.split("WORST_FIRST = [")[1].split("];")[0])
    assert set(tones) < set(sorted_words) | {"normal"} <= set(STATES)


def test_the_boards_readme_explains_every_word_as_the_table_does():
    section = (ROOT / "device" / "README.md").read_text().split("\n## State\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| (.*) \|$", section, re.MULTILINE)
    assert dict(rows) == STATES


def test_a_board_without_a_model_says_so_as_the_server_reads_it():
    scorer = ast.parse((ROOT / "device" / "judder_node" / "scorer.py").read_text())
    returned = [node.value for node in ast.walk(scorer) if isinstance(node, ast.Return) and node.value]
    assert NO_MODEL in [word for value in returned for word in outcomes(value)]
