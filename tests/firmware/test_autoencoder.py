"""An autoencoder from training to buzzer, against CPython.

`judder` trains and exports it; the unmodified sketch judges by the real TensorFlow Lite Micro.
"""

import re

import numpy as np
import pytest
from judder.cli.app import app
from judder.data import npz
from judder.errors import JudderError
from judder.export.network import prepare, spread
from judder.model.files import stand_in
from judder.model.model import Model
from judder.model.runtimes import run_tflm
from typer.testing import CliRunner

from tests.firmware.fans import fan, recording
from tests.firmware.served import watch_an_anomaly_come_and_go
from tests.firmware.sketch import BUZZER, Sketch, compile_board, link_sketch, write_signals
from tests.firmware.tflm import need_tflm

tflite_micro = pytest.importorskip("tflite_micro", reason="There is no tflite-micro for this platform.")
pytest.importorskip("tensorflow", reason="The extra is not installed: make install")

INT8_OFF = 0.2
"""By how much int8 may change a score, about 5 of a normal window: gain = 2 times the length by which the
reconstruction is off. Rounding to 255 steps of 16 has a deviation of .018, which the network halves, and the
outputs' own is about .01: over 27 of them together .07. The largest of 2,000 windows was .10 (2026-11)."""


def judder(*words):
    result = CliRunner().invoke(app, [*map(str, words)])
    assert result.exit_code == 0, result.exception


def export(model, out, *words):
    judder("export", model, "--to", "arduino", "--out", out, *words)
    return out


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Return a folder with ae.judder.json, two.judder.json of both detectors, and the signals."""
    folder = tmp_path_factory.mktemp("autoencoder")
    npz.write([recording(fan(400, seed=1))], folder / "fan.npz")
    train = ["train", "--data", folder / "fan.npz", "--normal", "normal", "--out"]
    judder(*train, folder / "ae.judder.json", "--detector", "autoencoder", "--seeds", 2)
    judder(*train, folder / "fan.judder.json")
    judder(*train, folder / "two.judder.json", "--add-to", folder / "fan.judder.json", "--seeds", 1)
    write_signals(folder)
    return folder


@pytest.fixture(scope="module")
def board_objects(tmp_path_factory):
    return compile_board(tmp_path_factory.mktemp("board"), *need_tflm()[:3])


@pytest.fixture
def link(board_objects, tmp_path):
    """Return a function that makes a sketch of the headers in a folder."""
    return lambda folder: link_sketch(folder, board_objects, *need_tflm())


def network_in(header):
    """Return the bytes of the .tflite in a model_data.h."""
    (digits,) = re.findall(r"kNetworkBytes\[\d+\] = \{([^}]*)\}", header.read_text())
    return bytes(map(int, digits.split(",")))


def test_in_float32_every_verdict_is_cpythons_and_the_buzzer_sounds_for_the_anomaly(home, link, tmp_path):
    model = home / "ae.judder.json"
    sketch = link(export(model, tmp_path / "headers", "--float32"))
    windows, stored, _ = watch_an_anomaly_come_and_go(sketch, model, tmp_path)
    expected = Model.load(model).score(stored)
    assert [window["score"] for window in windows] == pytest.approx(expected.score, rel=1e-5)
    assert [bool(window["flags"] & 32) for window in windows] == expected.alert.tolist()
    assert {True, False} == set(expected.alert.tolist())


def test_in_int8_scores_are_tflms_wheels_and_every_alert_is_cpythons(home, link, tmp_path):
    model = home / "ae.judder.json"
    headers = export(model, tmp_path / "headers")
    windows, stored, _ = watch_an_anomaly_come_and_go(link(headers), model, tmp_path)
    found = np.array([window["score"] for window in windows])
    file = Model.load(model)
    expected = file.score(stored)
    assert [bool(window["flags"] & 32) for window in windows] == expected.alert.tolist()
    assert found == pytest.approx(expected.score, abs=INT8_OFF)
    network = network_in(headers / "model_data.h")
    stand_in(file.detector, lambda rows: run_tflm(network, rows))
    by_wheel = file.score(stored).score
    # An input on the border of two steps goes either way in float32: one window in hundreds.
    assert np.isclose(found, by_wheel, rtol=1e-5).mean() > 0.9


def test_only_an_input_between_two_steps_of_int8_widens_the_boards_check(home):
    detector = Model.load(home / "ae.judder.json").detector
    size = len(detector.layers[-1].bias)
    network = prepare(detector, float32=False)
    interpreter = tflite_micro.runtime.Interpreter.from_bytes(network.tflite, arena_size=1 << 16)
    (step,) = interpreter.get_input_details(0)["quantization_parameters"]["scales"]
    z = step * (np.arange(size) % 7.0)
    assert spread(network, z) == 0
    z[3] += 0.5 * step
    rows = z + 0.01 * step * np.outer([0, 1, -1], np.arange(size) == 3)
    here, above, below = np.linalg.norm(z - run_tflm(network.tflite, rows), axis=1)
    assert abs(above - below) > 0 and spread(network, z) == pytest.approx(abs(above - below) / here)


@pytest.mark.parametrize("kind", ["mahalanobis", "autoencoder"])
def test_of_two_detectors_either_is_exported_and_passes_the_selftest(home, link, tmp_path, kind):
    headers = export(home / "two.judder.json", tmp_path, "--detector", kind)
    file = Model.load(home / "two.judder.json", kind)
    with Sketch(link(headers), task="selftest", protocol="none") as running:
        running.wait_for("selftest: passed")
        used = re.findall(r"takes (\d+) of (\d+) bytes of arena", running.output)
        assert running.pins(BUZZER) == [0, 1, 0]
        assert f"threshold {file.detector.threshold:.6g}" in running.output
    assert len(used) == (kind == "autoencoder")
    assert all(int(some) <= int(all_) for some, all_ in used)


def test_a_detector_that_the_model_lacks_is_refused_with_those_it_has(home, tmp_path):
    words = ["export", home / "fan.judder.json", "--to", "arduino", "--out", tmp_path]
    error = CliRunner().invoke(app, [*map(str, words), "--detector", "autoencoder"]).exception
    assert isinstance(error, JudderError) and "has no detector autoencoder" in str(error)
    assert "mahalanobis" in error.hint and not list(tmp_path.iterdir())
