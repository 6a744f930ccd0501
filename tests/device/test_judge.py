"""The judge of one machine, on real MicroPython and vectorised on the host."""

import json

import numpy as np
import pytest
from core.micropython import run_micropython
from judder import numeric_numpy
from judder.dataset import cut_windows
from judder.evaluation import score_windows
from judder.recording import make_recording
from judder.training import TrainingOptions, train
from judder_core import model_file

from tests.device.board import SCRIPTS, fan
from tests.two_detectors import add_detector


def recording(samples):
    """Return a recording of samples as an MSA301 at 4 g sees them."""
    grid = np.rint(samples * 2048) / 2048
    return make_recording("normal", "normal", [("0000", grid)], sample_rate_hz=250.0)


@pytest.mark.parametrize("feature_set", ["mad", "statistics", "spectral", "vibration"])
def test_scores_p_values_and_states_are_the_hosts(tmp_path, feature_set):
    normal = [recording(fan(seconds=410.0))]
    data = train(cut_windows(normal, 250.0, 256), normal, TrainingOptions("fan", feature_set)).data
    samples = np.concatenate([fan(seconds=12.0, seed=5), fan(imbalance=3.0, seconds=12.0, seed=6)])
    samples[256 * 4 : 256 * 4 + 128] += 0.3  # a bump
    windows = cut_windows([recording(samples)], 250.0, 256)
    (tmp_path / "m.judder.json").write_bytes(data)
    windows.samples.astype("<i2").tofile(tmp_path / "w.i16")
    printed = run_micropython(SCRIPTS / "judge.py", tmp_path / "m.judder.json", tmp_path / "w.i16")
    found = [json.loads(line) for line in printed.splitlines()]
    scored = score_windows(model_file.load(data, numeric_numpy), windows)
    assert [row[0] for row in found] == pytest.approx(scored.score, rel=1e-6)
    combined = [np.nan if row[1] is None else row[1] for row in found]
    assert combined == pytest.approx(scored.combined_score, rel=1e-6, nan_ok=True)
    assert [row[2] for row in found] == pytest.approx(scored.p_value, rel=1e-6)
    assert [row[3] for row in found] == scored.state.tolist()
    assert {"normal", "suspect"} <= set(scored.state)


@pytest.mark.parametrize(
    "kind, features", [("first", "mad"), ("mahalanobis", "mad"), ("autoencoder", "statistics")]
)
def test_a_board_runs_the_detector_its_config_names_and_forgets_the_other(
    tmp_path, train_fan, kind, features
):
    model = tmp_path / "m.judder.json"
    model.write_bytes(add_detector(train_fan(features="mad"), train_fan(features="statistics")))
    printed = run_micropython(SCRIPTS / "choose.py", model, kind, path=("shared", "device"))
    assert json.loads(printed) == [features, [features]]
