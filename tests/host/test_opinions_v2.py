"""The host's opinion by a model of version 2: its judge's own, for many machines in one pass; its words."""

import json
import re
from array import array

import numpy as np
import pytest
from judder.engine import numeric_rows
from judder.server.services.judging import judge_all
from judder.server.services.machine import Job, Machine
from judder_core import model_file, numeric, wire
from judder_core.decision import Verdict
from judder_core.judge import make
from judder_core.window import FLAG_LOCAL_SCORE, FLAG_OPINION_WANTED, Window

from tests import machine_v2, models_v2

RATE_HZ = 250.0
NUMBERS = ("score", "combined_score", "alarm_score", "p_value")
WORDS = ("level", "state", "mode", "mounting_changed")


@pytest.fixture(scope="module")
def data():
    """Return the bytes of a model of three speeds, with an autoencoder for the host."""
    return models_v2.encode(machine_v2.document("directional", metrics=models_v2.LONG_METRICS))


@pytest.fixture(scope="module")
def model(data):
    return model_file.load(data, numeric)


def as_window(counts, seq, flags=FLAG_OPINION_WANTED):
    device = bytes.fromhex("020000000001")
    return Window(array("h", counts.tobytes()), machine_v2.SCALE_G, RATE_HZ, device, 1, seq, flags=flags)


def jobs_of(machine, windows):
    return [Job(machine, as_window(counts, seq)) for seq, counts in enumerate(windows)]


@pytest.mark.parametrize("which", [0, 1], ids=["mahalanobis", "autoencoder"])
def test_many_machines_in_one_pass_get_the_verdicts_of_their_judges(model, which):
    machines = [
        Machine(make(model, numeric_rows, "host", model.detectors[which]), model.decision()) for _ in "abc"
    ]
    fates = [[*machine_v2.eventful(150, seed), *windows(3, speed=None)] for seed in range(3)]
    found = [jobs_of(machine, fate) for machine, fate in zip(machines, fates, strict=True)]
    judge_all([job for turn in zip(*found, strict=True) for job in turn])
    states = set()
    for fate, jobs in zip(fates, found, strict=True):
        judge = make(model, numeric, "host", model.detectors[which])
        for seq, (counts, job) in enumerate(zip(fate, jobs, strict=True)):
            judge.follow(1, seq)
            verdict, expected = job.verdict, judge.update(array("h", counts.tobytes()), machine_v2.SCALE_G)
            for name in WORDS:
                assert getattr(verdict, name) == getattr(expected, name)
            for name in NUMBERS:  # the two engines' sums are rounded in another order
                one, other = getattr(verdict, name), getattr(expected, name)
                assert (one is None) == (other is None) and (
                    one is None or one == pytest.approx(other, rel=1e-5)
                )
            states.add(verdict.state)
    assert states >= {"normal", "notice", "alarm", "disturbed", "standstill"}


async def send(server, windows, first=0):
    for seq, counts in enumerate(windows, first):
        body = bytes(wire.encode_window(as_window(counts, seq)))
        yield await server.client.send("/api/v1/windows", body, wire.CONTENT_TYPE)


@pytest.fixture
async def serving(start_server, tmp_path):
    """Return a server that judges by the Mahalanobis detector."""
    document = json.loads(json.dumps(machine_v2.document("directional")))
    document["detectors"] = document["detectors"][:1]
    path = tmp_path / "machine.judder.json"
    path.write_bytes(models_v2.encode(document))
    return await start_server(model=path)


def windows(number, speed="middle", seed=5, **more):
    rng = np.random.default_rng(seed)
    return [machine_v2.window(rng, speed, **more) for _ in range(number)]


async def test_the_answer_has_the_scores_of_both_levels_and_the_name_of_the_mode(serving):
    *_, last = [answer async for answer in send(serving, windows(8))]
    assert (last["level"], last["state"], last["mode"]) == ("normal", "normal", "middle")
    assert last["combined_score"] < last["combined_threshold"] == 8.0
    assert last["alarm_score"] < last["alarm_threshold"] == 10.0


async def test_a_fault_is_an_alarm_that_says_what_grew(serving):
    *_, last = [answer async for answer in send(serving, windows(8, fault=3.0))]
    assert (last["level"], last["window_level"], last["alert"]) == ("alarm", "alarm", True)
    assert re.fullmatch(r"[xyz]: energy at [\d.]+-[\d.]+ Hz [\d.]+x normal", last["why"])
    (alert,) = (await serving.client.get("/api/v1/alerts"))["alerts"]
    assert alert["level"] == "alarm" and alert["why"]


async def test_a_machine_that_stands_still_is_not_judged_and_keeps_its_level(serving):
    faulty = [answer async for answer in send(serving, windows(8, fault=3.0))]
    still = [answer async for answer in send(serving, windows(12, speed=None), first=8)]
    assert faulty[-1]["level"] == "alarm"
    assert {(a["state"], a["level"], a["window_level"], a["why"]) for a in still} == {
        ("standstill", "alarm", None, None)
    }
    assert all(answer["combined_score"] is None for answer in still)


async def test_a_sensor_that_is_stuck_is_a_fault_of_the_sensor_and_no_machine_at_rest(serving):
    stuck = np.broadcast_to(windows(1)[0][:1], (8, machine_v2.WINDOW_LEN, 3)).copy()
    answers = [answer async for answer in send(serving, stuck)]
    assert "standstill" not in {answer["state"] for answer in answers}
    (board,) = (await serving.client.get("/api/v1/devices"))["devices"]
    assert (answers[-1]["level"], board["state"]) == ("alarm", "sensor fault")


async def test_a_machine_that_runs_shortly_alarms_over_its_rests(serving):
    short = [*windows(3, fault=3.0), *windows(2, speed=None)]
    answers = [answer async for answer in send(serving, np.stack(short * 6))]
    assert answers[-1]["level"] == "alarm" and answers[-1]["state"] == "standstill"


async def test_a_frame_that_names_no_mode_of_the_model_is_taken_in_without_one(serving, tmp_path):
    loaded = model_file.load((tmp_path / "machine.judder.json").read_bytes(), numeric)
    window = as_window(windows(1)[0], 0, FLAG_LOCAL_SCORE)
    window.verdict, window.level, window.model_hash = Verdict(1.0, 9.0, "board", None), 0, loaded.model_hash
    window.verdict.mode = 254
    body = bytes(wire.encode_window(window))
    answer = await serving.client.send("/api/v1/windows", body, wire.CONTENT_TYPE)
    assert (answer["model_id"], answer["mode"]) == (loaded.model_id, None)
