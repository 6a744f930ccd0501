"""The judge of version 2 against an oracle in NumPy, on each runtime and engine, and on the host."""

import functools
import json
from array import array

import numpy as np
import pytest
from core import single_engine
from core.micropython import MICROPYTHON, MICROPYTHON32, need, run_micropython
from judder.data.recording import make_recording
from judder.data.windows import cut_windows
from judder.engine import numeric_numpy
from judder.model import judging
from judder.model.scoring import score_windows
from judder_core import judge, model_file
from judder_core import numeric as pure
from judder_node import numeric_ulab

from tests import judge_oracle, machine_v2, models_v2, recorded
from tests.device.board import SCRIPTS

FIELDS = ("score", "combined_score", "alarm_score", "level", "state", "mode", "mounting_changed")
NUMBERS = 3  # of FIELDS, the first
FITFUL = "a machine that stops and goes"
RESTLESS = "changing its speed within windows"
DOCUMENTS = {
    "three modes": ({}, 0),
    "longer evidence": ({"metrics": models_v2.LONG_METRICS, "speeds": ("slow", "fast")}, 0),
    "an autoencoder": ({}, 1),
    "features with a direction": ({"feature_set": "directional"}, 0),
    "shared shapes": ({"share": models_v2.with_shared_shapes}, 0),
    "no standstill": ({"standstill_g": None}, 0),
    FITFUL: ({"metrics": models_v2.LONG_METRICS}, 0),
    RESTLESS: ({"feature_set": "directional"}, 0),
}
documents = pytest.mark.parametrize("kind", DOCUMENTS)


STORIES = {FITFUL: machine_v2.fitful, RESTLESS: machine_v2.restless}


@functools.cache
def story(make):
    return make(2000)


@pytest.fixture
def windows(kind):
    return story(STORIES.get(kind, machine_v2.eventful))


def expected_of(kind, windows):
    """Return (the document, the detector's number, what the oracle says of each window)."""
    options, detector = DOCUMENTS[kind]
    document = machine_v2.document(**options)
    return document, detector, judge_oracle.judge_all(document, windows, machine_v2.SCALE_G, detector)


def assert_agrees(found, expected, tolerance=1e-3):
    """Compare rows of FIELDS, one a window, to what the oracle says."""
    for k, name in enumerate(FIELDS):
        column, right = [row[k] for row in found], [said[name] for said in expected]
        if k < NUMBERS:
            column, right = (np.array(numbers, float) for numbers in (column, right))
            assert column == pytest.approx(right, rel=tolerance, abs=1e-6, nan_ok=True), name
        else:
            assert column == right, name


def judged(document, detector, windows, engine):
    """Return rows of FIELDS, from judder_core on CPython."""
    model = model_file.load(models_v2.encode(document), engine)
    one = judge.make(model, engine, "board", model.detectors[detector])
    verdicts = [one.update(array("h", w.ravel().tolist()), machine_v2.SCALE_G) for w in windows]
    return [[getattr(verdict, name) for name in FIELDS] for verdict in verdicts]


def judged_on_micropython(folder, document, detector, windows, engine, binary):
    (folder / "m.judder.json").write_bytes(models_v2.encode(document))
    windows.astype("<i2").tofile(folder / "w.i16")
    arguments = (folder / "m.judder.json", folder / "w.i16", engine, str(detector))
    paths = ("shared", "device")
    printed = run_micropython(SCRIPTS / "verdicts.py", *arguments, path=paths, micropython=binary)
    return [json.loads(line) for line in printed.splitlines()]


def as_windows(windows):
    """Return windows as the host reads them from a recording."""
    samples = windows.reshape(-1, 3) * machine_v2.SCALE_G
    recording = make_recording("machine", "machine", [("0000", samples)], sample_rate_hz=250.0)
    return cut_windows([recording], 250.0, machine_v2.WINDOW_LEN)


@documents
def test_2000_windows_are_judged_as_the_paper_says(windows, kind):
    document, detector, expected = expected_of(kind, windows)
    assert_agrees(judged(document, detector, windows, pure), expected)


def test_the_machine_shows_every_state_and_level():
    _, _, expected = expected_of("three modes", story(machine_v2.eventful))
    states = {said["state"] for said in expected}
    assert states == {"standstill", "disturbed", "normal", "notice", "alarm", "mounting changed"}
    assert {said["mode"] for said in expected} == {None, 0, 1, 2}


@documents
def test_the_host_judges_all_at_once_alike(windows, kind):
    document, detector, expected = expected_of(kind, windows)
    model = model_file.load(models_v2.encode(document), numeric_numpy)
    scored = score_windows(model, as_windows(windows), model.detectors[detector])
    names = [mode["name"] for mode in document["modes"]]
    assert scored.score == pytest.approx([said["score"] for said in expected], rel=1e-6)
    for name in ("combined_score", "alarm_score"):
        right = np.array([said[name] for said in expected], float)
        assert getattr(scored, name) == pytest.approx(right, rel=1e-5, nan_ok=True)
    assert scored.state.tolist() == [said["state"] for said in expected]
    assert scored.mode.tolist() == ["" if said["mode"] is None else names[said["mode"]] for said in expected]
    assert scored.mounting_changed.tolist() == [said["mounting_changed"] for said in expected]
    judged_levels = [said["level"] for said in expected if said["state"] != "standstill"]
    runs = np.flatnonzero(scored.state != "standstill")
    assert scored.level[runs].tolist() == judge_oracle.debounced(judged_levels, document["decision"])


RUNS = {  # and how many windows: the formula is slow
    "64 bits": (MICROPYTHON, "judder_core.numeric", 500),
    "32 bits": (MICROPYTHON32, "judder_core.numeric", 2000),
    "native": (MICROPYTHON, "judder_node.numeric_native", 2000),
}


@documents
@pytest.mark.parametrize("run", RUNS)
def test_micropython_judges_them_alike(tmp_path, windows, kind, run):
    binary, engine, number = RUNS[run]
    document, detector, expected = expected_of(kind, windows[:number])
    found = judged_on_micropython(tmp_path, document, detector, windows[:number], engine, binary)
    assert_agrees(found, expected)


@documents
@pytest.mark.parametrize("engine", [single_engine, numeric_ulab], ids=["float32", "ulab stand-in"])
def test_float32_comes_to_the_same(windows, kind, engine):
    document, detector, expected = expected_of(kind, windows[:400])
    assert_agrees(judged(document, detector, windows[:400], engine), expected)


@pytest.mark.parametrize("name", recorded.MACHINES)
def test_a_board_judges_2000_windows_of_a_recorded_machine_as_the_host_does(tmp_path, name):
    need(MICROPYTHON)
    document, windows, _, rate_hz = recorded.machine(name)
    model = model_file.load(models_v2.encode(document), numeric_numpy)
    samples_g = windows.reshape(-1, 3) * machine_v2.SCALE_G
    recording = make_recording("machine", "machine", [("0000", samples_g)], sample_rate_hz=rate_hz)
    cut = cut_windows([recording], rate_hz, windows.shape[1])
    said = judging.verdicts(model, cut, model.detectors[0])
    expected = [[getattr(verdict, name) for name in FIELDS] for verdict in said]
    found = judged_on_micropython(tmp_path, document, 0, windows, "judder_node.numeric_native", MICROPYTHON)
    for k, field in enumerate(FIELDS):
        column, right = [row[k] for row in found], [row[k] for row in expected]
        if k < NUMBERS:
            column, right = (np.array(numbers, float) for numbers in (column, right))
            assert column == pytest.approx(right, rel=1e-3, abs=1e-6, nan_ok=True), field
        else:
            assert column == right, field
