"""Verdicts and alerts: whose they are, and that a bad model never replaces a good one."""

import base64
import json
import math
import re
import struct

import pytest
from core.test_autoencoder import WRONG, document
from judder.data import frames
from judder.errors import JudderError
from judder.model.encoding import encode
from judder.server.api.keys import MODELS
from judder_core import wire
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE, FLAG_OPINION_WANTED

KIND = "application/json"


async def send_all(server, bodies):
    return [await server.client.send("/api/v1/windows", body, wire.CONTENT_TYPE) for body in bodies]


async def test_the_host_judges_where_the_board_asks(server, model_data, noisy_windows):
    await server.client.put("/api/v1/model", model_data, KIND)
    answers = await send_all(server, noisy_windows(30, spread=60.0, flags=FLAG_OPINION_WANTED))
    assert all(a["judged_by"] == "host" and a["score"] > a["threshold"] for a in answers)
    assert [a["alert"] for a in answers] == [False] * 4 + [True] * 26  # five windows are the evidence
    assert all(a["combined_score"] > a["combined_threshold"] for a in answers[4:])
    (alert,) = (await server.client.get("/api/v1/alerts"))["alerts"]
    assert (alert["seq"], alert["ended_us"]) == (4, None)


async def test_what_is_odd_is_said_with_the_window_the_board_and_the_alert(server, model_data, noisy_windows):
    await server.client.put("/api/v1/model", model_data, KIND)
    answers = await send_all(server, noisy_windows(6, spread=60.0, flags=FLAG_OPINION_WANTED))
    assert all(re.fullmatch(r"[xyz]: energy at \d+-\d+ Hz [\d.]+x normal", a["why"]) for a in answers)
    (device,) = (await server.client.get("/api/v1/devices"))["devices"]
    assert device["last"]["why"] == answers[5]["why"]
    (alert,) = (await server.client.get("/api/v1/alerts"))["alerts"]
    assert (alert["seq"], alert["why"]) == (4, answers[4]["why"])


async def test_a_normal_verdict_needs_no_words(server, model_data, noisy_windows):
    await server.client.put("/api/v1/model", model_data, KIND)
    answers = await send_all(server, noisy_windows(30, seed=50, flags=FLAG_OPINION_WANTED))
    normal = [a for a in answers if a["state"] == "normal" and not a["anomaly"]]
    assert normal and all(a["why"] is None for a in normal)


async def test_what_drove_the_boards_own_verdict_is_said_too(server, model_data, noisy_windows):
    model_id = (await server.client.post("/api/v1/models", json.loads(model_data)))["model_id"]
    judged = dict(flags=FLAG_LOCAL_SCORE, local_score=99.0, model_hash=bytes.fromhex(model_id[-8:]))
    (answer,) = await send_all(server, noisy_windows(1, spread=60.0, **judged))
    assert (answer["judged_by"], answer["anomaly"]) == ("board", True)
    assert answer["why"].endswith("x normal")


async def test_a_single_odd_window_is_explained_by_itself(server, model_data, noisy_windows):
    await server.client.put("/api/v1/model", model_data, KIND)
    await send_all(server, list(noisy_windows(10, seed=70, flags=FLAG_OPINION_WANTED)))
    (window,) = frames.decode_windows(list(noisy_windows(11, seed=70, flags=FLAG_OPINION_WANTED))[10])
    for k in range(64):
        window.counts[3 * k + 1] += round(200 * math.sin(2 * math.pi * k * 60 / 250))
    (odd,) = await send_all(server, [bytes(wire.encode_window(window))])
    axis, low_hz, high_hz = re.match(r"(.): energy at (\d+)-(\d+) Hz", odd["why"]).groups()
    assert axis == "y" and int(low_hz) <= 60 <= int(high_hz)


async def test_a_bumped_window_is_neither_an_anomaly_nor_evidence(server, model_data, noisy_windows):
    await server.client.put("/api/v1/model", model_data, KIND)
    quiet = list(noisy_windows(12, seed=70, flags=FLAG_OPINION_WANTED))
    answers = await send_all(server, quiet[:10])
    (window,) = frames.decode_windows(quiet[10])
    for k in range(0, 96, 3):
        window.counts[k] += 800  # half the window is 0.4 g off
    (bumped,) = await send_all(server, [bytes(wire.encode_window(window))])
    assert (bumped["state"], bumped["anomaly"], bumped["alert"]) == ("disturbed", False, False)
    assert bumped["score"] > bumped["threshold"]
    assert bumped["combined_score"] == answers[-1]["combined_score"]
    assert re.match(r"x: energy at 2-10 Hz", bumped["why"])  # the lowest band holds a step's energy


async def test_an_alert_ends_when_the_machine_is_normal_again(server, model_data, noisy_windows):
    await server.client.put("/api/v1/model", model_data, KIND)
    await send_all(server, noisy_windows(8, spread=60.0, flags=FLAG_OPINION_WANTED))
    await send_all(server, noisy_windows(20, seed=50, flags=FLAG_OPINION_WANTED))
    (alert,) = (await server.client.get("/api/v1/alerts"))["alerts"]
    assert alert["ended_us"] > alert["started_us"]


async def test_the_boards_own_verdict_stands_where_it_does_not_ask(server, model_data):
    model_id = (await server.client.post("/api/v1/models", json.loads(model_data)))["model_id"]
    model = server.app[MODELS].known(bytes.fromhex(model_id[-8:]))
    answer = await server.send(flags=FLAG_LOCAL_SCORE, local_score=99.0, model_hash=model.model_hash)
    assert (answer["judged_by"], answer["model_id"], answer["score"]) == ("board", model_id, 99.0)
    assert answer["p_value"] == pytest.approx(1 / (model.detectors[0].window_calibration.windows + 1))


async def test_the_boards_alarm_is_an_alert_whatever_model_it_runs(server):
    await server.send(seq=0, flags=FLAG_LOCAL_SCORE | FLAG_ALERT)
    (alert,) = (await server.client.get("/api/v1/alerts"))["alerts"]
    assert alert["judged_by"] == "board"


async def test_one_window_the_board_could_not_judge_does_not_end_its_alert(server, model_data, noisy_windows):
    await server.client.put("/api/v1/model", model_data, KIND)
    judged, unjudged = FLAG_LOCAL_SCORE | FLAG_ALERT, FLAG_OPINION_WANTED | FLAG_ALERT
    by_flags = {flags: list(noisy_windows(5, flags=flags)) for flags in (judged, unjudged)}
    flags = [judged, judged, unjudged, judged, judged]
    answers = await send_all(server, [by_flags[each][seq] for seq, each in enumerate(flags)])
    assert answers[2]["judged_by"] == "host" and all(a["alert"] for a in answers)
    (alert,) = (await server.client.get("/api/v1/alerts"))["alerts"]
    assert (alert["seq"], alert["ended_us"]) == (0, None)


def change_weights(data, value):
    document = json.loads(data)
    size = len(base64.b64decode(document["modes"][0]["mean"])) // 4
    document["modes"][0]["mean"] = base64.b64encode(struct.pack("<f", value) * size).decode()
    return json.dumps(document).encode()


BAD_MODELS = {
    "NaN weights": lambda data: change_weights(data, math.nan),
    "wrong shape": lambda data: data.replace(b'"set":"directional"', b'"set":"mad"'),
    "truncated": lambda data: data[:-100],
    "other version": lambda data: data.replace(b'"version":2', b'"version":3'),
    "not a model": lambda data: b'{"format": "other"}',
    "golden check fails": lambda data: change_threshold_of_golden(data),
    "a path for a name": lambda data: change(data, "name", "../../escaped"),
    "no string for a name": lambda data: change(data, "name", 7),
    "a long name": lambda data: change(data, "name", "x" * 300),
    "no detector": lambda data: change(data, "detectors", []),
    "no rate": lambda data: change(data, "signal", "sample_rate_hz", 0),
    "a rate that is no number": lambda data: change(data, "signal", "sample_rate_hz", math.nan),
    "no window": lambda data: change(data, "signal", "window_len", 0),
    "no evidence": lambda data: change(data, "metrics", 0, "windows", 0),
    "endless evidence": lambda data: change(data, "metrics", 0, "windows", 10**9),
    "a huge number": lambda data: change(data, "metrics", 0, "windows", 10**400),
    "half a pose": lambda data: change(data, "pose", "mean", [1.0]),
    "a wrong grey zone": lambda data: change(data, "detectors", 0, "grey_zone", "ab"),
    "nested too deeply": lambda data: b"[" * 100_000,
}


def change(data, *path_and_value):
    *path, last, value = path_and_value
    document = part = json.loads(data)
    for key in path:
        part = part[key]
    part[last] = value
    return json.dumps(document).encode()


def change_threshold_of_golden(data):
    document = json.loads(data)
    document["golden"][0]["score"] *= 1.01
    return json.dumps(document).encode()


@pytest.mark.parametrize("spoil", BAD_MODELS.values(), ids=BAD_MODELS)
async def test_a_bad_model_is_refused_and_the_old_one_stays(server, model_data, spoil):
    before = await server.client.put("/api/v1/model", model_data, KIND)
    with pytest.raises(JudderError) as caught:
        await server.client.put("/api/v1/model", spoil(model_data), KIND)
    assert caught.value.hint and str(caught.value).count(". ") == 0 and str(caught.value).endswith(".")
    assert (await server.client.get("/api/v1/model"))["model_id"] == before["model_id"]


@pytest.mark.parametrize("parameters", [parameters for parameters, _ in WRONG.values()], ids=WRONG)
async def test_a_bad_autoencoder_is_refused_and_the_old_model_stays(server, model_data, parameters):
    before = await server.client.put("/api/v1/model", model_data, KIND)
    with pytest.raises(JudderError) as caught:
        await server.client.put("/api/v1/model", encode(document(**parameters)), KIND)
    assert caught.value.hint is not None
    assert (await server.client.get("/api/v1/model"))["model_id"] == before["model_id"]


async def test_the_model_in_service_survives_the_server(start_server, model_data):
    first = await start_server()
    model_id = (await first.client.put("/api/v1/model", model_data, KIND))["model_id"]
    await first.stop()
    second = await start_server()
    assert (await second.client.get("/api/v1/model"))["model_id"] == model_id


@pytest.mark.parametrize("damaged", ["current", "*.judder.json"])
async def test_a_server_whose_model_in_service_was_damaged_starts_without(
    start_server, model_data, damaged, tmp_path
):
    first = await start_server()
    await first.client.put("/api/v1/model", model_data, KIND)
    await first.stop()
    (file,) = (tmp_path / "data" / "models").glob(damaged)
    file.write_bytes(b"")
    second = await start_server()
    assert (await second.ask("GET", "/api/v1/model"))[0] == 404


async def test_a_status_report_is_kept_and_answered_with_the_time(server):
    answer = await server.client.post(
        "/api/v1/devices/020000000001/status", {"name": "attic", "state": "watching"}
    )
    assert answer["record"] is False and answer["server_time_us"] > 1.7e15
    (device,) = (await server.client.get("/api/v1/devices"))["devices"]
    assert device["status"]["name"] == "attic"
