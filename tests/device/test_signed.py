"""A board with a key before a gate that lets only signed requests pass; behind it, the real server."""

import time

import pytest

from tests.asking import get, seqs, status_of
from tests.board.bench import wait_for
from tests.device.board import APP
from tests.gate import gate
from tests.host.test_serve_process import serving

KEY = bytes(range(1, 33))
WINDOWS = "/api/v1/windows"
STATUS = "/api/v1/devices/0200000000a1/status"


@pytest.fixture
def board(world, run_app, request):
    """Start a board with a key before a gate; return (gate, port of the server, folder of its data)."""
    data = world.folder / "data"
    with serving(data) as (port, _), gate(port, getattr(request, "param", KEY)) as before:
        world.config(before.port, server={"key": KEY.hex(), "status_interval_s": 3})
        run_app()
        yield before, port, data


def all_of(data, least):
    """Return whether so many windows are on the server's disk, and none between them is missing."""
    found = seqs(data)
    return len(found) >= least and found == list(range(len(found)))


def test_a_board_without_a_clock_is_let_in_after_one_refusal_and_signs_all_it_sends(board):
    before, _, data = board
    wait_for(lambda: all_of(data, 20) and before.taken.count(("POST", STATUS)) > 1)
    assert before.refused == ["stale"]
    assert set(before.taken) == {("POST", WINDOWS), ("POST", STATUS)}


def test_windows_from_the_flash_are_signed_several_at_once(board):
    before, _, data = board
    wait_for(lambda: all_of(data, 3))
    before.closed = True
    made = len(seqs(data)) + 40
    time.sleep(4)  # eighty windows of the board's time
    before.closed, taken = False, len(before.taken)
    wait_for(lambda: all_of(data, made))
    assert before.refused == ["stale"]
    assert before.taken[taken:].count(("POST", WINDOWS)) < len(seqs(data)) - made + 60


def test_a_server_whose_clock_is_another_now_is_followed_and_no_window_is_missing(board):
    before, _, data = board
    wait_for(lambda: all_of(data, 5))
    before.ahead_us, made = 3600_000_000, len(seqs(data))
    wait_for(lambda: all_of(data, made + 10))
    assert before.refused == ["stale", "stale"]


def test_a_board_whose_clock_runs_ahead_is_refused_now_and_then_and_no_window_is_missing(board):
    """It runs twenty times too fast here: one second until it is twenty ahead."""
    before, _, data = board
    before.age_us = 20_000_000
    wait_for(lambda: len(before.refused) > 2)
    made = len(seqs(data))
    wait_for(lambda: all_of(data, made + 60))
    assert set(before.refused) == {"stale"} and len(before.refused) < len(before.taken) / 5


def test_a_request_whose_answer_was_lost_is_signed_anew(board):
    before, _, data = board
    wait_for(lambda: all_of(data, 5))
    before.deaf, made = 3, len(seqs(data))
    wait_for(lambda: not before.deaf and all_of(data, made + 10))
    assert before.refused == ["stale"]


@pytest.mark.parametrize("board", [bytes(32)], indirect=True, ids=["another key"])
def test_windows_that_another_key_signed_stay_on_the_board_until_its_own_is_taken(board):
    before, port, data = board
    wait_for(lambda: before.refused.count("forged") > 5)
    assert seqs(data) == [] and before.taken == []
    before.key = KEY
    wait_for(lambda: all_of(data, 20))
    assert status_of(port)["refused"] == status_of(port)["dropped"] == 0


def test_a_model_is_fetched_with_a_signature(world, run_app, train_fan):
    model = world.folder / "mad.judder.json"
    model.write_bytes(train_fan(features="mad"))
    with serving(world.folder / "data", "--model", model) as (port, _), gate(port, KEY) as before:
        model_id = get(port, "/api/v1/model")["model_id"]
        (world.folder / "order.txt").write_text(model_id)
        world.config(before.port, server={"key": KEY.hex()})
        run_app()
        wait_for(lambda: status_of(port).get("model_id") == model_id)
    assert before.taken[0] == ("GET", f"/api/v1/models/{model_id[-8:]}")


def test_neither_console_nor_report_tells_the_key(world, capfd):
    with serving(world.folder / "data") as (port, _), gate(port, bytes(32)) as before:
        world.config(before.port, server={"key": KEY.hex()})
        process = world.start(APP)
        wait_for(lambda: before.refused.count("forged") > 3)
        before.key = KEY
        report = wait_for(lambda: status_of(port))
        process.kill()
        said = process.communicate()[0]
    assert "401" in said and KEY.hex() not in said + str(report)


def test_without_a_key_nothing_is_signed(world, run_app):
    with serving(world.folder / "data") as (port, _), gate(port, KEY) as before:
        world.config(before.port)
        run_app()
        wait_for(lambda: len(before.refused) > 3)
    assert set(before.refused) == {"unsigned"}
