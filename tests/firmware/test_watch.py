"""The exported model in C++ against CPython, window for window."""

import subprocess

import numpy as np
import pytest
from judder.data.windows import cut_windows
from judder.engine import numeric_numpy
from judder.export import arduino
from judder.model.scoring import score_windows
from judder.training.train import train
from judder_core import model_file
from judder_core.features import SETS
from judder_core.judge import make

from tests.firmware.compiling import link
from tests.firmware.fans import LEN, fan, recording


@pytest.fixture(scope="session")
def two_thousand_windows():
    """Return a recording: normal, growing imbalance, another speed, bumps, another mounting, normal again."""
    parts = [fan(500, seed=11), *(fan(100, 1 + k / 8, seed=20 + k) for k in range(1, 9))]
    parts += [fan(100, speed=25.0, seed=40), fan(200, seed=41) + [0.2, -0.1, 0], fan(400, 1.3, seed=42)]
    samples = np.concatenate(parts)
    for start in range(0, len(samples), 37 * LEN):
        samples[start : start + 90] += 0.3  # a bump
    return cut_windows([recording(samples)], 250.0, LEN)


@pytest.fixture(scope="session")
def normal_windows():
    """Return windows of two operating modes to train on."""
    recordings = [
        recording(fan(400, seed=1), "med"),
        recording(fan(400, speed=12.0, seed=2), "low"),
    ]
    return cut_windows(recordings, 250.0, LEN)


def p_values_agree(detector, scored, found):
    """Yield whether each p-value is that of a score which differs by no more than float32 does.

    p is a staircase, and MADs of whole counts put some scores exactly on its steps.
    """
    for k, p in enumerate(found):
        few = np.isnan(scored.combined_score[k])
        table = detector.window_calibration if few else detector.calibration
        score = scored.score[k] if few else scored.combined_score[k]
        near = score * 1e-5 + 2e-5
        yield table.p_value(score + near) * (1 - 1e-5) <= p <= table.p_value(score - near) * (1 + 1e-5)


def judged(watch, windows, seqs=()):
    """Return the words of watch.cpp on each of windows."""
    command = [watch, *map(str, seqs)]
    run = subprocess.run(command, input=windows.samples.astype("<i2").tobytes(), capture_output=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return [line.split(maxsplit=6) for line in run.stdout.decode().splitlines()]


@pytest.mark.parametrize("feature_set", SETS)
def test_every_verdict_on_two_thousand_windows_is_cpythons(
    core_objects, two_thousand_windows, normal_windows, tmp_path, feature_set
):
    windows = two_thousand_windows
    data = train(normal_windows, features=feature_set).data
    (tmp_path / "m.judder.json").write_bytes(data)
    arduino.write(tmp_path / "m.judder.json", tmp_path, None)
    rows = judged(link("watch.cpp", core_objects, tmp_path / "watch", tmp_path), windows)
    model = model_file.load(data, numeric_numpy)
    expected = score_windows(model, windows)
    assert len(rows) == len(windows) == 2000
    columns = list(zip(*rows, strict=True))
    assert np.array(columns[0], float) == pytest.approx(expected.score, rel=1e-5)
    # 2e-5: a log of -4.8 is rounded to 2.4e-7 in float32, which is 1e-5 standard deviations of 0.02.
    combined = [np.nan if each == "-" else float(each) for each in columns[1]]
    assert combined == pytest.approx(expected.combined_score, rel=1e-5, abs=2e-5, nan_ok=True)
    assert all(p_values_agree(model.detectors[0], expected, np.array(columns[2], float)))
    assert [each == "1" for each in columns[3]] == expected.anomaly.tolist()
    assert [each == "1" for each in columns[5]] == expected.alert.tolist()
    assert list(columns[6]) == expected.state.tolist()
    assert {"normal", "disturbed", "alarm", "mounting changed"} <= set(expected.state)


@pytest.mark.parametrize(("missed", "counts"), [(1, True), (5, True), (6, False)])
def test_evidence_outlives_five_missing_windows_here_and_in_cpython(
    core_objects, home, fan_model, tmp_path, missed, counts
):
    model = model_file.load(fan_model, numeric_numpy)
    enough = model.windows_combined
    windows = cut_windows([recording(fan(2 * enough, seed=5))], 250.0, LEN)
    seqs = [*range(enough), *range(enough + missed, 2 * enough + missed)]
    rows = judged(link("watch.cpp", core_objects, tmp_path / "watch", home), windows, seqs)
    judge = make(model, numeric_numpy, "board")
    has_combined = []
    for seq, samples, scale_g in zip(seqs, windows.samples, windows.scale_g, strict=True):
        judge.follow(1, seq)
        verdict = judge.update(samples.astype("<i2").ravel(), scale_g)
        has_combined.append(verdict.combined_score is not None)
    assert [row[1] != "-" for row in rows] == has_combined
    assert has_combined[enough - 1] and has_combined[enough] == counts
