"""The judge of one machine by a model of version 1, on real MicroPython and vectorised on the host."""

import functools
import json
from array import array

import numpy as np
import pytest
from core import single_engine
from core.micropython import MICROPYTHON, MICROPYTHON32, run_micropython
from judder.data.recording import make_recording
from judder.data.windows import cut_windows
from judder.engine import numeric_numpy
from judder.model.scoring import score_windows
from judder_core import model_file
from judder_core.judge import make
from judder_node import numeric_ulab

from tests import models_v1
from tests.device.board import SCRIPTS, fan
from tests.two_detectors import add_detector


def recording(samples):
    """Return a recording of samples as an MSA301 at 4 g sees them."""
    grid = np.rint(samples * 2048) / 2048
    return make_recording("normal", "normal", [("0000", grid)], sample_rate_hz=250.0)


SETS = ["mad", "statistics", "spectral", "vibration", "directional"]


@pytest.fixture(scope="module")
def windows():
    """Return windows of a fan that is bumped and then loses its balance."""
    samples = np.concatenate([fan(seconds=12.0, seed=5), fan(imbalance=3.0, seconds=12.0, seed=6)])
    samples[256 * 4 : 256 * 4 + 128] += 0.3  # a bump
    return cut_windows([recording(samples)], 250.0, 256)


@functools.cache
def model_of(feature_set):
    normal = [recording(fan(seconds=410.0))]
    return models_v1.encode(models_v1.document(cut_windows(normal, 250.0, 256), feature_set))


def assert_agrees(found, scored, tolerance):
    """Compare rows of [score, combined score, p-value, state], one a window, to what the host says."""
    combined = [np.nan if row[1] is None else row[1] for row in found]
    assert [row[0] for row in found] == pytest.approx(scored.score, rel=tolerance)
    assert combined == pytest.approx(scored.combined_score, rel=tolerance, nan_ok=True)
    assert [row[2] for row in found] == pytest.approx(scored.p_value, rel=tolerance, abs=tolerance)
    assert [row[3] for row in found] == scored.state.tolist()


# The native engine takes features as float32: 6e-8 of one is up to 1e-4 of its deviation.
ENGINES = ("judder_core.numeric", "judder_node.numeric_native")  # the formula, and what stands in for it
RUNS = {
    "64 bits": (MICROPYTHON, "judder_core.numeric", 1e-6),
    "32 bits": (MICROPYTHON32, "judder_core.numeric", 1e-6),
    "native": (MICROPYTHON, "judder_node.numeric_native", 1e-4),
}


def judged(folder, data, samples, engine, binary=MICROPYTHON):
    """Return [score, combined score, p-value, state] for each window, from real MicroPython."""
    (folder / "m.judder.json").write_bytes(data)
    samples.astype("<i2").tofile(folder / "w.i16")
    arguments = (folder / "m.judder.json", folder / "w.i16", engine)
    paths = ("shared", "device")
    printed = run_micropython(SCRIPTS / "judge.py", *arguments, path=paths, micropython=binary)
    return [json.loads(line) for line in printed.splitlines()]


@pytest.mark.parametrize("feature_set", SETS)
@pytest.mark.parametrize("run", RUNS)
def test_scores_p_values_and_states_are_the_hosts(tmp_path, windows, feature_set, run):
    binary, engine, tolerance = RUNS[run]
    data = model_of(feature_set)
    found = judged(tmp_path, data, windows.samples, engine, binary)
    scored = score_windows(model_file.load(data, numeric_numpy), windows)
    assert_agrees(found, scored, tolerance)
    assert {"normal", "alarm"} <= set(scored.state)


def test_2000_windows_have_the_same_states_on_both_engines(tmp_path):
    faulty = [fan(imbalance=1.0 + k / 4, seconds=410.0, seed=k) for k in range(5)]
    windows = cut_windows([recording(np.concatenate(faulty))], 250.0, 256)
    formula, native = (judged(tmp_path, model_of("vibration"), windows.samples, engine) for engine in ENGINES)
    assert len(native) >= 2000
    assert [row[3] for row in native] == [row[3] for row in formula]
    assert {"normal", "alarm"} <= {row[3] for row in formula}


# Bytes for x64, where a float takes 32 and a pointer 8; a 32-bit board allocates half.
COSTS = {
    "mad": (40e3, 7e3),
    "statistics": (150e3, 16e3),
    "spectral": (250e3, 20e3),
    "vibration": (200e3, 20e3),
    "directional": (200e3, 20e3),
}


@pytest.mark.parametrize("feature_set", COSTS)
def test_a_judged_window_costs_few_bytes_and_native_kernels_a_quarter_of_the_time(
    tmp_path, windows, feature_set
):
    (tmp_path / "m.judder.json").write_bytes(model_of(feature_set))
    windows.samples[0].astype("<i2").tofile(tmp_path / "w.i16")
    files = tmp_path / "m.judder.json", tmp_path / "w.i16"
    printed = run_micropython(SCRIPTS / "engine_cost.py", *files, *ENGINES, path=("shared", "device"))
    formula, native = (json.loads(line) for line in printed.splitlines())
    assert formula["bytes"] <= COSTS[feature_set][0] and native["bytes"] <= COSTS[feature_set][1]
    assert max(formula["free_kb"], native["free_kb"]) <= 20
    if feature_set != "mad":  # whose medians take less than what surrounds them
        assert formula["us"] >= 4 * native["us"]


@pytest.mark.parametrize("feature_set", SETS)
@pytest.mark.parametrize("engine", [single_engine, numeric_ulab], ids=["float32", "ulab stand-in"])
def test_float32_comes_to_the_same_within_a_thousandth(windows, feature_set, engine):
    data = model_of(feature_set)
    judge = make(model_file.load(data, engine), engine, "board")
    verdicts = [judge.update(array("h", w.ravel().tolist()), 1 / 2048) for w in windows.samples]
    found = [[v.score, v.combined_score, v.p_value, v.state] for v in verdicts]
    assert_agrees(found, score_windows(model_file.load(data, numeric_numpy), windows), 1e-3)


@pytest.mark.parametrize(
    "kind, features", [("first", "mad"), ("mahalanobis", "mad"), ("autoencoder", "statistics")]
)
def test_a_board_runs_the_detector_its_config_names_and_forgets_the_other(tmp_path, kind, features):
    model = tmp_path / "m.judder.json"
    model.write_bytes(add_detector(model_of("mad"), model_of("statistics")))
    printed = run_micropython(SCRIPTS / "choose.py", model, kind, path=("shared", "device"))
    assert json.loads(printed) == [features, [features]]
