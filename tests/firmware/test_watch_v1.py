"""An exported model of version 1 in C++ against CPython, window for window."""

import numpy as np
import pytest
from judder.data.windows import cut_windows
from judder.engine import numeric_numpy
from judder.export import arduino
from judder.model.scoring import score_windows
from judder_core import judge, model_file

from tests.firmware.compiling import ROOT
from tests.firmware.fans import LEN, fan, recording
from tests.firmware.watching import assert_agrees, judged, link_watch, p_values_agree

MODELS = ROOT / "tests" / "data" / "v1"
"""Files of that time, of a fan of two speeds: one per feature set."""


@pytest.fixture(scope="session")
def two_thousand_windows():
    """Return a recording: normal, growing imbalance, another speed, bumps, another mounting, normal again."""
    parts = [fan(500, seed=11), *(fan(100, 1 + k / 8, seed=20 + k) for k in range(1, 9))]
    parts += [fan(100, speed=25.0, seed=40), fan(200, seed=41) + [0.2, -0.1, 0], fan(400, 1.3, seed=42)]
    samples = np.concatenate(parts)
    for start in range(0, len(samples), 37 * LEN):
        samples[start : start + 90] += 0.3  # a bump
    return cut_windows([recording(samples)], 250.0, LEN)


@pytest.mark.parametrize("feature_set", ["mad", "spectral", "statistics", "vibration"])
def test_every_verdict_on_two_thousand_windows_is_cpythons(
    core_objects, two_thousand_windows, tmp_path, feature_set
):
    path, windows = MODELS / f"{feature_set}.judder.json", two_thousand_windows
    arduino.write(path, tmp_path, None)
    found = judged(link_watch(core_objects, tmp_path), windows.samples)
    model = model_file.load(path.read_bytes(), numeric_numpy)
    scored = score_windows(model, windows)
    assert len(scored) == 2000
    # 2e-5: a log of -4.8 is rounded to 2.4e-7 in float32, which is 1e-5 standard deviations of 0.02.
    assert_agrees(found, scored, model.mode_names)
    assert all(p_values_agree(model.detectors[0], scored, found))
    assert {"normal", "disturbed", "alarm", "mounting changed"} <= set(scored.state)


@pytest.mark.parametrize(("missed", "counts"), [(1, True), (5, True), (6, False)])
def test_evidence_outlives_five_missing_windows_here_and_in_cpython(core_objects, tmp_path, missed, counts):
    path = MODELS / "vibration.judder.json"
    arduino.write(path, tmp_path, None)
    model = model_file.load(path.read_bytes(), numeric_numpy)
    enough = model.windows_combined
    windows = cut_windows([recording(fan(2 * enough, seed=5))], 250.0, LEN)
    seqs = [*range(enough), *range(enough + missed, 2 * enough + missed)]
    found = judged(link_watch(core_objects, tmp_path), windows.samples, seqs)
    one = judge.make(model, numeric_numpy, "board")
    has_combined = []
    for seq, samples, scale_g in zip(seqs, windows.samples, windows.scale_g, strict=True):
        one.follow(1, seq)
        verdict = one.update(samples.astype("<i2").ravel(), scale_g)
        has_combined.append(verdict.combined_score is not None)
    assert [score != "nan" for score in found["combined_score"]] == has_combined
    assert has_combined[enough - 1] and has_combined[enough] == counts
