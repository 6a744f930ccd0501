"""The host's opinion: by which detector, on what evidence, and many boards' windows in one pass."""

import asyncio
import json
from array import array

import numpy as np
import pytest
from judder.data import frames
from judder.engine import numeric_rows
from judder.server.api.keys import EVENTS
from judder.server.services.judging import FEW, judge_all
from judder.server.services.machine import Job, Machine
from judder.server.services.models import host_detector
from judder_core import model_file, numeric, wire
from judder_core.judge import make
from judder_core.window import (
    FLAG_ALERT,
    FLAG_BACKLOG,
    FLAG_LOCAL_SCORE,
    FLAG_OPINION_WANTED,
    Window,
)

from tests.two_detectors import add_detector

ASKS = FLAG_LOCAL_SCORE | FLAG_OPINION_WANTED


@pytest.fixture(scope="session")
def two_detectors(train_noisy):
    """Return the bytes of a model with the board's detector, which has a grey zone, and one for the host."""
    boards, hosts = (train_noisy(features=features) for features in ("mad", "statistics"))
    return add_detector(boards, hosts, grey_zone=[1.0, 1e6])


@pytest.fixture
async def model(server, two_detectors):
    """Return the model, known to the server as deploy makes it known."""
    await server.client.post("/api/v1/models", json.loads(two_detectors))
    return model_file.load(two_detectors, numeric)


def as_boards_own(bodies, model, flags, local_score=2.0):
    """Yield the frames as a board sends them that runs model."""
    for body in bodies:
        (window,) = frames.decode_windows(body)
        window.flags, window.local_score, window.model_hash = flags, local_score, model.model_hash
        yield bytes(wire.encode_window(window))


async def send_all(server, bodies):
    return [await server.client.send("/api/v1/windows", body, wire.CONTENT_TYPE) for body in bodies]


def expected(model, bodies):
    """Return what the second detector says of the windows, one after another."""
    judge = make(model, numeric, "host", model.detectors[1])
    windows = [frames.decode_windows(body)[0] for body in bodies]
    return [judge.update(window.counts, window.scale_g) for window in windows]


async def test_an_opinion_is_that_of_the_boards_second_detector(server, model, noisy_windows):
    bodies = list(as_boards_own(noisy_windows(8, spread=60.0), model, ASKS))
    answers = await send_all(server, bodies)
    verdicts = expected(model, bodies)
    assert [a["judged_by"] for a in answers] == ["board"] * 4 + ["host"] * 4  # evidence takes five windows
    assert [a["score"] for a in answers[4:]] == pytest.approx([v.score for v in verdicts[4:]])
    assert [a["combined_score"] for a in answers[4:]] == pytest.approx(
        [v.combined_score for v in verdicts[4:]]
    )
    assert {a["model_id"] for a in answers} == {model.model_id}
    assert answers[-1]["threshold"] == model.detectors[1].threshold and answers[-1]["alarming"] is True


async def test_windows_the_board_judged_itself_are_evidence_for_the_opinion(server, model, noisy_windows):
    bodies = list(noisy_windows(6, spread=60.0))
    own = list(as_boards_own(bodies[:5], model, FLAG_LOCAL_SCORE))
    answers = await send_all(server, own + list(as_boards_own(bodies[5:], model, ASKS)))
    assert [a["judged_by"] for a in answers] == ["board"] * 5 + ["host"]
    assert answers[5]["combined_score"] == pytest.approx(expected(model, bodies)[5].combined_score)


async def test_the_model_in_service_does_not_overrule_the_boards_own(
    server, model, model_data, noisy_windows
):
    await server.client.put("/api/v1/model", model_data, "application/json")
    answers = await send_all(server, as_boards_own(noisy_windows(6), model, ASKS))
    assert answers[-1]["model_id"] == model.model_id


async def test_a_board_with_one_detector_gets_the_opinion_of_the_model_in_service(
    server, two_detectors, model_data, noisy_windows
):
    await server.client.post("/api/v1/models", json.loads(model_data))
    in_service = (await server.client.put("/api/v1/model", two_detectors, "application/json"))["model_id"]
    board_model = model_file.load(model_data, numeric)
    answers = await send_all(server, as_boards_own(noisy_windows(6), board_model, ASKS))
    assert (answers[-1]["judged_by"], answers[-1]["model_id"]) == ("host", in_service)


async def test_the_alert_of_a_board_that_asks_is_its_own(server, model, noisy_windows):
    calm = await send_all(server, as_boards_own(noisy_windows(6, spread=60.0), model, ASKS))
    assert not any(a["alert"] for a in calm)
    frames = list(as_boards_own(noisy_windows(7, spread=60.0), model, ASKS | FLAG_ALERT))
    (answer,) = await send_all(server, frames[6:])
    assert answer["alert"] is True


def test_the_first_autoencoder_is_the_hosts_else_the_last(two_detectors):
    model = model_file.load(two_detectors, numeric)
    assert host_detector(model) is model.detectors[1]
    model.detectors[0].kind = "autoencoder"
    assert host_detector(model) is model.detectors[0]


@pytest.mark.parametrize("boards", [1, FEW - 1, FEW, 50])
@pytest.mark.parametrize("which", [0, 1])
def test_windows_scored_together_get_the_verdicts_they_get_alone(two_detectors, boards, which):
    model = model_file.load(two_detectors, numeric)
    rng = np.random.default_rng(boards)
    detector = model.detectors[which]
    alone = [make(model, numeric, "host", detector) for _ in range(boards)]
    together = [Machine(make(model, numeric_rows, "host", detector), model.decision()) for _ in range(boards)]
    for seq in range(6):
        spread = rng.uniform(10, 60, boards)
        counts = np.rint(rng.normal((0, 0, 2048), spread[:, None, None], (boards, 64, 3))).astype("<i2")
        windows = [Window(array("h", each.tobytes()), 1 / 2048, 250.0, seq=seq, boot_id=1) for each in counts]
        jobs = [Job(m, w) for m, w in zip(together, windows, strict=True)]
        judge_all(jobs)
        for judge, window, job in zip(alone, windows, jobs, strict=True):
            verdict, expected = job.verdict, judge.update(window.counts, window.scale_g)
            assert verdict.score == pytest.approx(expected.score, rel=1e-9)
            assert verdict.combined_score == (
                expected.combined_score and pytest.approx(expected.combined_score, rel=1e-9)
            )
            assert (verdict.state, verdict.anomaly) == (expected.state, expected.anomaly)


def test_a_window_that_cannot_be_judged_fails_alone(two_detectors, noisy_windows, monkeypatch):
    model = model_file.load(two_detectors, numeric)
    machines = [Machine(make(model, numeric_rows, "host"), model.decision()) for _ in range(3)]
    windows = [frames.decode_windows(body)[0] for body in noisy_windows(6)]

    def fail(*_):
        raise ValueError("bad")

    for seq, window in enumerate(windows):
        if seq == 5:
            monkeypatch.setattr(machines[1].judge, "conclude", fail)
        jobs = [Job(machine, window) for machine in machines]
        judge_all(jobs)
    with pytest.raises(ValueError, match="bad"):
        jobs[1].told()
    judge = make(model, numeric, "host")
    alone = [judge.update(w.counts, w.scale_g) for w in windows][-1]
    assert [jobs[k].told()[0].combined_score for k in (0, 2)] == [pytest.approx(alone.combined_score)] * 2


async def test_boards_that_ask_at_once_each_keep_their_own_evidence(server, two_detectors, noisy_windows):
    await server.client.put("/api/v1/model", two_detectors, "application/json")
    model = model_file.load(two_detectors, numeric)

    def of_board(k):
        for body in noisy_windows(6, spread=20.0 + k, flags=FLAG_OPINION_WANTED):
            (window,) = frames.decode_windows(body)
            window.device_id = bytes([2, 0, 0, 0, 1, k])
            yield bytes(wire.encode_window(window))

    boards = [list(of_board(k)) for k in range(2 * FEW)]
    answers = await asyncio.gather(*(send_all(server, bodies) for bodies in boards))
    for bodies, mine in zip(boards, answers, strict=True):
        assert mine[-1]["combined_score"] == pytest.approx(expected(model, bodies)[-1].combined_score)


async def test_a_backlog_is_judged_beside_the_live_windows_and_disturbs_neither(server, model, noisy_windows):
    bodies = list(noisy_windows(20))
    own = list(as_boards_own(bodies, model, FLAG_LOCAL_SCORE))
    backlog = list(as_boards_own(bodies, model, FLAG_LOCAL_SCORE | FLAG_BACKLOG))
    order = [*own[:6]]
    for k in range(6):
        order += [own[12 + k], backlog[6 + k]]  # as a board sends them after an outage
    answers = {a["seq"]: a for a in await send_all(server, order)}
    judge = make(model, numeric, "board")
    judge_of_live = make(model, numeric, "board")
    windows = [frames.decode_windows(body)[0] for body in bodies]
    combined = [judge.update(w.counts, w.scale_g).combined_score for w in windows[6:12]][-1]
    live = [judge_of_live.update(w.counts, w.scale_g).combined_score for w in windows[12:18]][-1]
    board = {d["device_id"]: d for d in (await server.client.get("/api/v1/devices"))["devices"]}
    assert answers[11]["combined_score"] == pytest.approx(combined)
    assert answers[17]["combined_score"] == pytest.approx(live)
    assert (board["020000000001"]["lost"], board["020000000001"]["last"]["seq"]) == (0, 17)


async def test_an_alert_during_an_outage_is_listed_and_does_not_touch_the_present_one(server, noisy_windows):
    past = FLAG_LOCAL_SCORE | FLAG_BACKLOG
    flags = {9: FLAG_LOCAL_SCORE, 3: past, 4: past | FLAG_ALERT, 5: past | FLAG_ALERT, 6: past}
    for seq, of_window in flags.items():
        answer = await server.send(seq=seq, flags=of_window, timestamp_us=seq * 1_000_000)
        assert answer["alert"] == bool(of_window & FLAG_ALERT)
    (alert,) = (await server.client.get("/api/v1/alerts"))["alerts"]
    assert (alert["seq"], alert["started_us"], alert["ended_us"]) == (4, 4_000_000, 5_000_000)
    (device,) = (await server.client.get("/api/v1/devices"))["devices"]
    assert device["alert"] is False


async def test_an_alert_that_outlasts_the_outage_is_one(server):
    past = FLAG_LOCAL_SCORE | FLAG_BACKLOG
    now = FLAG_LOCAL_SCORE | FLAG_ALERT
    flags = {6: now, 7: now, 3: past, 4: past | FLAG_ALERT, 5: past | FLAG_ALERT, 8: now}
    for seq, of_window in flags.items():
        await server.send(seq=seq, flags=of_window, timestamp_us=seq * 1_000_000)
    (alert,) = (await server.client.get("/api/v1/alerts"))["alerts"]
    assert (alert["seq"], alert["started_us"], alert["ended_us"]) == (4, 4_000_000, None)


async def test_pages_hear_of_a_late_alert_and_ask_anew_when_it_is_joined(server):
    past = FLAG_LOCAL_SCORE | FLAG_BACKLOG | FLAG_ALERT
    await server.send(seq=6, flags=FLAG_LOCAL_SCORE | FLAG_ALERT)
    with server.app[EVENTS].subscribe("alert") as subscription:
        for seq in (4, 5):
            await server.send(seq=seq, flags=past, timestamp_us=seq * 1_000_000)
        heard = await subscription.take()
    assert [event.kind for event in heard] == ["alert", "alert", "resync"]
    assert [event.data.get("ended_us") for event in heard] == [4_000_000, 5_000_000, None]


async def test_a_late_window_is_not_shown_as_the_newest(server):
    await server.send(seq=9)
    with server.app[EVENTS].subscribe("window", "board") as subscription:
        await server.send(seq=3, flags=FLAG_BACKLOG)
        (event,) = await subscription.take()
    assert (event.kind, event.data["last"]["seq"], event.data["windows"]) == ("board", 9, 2)


async def test_a_backlog_from_before_a_recording_does_not_belong_to_it(server):
    await server.send(seq=9)
    recording = await server.client.post("/api/v1/recordings", {"condition": "normal", "windows": 2})
    started_us = recording["started_us"]
    for seq, timestamp_us in ((3, started_us - 1), (4, 0), (5, started_us + 1)):
        await server.send(seq=seq, flags=FLAG_BACKLOG, timestamp_us=timestamp_us)
    assert {w["seq"] for w in await server.stored() if w["recording"]} == {5}


@pytest.mark.parametrize("back", [FLAG_LOCAL_SCORE | FLAG_ALERT, FLAG_LOCAL_SCORE], ids=["on", "over"])
async def test_an_alert_from_before_the_outage_is_not_listed_again(server, back):
    now, past = FLAG_LOCAL_SCORE | FLAG_ALERT, FLAG_LOCAL_SCORE | FLAG_BACKLOG | FLAG_ALERT
    flags = {**dict.fromkeys(range(4), now), 10: back, **dict.fromkeys(range(4, 10), past)}
    for seq, of_window in flags.items():
        await server.send(seq=seq, flags=of_window, timestamp_us=1_000_000 * (1 + seq))
    (alert,) = (await server.client.get("/api/v1/alerts"))["alerts"]
    assert (alert["seq"], alert["ended_us"] is None) == (0, bool(back & FLAG_ALERT))
