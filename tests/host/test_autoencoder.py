"""Autoencoders: trained on normal windows, proved alive, put beside the board's detector."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from judder.bench import autoencoders
from judder.cli.app import app
from judder.data import npz
from judder.data.windows import cut_windows
from judder.engine import numeric_numpy
from judder.errors import JudderError
from judder.evaluation.figures import summarise
from judder.model.scoring import score_windows
from judder.training.second_detector import check_fits, grey_zone
from judder.training.train import train
from judder_core import model_file
from judder_core.errors import ModelError
from typer.testing import CliRunner

from tests.host.machines import machine, windows_of

pytest.importorskip("tensorflow", reason="The extra is not installed: make install")

DATA = Path(__file__).parents[2].parent / "shared" / "data"
on_recordings = pytest.mark.skipif(not DATA.exists(), reason="The recordings in ../shared/data are not here.")


OPTIONS = {"name": "fan", "detector": "autoencoder", "seeds": 2}


@pytest.fixture(scope="module")
def fan():
    recordings = [machine("low", spread=20.0), machine("high", spread=60.0, seed=1)]
    windows = windows_of(*recordings)
    return recordings, windows, train(windows, **OPTIONS)


@pytest.fixture(scope="module")
def pair(fan):
    """The board's model, its bytes, and both detectors in one."""
    _, windows, _ = fan
    base = train(windows, name="base")
    return base, train(windows, name="both", add_to=base, seeds=2)


def test_a_fault_is_noticed_and_normal_windows_are_not(fan):
    # Half as strong again; nearer to twice, its windows would lie between both modes and count for either.
    _, _, trained = fan
    scored = score_windows(trained.core, windows_of(machine("low", seed=6), machine("shaky", spread=30.0)))
    figures = summarise(scored, ["low"], ["shaky"])
    assert figures["auc"] > 0.95 and figures["combined"]["auc"] > 0.99
    assert figures["notice"]["normal"] == 0.0 and figures["notice"]["anomaly"] > 0.9


def test_a_strong_fault_is_an_alarm(fan):
    scored = score_windows(fan[2].core, windows_of(machine("shaky", spread=180.0)))
    assert (scored.level == 2).mean() > 0.9


def test_of_gaussian_modes_the_score_is_about_the_mahalanobis_distance(fan, pair):
    _, windows, _ = fan
    model = pair[1].core
    distance, score = (score_windows(model, windows, d).score for d in model.detectors)
    assert np.corrcoef(distance, score)[0, 1] > 0.7  # 200 windows a mode leave the network some freedom
    assert np.median(score / distance) == pytest.approx(1.0, abs=0.25)


def test_the_same_seed_trains_the_same_model(fan):
    _, windows, trained = fan
    again = model_file.parse(train(windows, **OPTIONS).data)
    assert {**again, "created": 0} == {**model_file.parse(trained.data), "created": 0}


def test_a_thousand_windows_train_within_20_seconds():
    recordings = [machine("low", 500), machine("high", 500, 60.0, seed=1)]
    windows = windows_of(*recordings)
    started = time.process_time()  # of both cores: a bound that holds where others use them
    train(windows, name="fan", detector="autoencoder")
    assert time.process_time() - started < 40


def test_both_detectors_fit_a_boards_file_and_share_modes_and_golden_window(pair):
    base, both = (model_file.parse(model.data) for model in pair)
    assert len(pair[1].data) <= model_file.MAX_BYTES
    assert [d["kind"] for d in both["detectors"]] == ["mahalanobis", "autoencoder"]
    assert [g["detector"] for g in both["golden"]] == [0, 1] and "counts" not in both["golden"][1]
    for key in (
        "features",
        "metrics",
        "shapes",
        "modes",
        "decision",
        "pose",
        "disturbance",
        "standstill",
        "signal",
    ):
        assert both[key] == base[key]


def test_the_first_detector_stays_as_it_was_but_for_its_grey_zone(pair):
    (before,), (after, _) = (model_file.parse(model.data)["detectors"] for model in pair)
    assert before["grey_zone"] is None and after["grey_zone"] is not None
    assert {**after, "grey_zone": None} == before


def test_the_first_detector_scores_as_it_did(pair):
    windows = windows_of(machine("low", 40, seed=6), machine("shaky", 40, spread=35.0))
    before, after = (score_windows(model.core, windows) for model in pair)
    for name in ("score", "combined_score", "alarm_score", "level"):
        assert np.array_equal(getattr(before, name), getattr(after, name), equal_nan=name != "level")


def test_what_is_added_is_at_rest_on_the_machine_it_learned(pair):
    core = pair[1].core
    scored = score_windows(core, windows_of(machine("low", seed=6)), core.detectors[1])
    assert not scored.level.any() and scored.anomaly.mean() < 0.05


def test_a_golden_window_that_scores_otherwise_is_refused(pair):
    from judder.model.encoding import encode

    document = model_file.parse(pair[1].data)
    document["golden"][1]["score"] *= 1.01
    with pytest.raises(ModelError, match="fails its golden check"):
        model_file.load(encode(document), numeric_numpy)


def test_the_grey_zone_reaches_from_one_in_ten_normal_windows_to_a_quarter_above_the_threshold(pair):
    board = pair[1].core.detectors[0]
    lower, upper = board.grey_zone
    assert (lower, upper) == grey_zone(board)
    assert upper == pytest.approx(1.25 * board.combined_threshold)
    assert board.calibration.p_value(lower) <= 0.1 < board.calibration.p_value(0.97 * lower)
    assert board.in_grey_zone(board.combined_threshold) and not board.in_grey_zone(1.01 * upper)


def test_other_windows_than_the_models_are_refused(pair):
    short = cut_windows([machine("low")], 250.0, window_len=60)
    with pytest.raises(JudderError, match=r"60 samples; model base-[0-9a-f]{8} needs 64"):
        check_fits(pair[0], short, None)
    with pytest.raises(JudderError, match=r"sampled at 100\.0 Hz"):
        check_fits(pair[0], replace(windows_of(machine("low")), sample_rate_hz=100.0), None)
    with pytest.raises(JudderError, match="two detectors already"):
        check_fits(pair[1], windows_of(machine("low")), None)
    with pytest.raises(JudderError, match="sees the features directional"):
        check_fits(pair[0], windows_of(machine("low")), "vibration")


def run(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_the_command_line_adds_to_a_model_and_evaluates_either_detector(tmp_path, pair, fan):
    data = npz.write([*fan[0], machine("shaky", spread=35.0)], tmp_path / "fan.npz")[0]
    base, both = tmp_path / "base.judder.json", tmp_path / "both.judder.json"
    base.write_bytes(pair[0].data)
    normal = ["--normal", "low", "--normal", "high"]
    added = run("train", "--data", data, *normal, "--add-to", base, "--seeds", 1, "--out", both)
    assert added.exit_code == 0, added.exception
    for kind in ("mahalanobis", "autoencoder"):
        figures = ("--held-out", "all", "--json", "--data", data, "--normal", "low", "--anomaly", "shaky")
        said = run("evaluate", both, "--detector", kind, *figures)
        assert f'"detector": "{kind}"' in said.stdout
    error = run("evaluate", base, "--detector", "autoencoder", "--data", data, *normal)
    assert "has no detector autoencoder" in str(error.exception)


@on_recordings
def test_on_a_task_of_the_fan_it_is_as_good_as_mahalanobis_and_above_the_references():
    ((_, figures),) = autoencoders.tasks(DATA / "ceiling-fan.zip", range(2), "H")
    assert (np.median(figures.ours, axis=0) >= np.array(figures.mahalanobis) - 0.005).all()
    assert (figures.ours.min(axis=0) > np.median(figures.ours, axis=0) - 0.02).all()
    assert (figures.ours.min(axis=0) > np.median(figures.reference, axis=0)).all()


@on_recordings
def test_of_the_rigs_twelve_windows_a_speed_no_autoencoder_is_sold():
    # A metric of so few windows leaves less of them, once whitened, than the noise of training hides.
    with pytest.raises(JudderError, match="autoencoders is dead"):
        autoencoders.rig(DATA / "rig-1khz.zip", range(1))


def test_where_the_load_wanders_it_beats_mahalanobis():
    figures = autoencoders.wandering(range(2))
    assert (figures.ours.min(axis=0) >= np.array(figures.mahalanobis)).all()
    assert figures.ours[:, 0].min() > figures.mahalanobis[0] + 0.015
