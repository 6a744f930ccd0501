"""Two levels through the server: a notice that rises to an alarm, and ends, is one alert."""

import pytest
from judder.server.api.keys import DEVICES
from judder_core.window import FLAG_BACKLOG, FLAG_LOCAL_SCORE, FLAG_MOUNTING
from judder_core.wire import STATE_CODES

from tests.host.alerting import ALERT, DEVICE, FLAGS, NOTICE, Board
from tests.host.frames_by_hand import v2

LEVELS = ("normal", "notice", "alarm")
NUMBERS = {
    "threshold": 8.5,
    "combined_score": 5.25,
    "combined_threshold": 5.0,
    "alarm_score": 3.5,
    "alarm_threshold": 7.5,
}


def judged(seq, level="notice", state=None, flags=0, **told):
    """Return a frame of a board that has judged: it tells its verdict."""
    of_window = {"device_id": bytes.fromhex(DEVICE), "boot_id": 1, "seq": seq, "window_len": 4}
    verdict = {"level": LEVELS.index(level), "state": STATE_CODES.index(state or level), "mode": 1}
    numbers = {"local_score": 6.25, **NUMBERS}
    counts = b"\1\0\2\0\3\0\4\0\5\0\6\0" * 2
    return v2(counts, **{**of_window, **verdict, **numbers, "flags": FLAGS[level] | flags, **told})


async def send(server, *frames):
    for body in frames:
        answer = await server.client.send("/api/v1/windows", body, "application/vnd.judder.window")
    return answer


async def alerts(server):
    return (await server.client.get("/api/v1/alerts"))["alerts"]


async def board(server):
    (found,) = (await server.client.get("/api/v1/devices"))["devices"]
    return found


# What a board has judged


async def test_a_boards_verdict_is_answered_as_it_sent_it(server):
    answer = await send(server, judged(0))
    assert {name: answer[name] for name in NUMBERS} == NUMBERS
    assert (answer["score"], answer["judged_by"], answer["anomaly"]) == (6.25, "board", False)
    assert (answer["level"], answer["state"], answer["alert"]) == ("notice", "notice", False)
    assert (await server.stored())[0]["alarm_score"] == 3.5


@pytest.mark.parametrize(
    ("numbers", "window_level"),
    [
        ({}, "notice"),
        ({"combined_score": 5.0}, "normal"),
        ({"alarm_score": 7.75}, "alarm"),
        ({"alarm_score": 7.75, "combined_score": 1.0}, "alarm"),
        ({"alarm_score": float("nan"), "combined_score": float("nan")}, "normal"),
        ({"alarm_score": float("nan"), "alarm_threshold": float("nan")}, "alarm"),  # of a model of version 1
    ],
)
async def test_the_level_of_a_windows_evidence_follows_from_the_scores_sent(server, numbers, window_level):
    answer = await send(server, judged(0, **numbers))
    assert (answer["window_level"], answer["alarming"]) == (window_level, window_level == "alarm")


async def test_a_changed_mounting_is_told_beside_an_alarm(server):
    answer = await send(server, judged(0, "alarm", flags=FLAG_MOUNTING))
    assert (answer["level"], answer["state"], answer["mounting_changed"]) == ("alarm", "alarm", True)
    assert ((await board(server))["state"], (await board(server))["mounting_changed"]) == ("alarm", True)
    assert (await alerts(server))[0]["mounting_changed"] is True


async def test_a_machine_that_stands_still_keeps_its_level_and_says_that_it_stands(server):
    await send(server, judged(0), judged(1, state="standstill"))
    seen = await board(server)
    assert (seen["state"], seen["level"], seen["last"]["window_level"]) == ("standstill", "notice", None)
    assert (await alerts(server))[0]["ended_us"] is None


@pytest.mark.parametrize("word", ["suspect", "anomaly"])
async def test_what_boards_of_one_level_say_is_an_alarm(server, word):
    await server.client.post(f"/api/v1/devices/{DEVICE}/status", {"state": word, "model_id": "fan-1"})
    assert (await board(server))["state"] == "alarm"


async def test_a_frame_of_version_1_tells_its_level_by_its_flags(server):
    answer = await Board(server).at("alarm")
    assert (answer["level"], answer["alert"], answer["judged_by"]) == ("alarm", True, None)


# Alerts


async def test_a_notice_is_an_alert_and_no_alarm(server):
    answer = await Board(server).at("notice")
    (alert,) = await alerts(server)
    seen = await board(server)
    assert (alert["level"], alert["raised_us"], alert["ended_us"]) == ("notice", None, None)
    assert (answer["alert"], seen["alert"], seen["level"], seen["state"]) == (
        False,
        False,
        "notice",
        "notice",
    )


async def test_a_notice_that_rises_is_one_alert_that_nobody_has_seen_yet(server):
    here = Board(server)
    await here.at("notice")
    await server.client.patch("/api/v1/alerts/1", {"acknowledged": True})
    await here.at("alarm", "alarm")
    (alert,) = await alerts(server)
    assert alert["level"] == "alarm" and alert["raised_us"] > alert["started_us"]
    assert (alert["seq"], alert["acknowledged_us"]) == (1, None)


async def test_an_alarm_that_comes_back_after_it_was_seen_is_an_alert_of_its_own(server):
    await send(server, judged(0, "alarm"))
    await server.client.patch("/api/v1/alerts/1", {"acknowledged": True})
    await send(server, judged(1), judged(2, "alarm"), judged(3), judged(4, "alarm"))
    back, seen = await alerts(server)
    assert (back["seq"], back["level"], back["acknowledged_us"], back["ended_us"]) == (2, "alarm", None, None)
    assert seen["acknowledged_us"] is not None and seen["ended_us"] is not None


async def test_an_alarm_that_falls_to_a_notice_goes_on_until_all_is_normal(server):
    here = Board(server)
    await here.at("alarm", "notice")
    (alert,) = await alerts(server)
    assert (alert["level"], alert["ended_us"]) == ("alarm", None)
    assert ((await board(server))["level"], (await board(server))["alert"]) == ("notice", False)
    await here.at("normal")
    (alert,) = await alerts(server)
    assert (alert["level"], alert["ended_us"] is None) == ("alarm", False)


async def test_an_alarm_from_a_backlog_raises_the_notice_that_spans_it(server):
    await server.send(seq=3, flags=NOTICE)
    await server.send(seq=9, flags=NOTICE)
    await server.send(seq=5, flags=ALERT | FLAG_BACKLOG, timestamp_us=5_000_000)
    (alert,) = await alerts(server)
    assert (alert["level"], alert["raised_us"], alert["seq"]) == ("alarm", 5_000_000, 3)


async def test_a_late_notice_that_was_the_beginning_of_an_alarm_is_one_alert(server):
    await server.send(seq=6, flags=ALERT)
    for seq in (4, 5):
        await server.send(seq=seq, flags=NOTICE | FLAG_BACKLOG, timestamp_us=seq * 1_000_000)
    (alert,) = await alerts(server)
    assert (alert["level"], alert["started_us"], alert["seq"]) == ("alarm", 4_000_000, 4)
    assert alert["raised_us"] > alert["started_us"] and alert["ended_us"] is None


async def test_a_late_notice_may_rise_and_be_over(server):
    await server.send(seq=9, flags=FLAG_LOCAL_SCORE)
    for seq, flags in ((4, NOTICE), (5, ALERT), (6, NOTICE), (7, FLAG_LOCAL_SCORE)):
        await server.send(seq=seq, flags=flags | FLAG_BACKLOG, timestamp_us=seq * 1_000_000)
    (alert,) = await alerts(server)
    assert (alert["level"], alert["raised_us"], alert["ended_us"]) == ("alarm", 5_000_000, 6_000_000)


async def test_a_server_that_starts_anew_knows_the_level(start_server, tmp_path):
    first = await start_server(data_dir=tmp_path / "house")
    await Board(first).at("notice")
    await first.stop()
    again = await start_server(data_dir=tmp_path / "house")
    assert again.app[DEVICES].get(DEVICE).level == "notice"
    await again.send(seq=2, flags=ALERT)
    (alert,) = await alerts(again)
    assert alert["level"] == "alarm"


async def test_an_alert_says_how_long_the_machine_was_recorded(server, model_data, noisy_windows):
    await server.client.put("/api/v1/model", model_data, "application/json")
    await send(server, *noisy_windows(8, spread=60.0))
    (alert,) = await alerts(server)
    assert alert["baseline_s"] == pytest.approx(200 * 64 / 250)


async def test_the_scores_of_a_step_are_of_both_levels(server):
    await send(server, judged(0), judged(1, "alarm", alarm_score=9.0), judged(2))
    path = f"/api/v1/devices/{DEVICE}/scores?seconds=600&points=1"
    (step,) = (await server.client.get(path))["scores"]
    assert (step["score"], step["threshold"]) == (5.25, 5.0)
    assert (step["alarm_score"], step["alarm_threshold"], step["level"]) == (9.0, 7.5, "alarm")
