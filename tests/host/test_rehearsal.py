"""A model is checked whole before it is kept: what passes judges whatever a sensor sends, and can alarm."""

import copy
import json
from array import array
from pathlib import Path

import numpy as np
import pytest
from judder.model.rehearsal import check_whole
from judder.server.services.machine import Machine
from judder_core import judge as judges
from judder_core import numeric
from judder_core.decision import ALARM
from judder_core.errors import ModelError

DATA = Path(__file__).parents[1] / "data"
MODELS = {"v1": DATA / "v1" / "mad.judder.json", "v1 with two": DATA / "v1" / "two.judder.json"}
ODD = (0, -1, 1e300, -1e300, float("nan"), float("inf"), "x", "", None, [], {}, True, 10**30)


@pytest.fixture(params=[*MODELS, "v2"])
def data(request, model_data):
    return MODELS[request.param].read_bytes() if request.param in MODELS else model_data


def places(part, path=()):
    """Yield the path of every value of a document; of a list, of its first two."""
    if path:
        yield path
    found = part.items() if isinstance(part, dict) else enumerate(part[:2]) if isinstance(part, list) else ()
    for key, value in found:
        yield from places(value, (*path, key))


def spoiled(data, path, value):
    document = json.loads(data)
    part = document
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return json.dumps(document).encode()


def odd_windows(window_len):
    rng = np.random.default_rng(3)
    yield from (rng.integers(-3000, 3000, 3 * window_len) for _ in range(6))
    yield from (np.zeros(3 * window_len), np.full(3 * window_len, 32767))


def test_a_good_model_passes(data):
    assert check_whole(data).model_id


@pytest.mark.filterwarnings("error")
def test_what_passes_with_an_odd_value_judges_odd_windows(data):
    rng = np.random.default_rng(0)
    spots = list(places(json.loads(data)))
    refused = passed = 0
    for path in [spots[k] for k in rng.permutation(len(spots))[:16]]:
        for value in ODD:
            try:
                model = check_whole(spoiled(data, path, copy.deepcopy(value)))
            except ModelError as error:
                assert error.hint
                refused += 1
                continue
            passed += 1
            judge_all(model)
    assert refused > passed > 0


def judge_all(model):
    for detector in model.detectors:
        machine = Machine(judges.make(model, numeric, "host", detector), model.decision())
        for counts in odd_windows(model.window_len):
            verdict = machine.judge.update(array("h", counts.astype(np.int16).tobytes()), 1 / 4096)
            machine.decision.take(verdict)
            json.dumps(vars(verdict), allow_nan=False)


def test_more_than_a_board_takes_is_refused(data):
    with pytest.raises(ModelError, match="boards take 20000"):
        check_whole(data + b" " * 20_000)


def test_one_that_never_alarms_is_refused(model_data):
    deaf = spoiled(model_data, ("detectors", 0, "thresholds", "alarm"), 9e5)
    with pytest.raises(ModelError, match="never alarms"):
        check_whole(deaf)


def test_a_strong_fault_is_an_alarm_by_every_model_that_passes(model_data):
    model = check_whole(model_data)
    judge, decision = judges.make(model, numeric, "host"), model.decision()
    rng = np.random.default_rng(9)
    for _ in range(20):
        counts = rng.integers(-8000, 8000, 3 * model.window_len).astype(np.int16)
        level = decision.take(judge.update(array("h", counts.tobytes()), 1 / 4096))
    assert level == ALARM


async def test_the_server_keeps_no_model_that_fails(server, model_data):
    deaf = spoiled(model_data, ("detectors", 0, "thresholds", "alarm"), 9e5)
    status, answer = await server.ask("POST", "/api/v1/models", data=deaf)
    assert status == 400 and "never alarms" in answer["error"]
    assert (await server.client.get("/api/v1/models"))["models"] == []


async def test_a_file_that_is_not_what_it_is_called_is_left_out(start_server, model_data, tmp_path):
    folder = tmp_path / "data" / "models"
    folder.mkdir(parents=True)
    (folder / "fan-00000000.judder.json").write_bytes(model_data)
    server = await start_server()
    assert (await server.client.get("/api/v1/models"))["models"] == []
