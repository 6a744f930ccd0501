"""One answer: stored, listed, streamed and shown from one list of fields."""

from dataclasses import fields

import pytest
from judder.server.api.answers import Alert as ShownAlert
from judder.server.api.answers import WindowAnswer
from judder.server.api.keys import EVENTS, STORE
from judder.server.storage.rows import Answer, WindowHead
from judder_core.window import FLAG_OPINION_WANTED

FIELDS = {field.name for field in fields(Answer)}
NAME = {"device_id", "boot_id", "seq"}
TOLD = {"alarming", "record", "server_time_us", "commands"}
OF_VERSION_2 = {"alarm_score", "alarm_threshold", "mode"}
"""What a model of version 1 has not."""
KIND = "application/vnd.judder.window"


@pytest.fixture
async def judged(server, model_data, noisy_windows):
    """Return the server, and the answer to the last of eight windows that shake too much."""
    await server.client.put("/api/v1/model", model_data, "application/json")
    with server.app[EVENTS].subscribe("window") as subscription:
        for body in noisy_windows(8, spread=60.0, flags=FLAG_OPINION_WANTED):
            answer = await server.client.send("/api/v1/windows", body, KIND)
        server.heard = (await subscription.take())[-1].data["last"]
    return server, answer


def of(shown):
    return {name: shown[name] for name in FIELDS}


async def test_a_board_is_told_every_field_and_no_other(judged):
    _, answer = judged
    assert set(answer) == NAME | FIELDS | TOLD
    assert {name for name in FIELDS if answer[name] is None} <= OF_VERSION_2


async def test_the_description_has_what_is_told_and_listed_and_no_more(judged):
    server, answer = judged
    (alert,) = (await server.client.get("/api/v1/alerts"))["alerts"]
    listed = (await server.stored())[0]
    for shape, shown in ((WindowAnswer, answer), (WindowHead, listed), (ShownAlert, alert)):
        assert {field.name for field in fields(shape)} == set(shown)


async def test_pages_hear_what_the_board_was_told(judged):
    server, answer = judged
    assert of(server.heard) == of(answer) and set(server.heard) == NAME | FIELDS | TOLD - {"record"}


async def test_the_list_and_the_window_show_what_the_board_was_told(judged):
    server, answer = judged
    listed = (await server.stored())[0]
    window = await server.client.get(f"/api/v1/windows/{answer['device_id']}/{answer['boot_id']}/7")
    assert of(listed) == of(window) == of(answer)


async def test_the_store_keeps_what_the_board_was_told(judged):
    server, answer = judged
    name = answer["device_id"], answer["boot_id"], answer["seq"]
    kept = await server.app[STORE].read(lambda unit: unit.windows.answer(*name))
    assert kept == Answer(**of(answer))


async def test_an_alert_shows_its_incident_under_both_names(judged):
    server, _ = judged
    (alert,) = (await server.client.get("/api/v1/alerts"))["alerts"]
    assert alert["seq"] == 4 and alert["fault"] == alert["incident"]


async def test_a_score_beyond_the_calibration_has_a_p_value_that_is_a_bound(judged, noisy_windows):
    server, answer = judged
    assert answer["combined_score"] > answer["combined_threshold"] and answer["p_value_is_bound"] is True
    for body in noisy_windows(8, seed=3, flags=FLAG_OPINION_WANTED):
        calm = await server.client.send("/api/v1/windows", body, KIND)
    assert calm["p_value"] > answer["p_value"] and calm["p_value_is_bound"] is False
