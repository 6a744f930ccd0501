"""A model that was taken for sound and fails on a window: the window is stored all the same, and said to be
judged by nobody.
"""

import pytest
import structlog
from judder.server.api.keys import HEALTH
from judder_core import judge, wire
from judder_core.window import FLAG_OPINION_WANTED

FAILING = {"scores": (judge.Judge, "judge"), "verdict": (judge.Judge, "conclude")}


def fail(*_):
    raise ZeroDivisionError("float division by zero")


@pytest.fixture
async def serving(server, model_data):
    await server.client.put("/api/v1/model", model_data, "application/json")
    return server


async def send(server, bodies):
    return [await server.client.send("/api/v1/windows", body, wire.CONTENT_TYPE) for body in bodies]


@pytest.mark.parametrize("where", FAILING.values(), ids=FAILING)
async def test_a_window_that_a_model_fails_on_is_stored_and_not_judged(
    serving, noisy_windows, monkeypatch, where
):
    monkeypatch.setattr(*where, fail)
    (answer,) = await send(serving, noisy_windows(1, flags=FLAG_OPINION_WANTED))
    (stored,) = await serving.stored()
    assert answer["state"] == stored["state"] == "not judged"
    assert answer["judged_by"] is answer["level"] is None


async def test_windows_after_one_that_a_model_failed_on_are_judged(serving, noisy_windows, monkeypatch):
    first, second = noisy_windows(2, flags=FLAG_OPINION_WANTED)
    with monkeypatch.context() as patch:
        patch.setattr(judge.Judge, "judge", fail)
        await send(serving, [first])
    (answer,) = await send(serving, [second])
    assert answer["judged_by"] == "host"


async def test_a_failing_model_is_told_with_its_board_and_logged_once_a_minute(
    serving, noisy_windows, monkeypatch
):
    monkeypatch.setattr(judge.Judge, "judge", fail)
    with structlog.testing.capture_logs() as logged:
        await send(serving, noisy_windows(3, flags=FLAG_OPINION_WANTED))
    serving.app[HEALTH].look()
    (problem,) = [each for each in serving.app[HEALTH].problems() if each.kind == "model"]
    assert problem.about == "020000000001" and "division by zero" in problem.sentence
    assert [entry["event"] for entry in logged].count("window_not_judged") == 1
