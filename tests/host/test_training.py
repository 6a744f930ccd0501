"""Models: what training keeps apart, and that what is evaluated is what was trained."""

import json

import numpy as np
import pytest
from judder import numeric_numpy
from judder.dataset import cut_windows
from judder.errors import JudderError
from judder.evaluation import auc, cross_validate, held_out, score_windows, summarise
from judder.evidence import measure
from judder.recording import make_recording
from judder.training import TrainingOptions, train
from judder_core import model_file as artefact
from scipy import stats
from scipy.spatial.distance import mahalanobis


def machine(condition, n=200, spread=20.0, seed=0):
    rng = np.random.default_rng(seed)
    parts = [(f"{k:04d}", np.rint(rng.normal((0, 0, 2048), spread, (64, 3))) / 2048) for k in range(n)]
    return make_recording(condition, condition, parts, sample_rate_hz=250.0)


def windows_of(*recordings):
    return cut_windows(recordings, 250.0)


@pytest.fixture(scope="module")
def fan():
    recordings = [machine("low", spread=20.0), machine("high", spread=60.0, seed=1)]
    windows = windows_of(*recordings)
    return recordings, windows, train(windows, recordings, TrainingOptions("fan"))


def shrunk(rows):
    """Return Ledoit & Wolf's covariance of rows, written as the paper does, with loops."""
    n, size = rows.shape
    centred = rows - rows.mean(axis=0)
    sample = centred.T @ centred / n
    mu = np.trace(sample) / size
    d2 = np.linalg.norm(sample - mu * np.eye(size)) ** 2 / size
    b2 = sum(np.linalg.norm(np.outer(x, x) - sample) ** 2 for x in centred) / n**2 / size
    weight = min(b2, d2) / d2
    return weight * mu * np.eye(size) + (1 - weight) * sample


def test_the_score_is_scipys_distance_to_the_nearest_mode(fan):
    _, windows, trained = fan
    swing = measure(windows, "vibration").swing_g
    learned = [mine[: len(mine) * 4 // 5] for mine in windows.by_recording()]
    limit = trained.model.disturbed_g
    features = windows.features("vibration")
    groups = [features[mine[swing[mine] <= limit]] for mine in learned]
    within = np.mean([group.var(axis=0) for group in groups], axis=0)
    expected = np.full(len(windows), np.inf)
    for group in groups:
        n = len(group)
        deviation = np.sqrt((n * group.var(axis=0) + 10 * within) / (n + 10) + 0.02**2)
        covariance = shrunk((group - group.mean(axis=0)) / deviation) * np.outer(deviation, deviation)
        inverse = np.linalg.inv(covariance)
        expected = np.minimum(expected, [mahalanobis(x, group.mean(axis=0), inverse) for x in features])
    # float32 in the artefact
    assert score_windows(trained.model, windows).score == pytest.approx(expected, rel=1e-4)


def test_a_wish_out_of_reach_is_said_and_the_threshold_lies_above_all_that_was_seen(fan):
    _, windows, trained = fan
    scores = score_windows(trained.model, windows).score
    last_fifth = np.concatenate([mine[len(mine) * 4 // 5 :] for mine in windows.by_recording()])
    assert trained.model.detectors[0].threshold > scores[last_fifth].max()
    assert "1/week" in trained.warnings[0] and "these data support 0.012" in trained.warnings[0]


def test_a_wish_within_reach_is_the_quantile_of_the_windows_held_out(fan):
    recordings, windows, _ = fan
    trained = train(windows, recordings, TrainingOptions("fan", false_alarms="5 %"))
    scores = score_windows(trained.model, windows).score
    last_fifth = np.concatenate([mine[len(mine) * 4 // 5 :] for mine in windows.by_recording()])
    assert (scores[last_fifth] > trained.model.detectors[0].threshold).mean() == pytest.approx(
        0.05, abs=0.013
    )


def test_windows_the_model_was_trained_on_are_known_again(fan):
    recordings, windows, trained = fan
    document = artefact.parse(trained.data)
    assert not held_out(document, windows, recordings).any()
    other = machine("low", seed=9)  # of the same name, another recording
    assert held_out(document, windows_of(other), [other]).all()


def test_a_model_of_another_window_length_is_refused_with_a_hint(fan):
    _, _, trained = fan
    short = cut_windows([machine("low")], 250.0, window_len=32)
    with pytest.raises(JudderError, match=r"32 samples; model fan-[0-9a-f]{8} needs 64") as caught:
        score_windows(trained.model, short)
    assert "--window-len 64" in caught.value.hint


def test_the_artefact_is_small_whole_json_and_passes_its_golden_check(fan):
    _, _, trained = fan
    assert len(trained.data) <= artefact.MAX_BYTES
    assert len(json.loads(trained.data)["golden"]) == 1
    assert artefact.load(trained.data, numeric_numpy).model_id == trained.model.model_id


def test_the_same_windows_train_the_same_model_apart_from_its_date(fan):
    recordings, windows, trained = fan
    again = artefact.parse(train(windows, recordings, TrainingOptions("fan")).data)
    assert {**again, "created": 0} == {**artefact.parse(trained.data), "created": 0}


def test_too_few_windows_are_refused():
    few = machine("low", n=4)
    with pytest.raises(JudderError) as caught:
        train(windows_of(few), [few], TrainingOptions("fan"))
    assert "judder record" in caught.value.hint


def test_an_axis_that_never_moves_is_named():
    rng = np.random.default_rng(0)
    parts = [(f"{k:04d}", np.rint(rng.normal(0, (20, 0, 20), (64, 3))) / 2048) for k in range(60)]
    stuck = make_recording("low", "low", parts, sample_rate_hz=250.0)
    with pytest.raises(JudderError, match="Feature correlation_xy is the same in all"):
        train(windows_of(stuck), [stuck], TrainingOptions("fan"))


def test_auc_is_the_share_of_pairs_in_order():
    rng = np.random.default_rng(3)
    normal, anomalous = rng.integers(0, 9, 40).astype(float), rng.integers(3, 12, 30).astype(float)
    pairs = [(a > n) + (a == n) / 2 for n in normal for a in anomalous]
    assert auc(normal, anomalous) == pytest.approx(np.mean(pairs))


def test_a_fault_is_found_and_its_figures_agree_with_the_scores(fan):
    _, _, trained = fan
    fault = machine("low-shaky", spread=35.0, seed=5)
    fresh = machine("low", seed=6)
    scored = score_windows(trained.model, windows_of(fresh, fault))
    figures = summarise(scored, ["low"], ["low-shaky"])
    normal = scored.windows.condition == "low"
    expected = stats.mannwhitneyu(scored.score[~normal], scored.score[normal]).statistic / (200 * 200)
    assert figures["auc"] == pytest.approx(expected) and figures["auc"] > 0.99
    assert figures["windows"] == {"normal": 200, "anomaly": 200}


def test_cross_validation_scores_each_normal_window_at_most_once(fan):
    recordings, windows, _ = fan
    fault = machine("shaky", spread=35.0, seed=5)
    together = windows_of(*recordings, fault)
    figures = cross_validate(
        together, [*recordings, fault], ["low", "high"], ["shaky"], 5, TrainingOptions("cv")
    )
    assert 0.9 * len(windows) <= figures["windows"]["normal"] <= len(windows)
    assert figures["auc"] > 0.9
