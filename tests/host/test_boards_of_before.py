"""Boards in the field: they write frames of v1, and read of the answer what they always read."""

import string

import pytest
from judder.data import frames
from judder_core import wire
from judder_core.window import FLAG_OPINION_WANTED

from tests.host.frames_by_hand import v1

SHAKEN, USUAL = 60.0, 20.0


@pytest.fixture
async def ask(server, model_data, noisy_windows):
    """Return a function that sends windows as a board of before that asks, and returns the last answer."""
    await server.ask("PUT", "/api/v1/model", data=model_data)

    async def send(spread):
        for body in noisy_windows(8, spread=spread):
            (window,) = frames.decode_windows(body)
            name = {"device_id": window.device_id, "boot_id": window.boot_id, "seq": window.seq}
            frame = v1(window.counts.tobytes(), window_len=64, flags=FLAG_OPINION_WANTED, **name)
            answer = await server.client.send("/api/v1/windows", frame, wire.CONTENT_TYPE)
        return answer

    return send


@pytest.mark.parametrize("spread, alarming", [(SHAKEN, True), (USUAL, False)])
async def test_a_board_that_asked_is_told_whether_the_window_counts_towards_an_alarm(ask, spread, alarming):
    answer = await ask(spread)
    assert (answer["judged_by"], answer["alarming"]) == ("host", alarming)


async def test_the_state_is_a_word_that_it_takes(ask):
    """At most 24 small letters and spaces, or it passes over the verdict."""
    state = (await ask(SHAKEN))["state"]
    assert 0 < len(state) <= 24 and not state.strip(string.ascii_lowercase + " ")


async def test_its_clock_its_recordings_and_its_orders_are_told_as_ever(ask):
    answer = await ask(USUAL)
    kinds = {"seq": int, "server_time_us": int, "record": bool, "commands": list}
    assert {key: type(answer[key]) for key in kinds} == kinds
