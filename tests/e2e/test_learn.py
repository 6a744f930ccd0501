"""A board with no model learns over the network, and alerts; a model spoilt on the way changes nothing."""

import json
import signal
import subprocess
import urllib.request

import numpy as np
import pytest
from judder.simulation import FanOptions, simulate

from tests.asking import device_on, status_of
from tests.board.bench import make_board, wait_for
from tests.device.board import fan
from tests.e2e.house import FACTOR, JUDDER, judder, sentence_and_hint, write_config, write_model
from tests.host.test_serve_process import serving

DEVICE_ID = "0200000000d4"
LED = 13


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Yield (board, server's port, its data folder): the board has Judder on it and no model."""
    folder = tmp_path_factory.mktemp("learn")
    samples = np.rint(fan(seconds=240.0) * 4096).astype("<i2").tobytes()
    with (
        serving(folder / "data") as (port, _),
        make_board(folder / "board", samples, device_id=DEVICE_ID, factor=FACTOR) as board,
    ):
        shaking = simulate(FanOptions(seconds=30, imbalance=5, sample_rate_hz=250, range_g=2, seed=7))
        np.rint(shaking.in_g() * 4096).astype("<i2").tofile(board.folder / "shaking.i16")
        config = write_config(folder / "attic.json", port, name="attic fan")
        run = judder("deploy", "--port", board.port, "--config", config)
        assert run.returncode == 0, run.stderr
        yield board, port, folder / "data"


def learn(port, *arguments):
    run = judder("learn", "--server", f"http://127.0.0.1:{port}", "--json", *arguments)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def led(board):
    states = [value for _, pin, value in board.pins() if pin == LED]
    return bool(states and states[-1])


def send(method, port, path, document):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        json.dumps(document).encode(),
        {"Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_a_board_learns_in_one_command(house):
    _, port, _ = house
    learned = learn(port, "attic fan", "--windows", "150")
    assert learned["state"] == "done" and learned["model_id"].startswith("attic-fan-")
    assert any("1/week" in sentence for sentence in learned["warnings"])
    status = status_of(port, DEVICE_ID)
    assert (status["model_id"], status["model_error"]) == (learned["model_id"], None)
    wait_for(lambda: device_on(port)["state"] == "normal")


def test_what_it_learned_alerts(house):
    board, _, _ = house
    assert not led(board)
    board.change_world(signal="shaking.i16")
    wait_for(lambda: led(board))
    board.change_world(signal="signal.i16")
    wait_for(lambda: not led(board))


def test_a_model_that_comes_spoilt_leaves_the_one_before(house, tmp_path):
    _, port, data = house
    before = status_of(port, DEVICE_ID)
    other = write_model(tmp_path / "other.judder.json").read_bytes()
    url = f"http://127.0.0.1:{port}/api/v1/models"
    with urllib.request.urlopen(urllib.request.Request(url, other, method="POST")) as answer:
        model_id = json.load(answer)["model_id"]
    (data / "models" / f"{model_id}.judder.json").write_bytes(other[:-1] + b" ")
    send("PATCH", port, f"/api/v1/devices/{DEVICE_ID}", {"model": model_id, "anyway": True})
    error = wait_for(lambda: device_on(port)["order"]["error"])
    assert "what came is not" in error
    after = wait_for(lambda: (s := status_of(port, DEVICE_ID))["boot_id"] != before["boot_id"] and s)
    assert after["model_id"] == before["model_id"]


def test_what_it_learns_can_be_given_up(house):
    _, port, _ = house
    url = f"http://127.0.0.1:{port}"
    send("POST", port, f"/api/v1/devices/{DEVICE_ID}/learn", {"windows": 100_000})
    run = judder("learn", "--stop", "--server", url)
    assert run.returncode == 0 and "gave up learning; it runs attic-fan-" in run.stdout
    assert "is not learning" in sentence_and_hint(judder("learn", "--stop", "--server", url))


def test_it_learns_its_new_mounting_without_being_named(house):
    board, port, _ = house
    before = status_of(port, DEVICE_ID)["model_id"]
    turned = np.rint(fan(seconds=240.0, seed=3)[:, [1, 2, 0]] * 4096).astype("<i2")
    turned.tofile(board.folder / "turned.i16")
    board.change_world(signal="turned.i16")
    wait_for(lambda: device_on(port)["mounting_changed"])  # at whatever level
    begun = subprocess.Popen([JUDDER, "learn", "--windows", "150", "--server", f"http://127.0.0.1:{port}"])
    wait_for(lambda: (device_on(port)["learning"] or {}).get("state") == "recording")
    begun.send_signal(signal.SIGINT)
    assert begun.wait(timeout=30) == 130
    learned = learn(port)  # which follows it
    assert learned["model_id"] != before
    wait_for(lambda: device_on(port)["state"] == "normal")
    assert device_on(port)["level"] == "normal"  # the turned sensor's alarm ends; pins.log has no restart's 0
    wait_for(lambda: status_of(port, DEVICE_ID)["alert"] is False)


def test_a_model_is_put_on_it_in_one_command_and_passes_its_trial(house):
    board, port, data = house
    board.change_world(signal="signal.i16")
    first, *_ = sorted((data / "models").glob("attic-fan-*"), key=lambda file: file.stat().st_mtime)
    model_id = first.name.removesuffix(".judder.json")
    run = judder("put", model_id, "--anyway", "--server", f"http://127.0.0.1:{port}")
    assert run.returncode == 0 and f"attic fan: runs {model_id}" in run.stdout, run.stderr
    assert "it would have alarmed in" in run.stderr.replace(model_id, "it")
    assert status_of(port, DEVICE_ID)["model_id"] == model_id


def test_a_model_that_alarms_at_once_is_taken_back(house, tmp_path):
    board, port, _ = house
    before = status_of(port, DEVICE_ID)["model_id"]
    other = write_model(tmp_path / "other.judder.json")
    run = judder("put", other, "--anyway", "--server", f"http://127.0.0.1:{port}", "--no-wait")
    assert run.returncode == 0, run.stderr
    wait_for(lambda: status_of(port, DEVICE_ID)["model_id"] != before)
    board.change_world(signal="shaking.i16")
    order = wait_for(lambda: (found := device_on(port)["order"]) and found["why"] and found)
    assert order["model_id"] == before and "alarmed within" in order["why"]
    wait_for(lambda: status_of(port, DEVICE_ID)["model_id"] == before)
    board.change_world(signal="signal.i16")
