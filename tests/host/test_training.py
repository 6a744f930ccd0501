"""Models: what training keeps apart, and that what is evaluated is what was trained."""

import json
from dataclasses import replace

import numpy as np
import pytest
from judder.cli.evaluate import _print_table
from judder.data.recording import make_recording
from judder.data.windows import cut_windows
from judder.engine import numeric_numpy
from judder.errors import JudderError
from judder.evaluation.cross_validation import cross_validate
from judder.evaluation.evaluate import held_out
from judder.evaluation.figures import summarise
from judder.evaluation.intervals import auc
from judder.model.scoring import score_windows
from judder.training.false_alarms import parse_wish
from judder.training.fitting import EVIDENCE, TrainingOptions, fit
from judder.training.train import train
from judder_core import model_file as artefact
from scipy import stats
from scipy.spatial.distance import mahalanobis

from tests.host.machines import machine, windows_of


@pytest.fixture(scope="module")
def fan():
    recordings = [machine("low", spread=20.0), machine("high", spread=60.0, seed=1)]
    windows = windows_of(*recordings)
    return recordings, windows, train(windows, name="fan")


@pytest.fixture(scope="module")
def fitted(fan):
    options = TrainingOptions("fan", parse_wish("1/week"), parse_wish("1/year"))
    return fit(fan[1], options)


def test_the_score_is_scipys_distance_to_the_nearest_mode_scaled_so_that_one_threshold_serves_all(
    fan, fitted
):
    _, windows, trained = fan
    features = windows.features("directional", fitted.pose)
    metric, baseline = EVIDENCE[0], fitted.baseline
    inverses = [whitening @ whitening.T for whitening in baseline.whitening(metric)]
    scale = trained.combined_threshold / fitted.bounds[metric]
    found = np.array(
        [
            [factor * mahalanobis(x, mean, inverse) for x in features]
            for mean, inverse, factor in zip(baseline.means_, inverses, scale, strict=True)
        ]
    )
    # float32 means and 16 bits of whitening in the artefact
    assert score_windows(trained.core, windows).score == pytest.approx(found.min(axis=0), rel=2e-3)


def test_a_wish_out_of_reach_is_said_and_the_threshold_lies_above_all_that_was_seen(fan, fitted):
    _, _, trained = fan
    unseen = fitted.unseen.unseen[EVIDENCE[0]]
    for mode, bound in enumerate(fitted.bounds[EVIDENCE[0]]):
        assert bound >= unseen.of(mode).max()
    least = 1 / (len(unseen.score) + 1)
    assert (
        "1/week" in trained.warnings[0] and f"these data show no less than {least:.2g}" in trained.warnings[0]
    )


def test_a_wish_within_reach_is_not_warned_of(fan):
    trained = train(fan[1], name="fan", notices="5 %")
    assert not any("5 %" in warning for warning in trained.warnings)


def test_all_windows_are_fitted_and_nearly_all_calibrate(fan):
    _, windows, trained = fan
    counted = trained.document.provenance.windows
    assert counted.fit == len(windows) and counted.calibrate == len(windows)


def test_windows_the_model_was_trained_on_are_known_again(fan):
    _, windows, trained = fan
    assert not held_out(trained.document, windows).any()
    other = machine("low", seed=9)  # of the same name, another recording
    assert held_out(trained.document, windows_of(other)).all()


def test_a_model_of_another_window_length_is_refused_with_a_hint(fan):
    _, _, trained = fan
    short = cut_windows([machine("low")], 250.0, window_len=32)
    with pytest.raises(JudderError, match=r"32 samples; model fan-[0-9a-f]{8} needs 64") as caught:
        score_windows(trained.core, short)
    assert "--window-len 64" in caught.value.hint


def test_the_artefact_is_small_whole_json_and_passes_its_golden_check(fan):
    _, _, trained = fan
    assert len(trained.data) <= artefact.MAX_BYTES
    assert len(json.loads(trained.data)["golden"]) == 1
    assert artefact.load(trained.data, numeric_numpy).model_id == trained.core.model_id


def test_the_same_windows_train_the_same_model_apart_from_its_date(fan):
    _, windows, trained = fan
    again = artefact.parse(train(windows, name="fan").data)
    assert {**again, "created": 0} == {**artefact.parse(trained.data), "created": 0}


def test_too_few_windows_are_refused():
    few = machine("low", n=4)
    with pytest.raises(JudderError) as caught:
        train(windows_of(few), name="fan")
    assert "judder record" in caught.value.hint


def test_many_recordings_none_long_enough_to_split_are_told_from_too_few_windows():
    short = [replace(machine("low", n=1, seed=k), name=f"low-{k}") for k in range(60)]
    with pytest.raises(JudderError, match="the longest has 1 of the 60 windows") as caught:
        train(windows_of(*short), name="fan")
    assert "at least 14 windows without a break" in caught.value.hint


def test_an_axis_that_never_moves_is_named():
    rng = np.random.default_rng(0)
    parts = [(f"{k:04d}", np.rint(rng.normal(0, (20, 0, 20), (64, 3))) / 2048) for k in range(60)]
    stuck = make_recording("low", "low", parts, sample_rate_hz=250.0)
    with pytest.raises(JudderError, match="Feature correlation_xy is the same in all"):
        train(windows_of(stuck), name="fan")


def test_auc_is_the_share_of_pairs_in_order():
    rng = np.random.default_rng(3)
    normal, anomalous = rng.integers(0, 9, 40).astype(float), rng.integers(3, 12, 30).astype(float)
    pairs = [(a > n) + (a == n) / 2 for n in normal for a in anomalous]
    assert auc(normal, anomalous) == pytest.approx(np.mean(pairs))


def test_a_fault_is_found_and_its_figures_agree_with_the_scores(fan):
    _, _, trained = fan
    fault = machine("low-shaky", spread=35.0, seed=5)
    fresh = machine("low", seed=6)
    scored = score_windows(trained.core, windows_of(fresh, fault))
    figures = summarise(scored, ["low"], ["low-shaky"])
    normal = scored.windows.condition == "low"
    expected = stats.mannwhitneyu(scored.score[~normal], scored.score[normal]).statistic / (200 * 200)
    assert figures["auc"] == pytest.approx(expected) and figures["auc"] > 0.99
    assert figures["windows"] == {"normal": 200, "anomaly": 200}


def test_cross_validation_scores_each_normal_window_at_most_once(fan):
    recordings, windows, _ = fan
    fault = machine("shaky", spread=35.0, seed=5)
    together = windows_of(*recordings, fault)
    figures = cross_validate(together, ["low", "high"], ["shaky"], 5)
    assert 0.9 * len(windows) <= figures["windows"]["normal"] <= len(windows)
    assert figures["auc"] > 0.9
    folds = [fold["combined"]["auc"] for fold in figures["folds"]]
    assert figures["combined"]["auc"] == pytest.approx(np.mean(folds))
    assert figures["false_alarms"]["interval"][1] < figures["folds"][0]["false_alarms"]["interval"][1]
    assert figures["independent_groups"]["normal"] == sum(
        fold["independent_groups"]["normal"] for fold in figures["folds"]
    )


def late(condition, normal_windows, seed):
    """Return a recording that is normal for so many windows, and then shakes."""
    rng = np.random.default_rng(seed)
    spreads = np.repeat([20.0, 60.0], [normal_windows, 120 - normal_windows])
    parts = [
        (f"{k:04d}", np.rint(rng.normal((0, 0, 2048), spread, (64, 3))) / 2048)
        for k, spread in enumerate(spreads)
    ]
    return make_recording(condition, condition, parts, sample_rate_hz=250.0)


@pytest.fixture(scope="module")
def shaky():
    low = machine("low", spread=20.0)
    windows = windows_of(low)
    trained = train(windows, name="fan")
    fresh = machine("low", seed=6)
    scored = score_windows(trained.core, windows_of(fresh, late("shaky", 50, 5), late("fine", 120, 8)))
    return scored, summarise(scored, ["low"], ["shaky", "fine"], parse_wish("1/week"))


def test_combined_figures_are_of_the_windows_with_evidence(shaky):
    scored, figures = shaky
    normal, known = scored.windows.condition == "low", ~np.isnan(scored.combined_score)
    one, other = scored.combined_score[normal & known], scored.combined_score[~normal & known]
    pairs = len(one) * len(other)
    assert figures["combined"]["auc"] == pytest.approx(stats.mannwhitneyu(other, one).statistic / pairs)
    low, high = figures["combined"]["intervals"]["auc"]
    assert low <= figures["combined"]["auc"] <= high
    assert figures["independent_groups"] == {"normal": 40, "anomaly": 48}


def test_seconds_to_detection_end_with_the_window_that_alerts(shaky):
    scored, figures = shaky
    seconds = figures["per_condition"]["shaky"]["seconds_to_detection"]
    alert = scored.alert[scored.windows.condition == "shaky"]
    assert seconds == pytest.approx((np.argmax(alert) + 1) * 64 / 250)
    assert 50 < seconds * 250 / 64 <= 53
    assert figures["per_condition"]["fine"]["seconds_to_detection"] is None
    assert figures["per_condition"]["low"]["seconds_to_detection"] is None


def test_the_states_of_a_condition_are_counted(shaky):
    scored, figures = shaky
    for name, row in figures["per_condition"].items():
        states, counts = np.unique(scored.state[scored.windows.condition == name], return_counts=True)
        assert row["states"] == dict(zip(states, counts, strict=True))
    assert figures["per_condition"]["shaky"]["states"]["alarm"] > 40


def test_a_false_alarm_that_lasts_is_one(shaky):
    scored, _ = shaky
    alarms = summarise(scored, ["shaky"], [], parse_wish("1/week"))["false_alarms"]
    assert alarms["count"] == 1 and alarms["realised_per_window"] == pytest.approx(1 / 120)
    assert alarms["wished_per_window"] == pytest.approx(64 / 250 / (7 * 24 * 3600))


def test_a_wish_for_a_share_is_held_against_the_windows_flagged(shaky):
    scored, _ = shaky
    figures = summarise(scored, ["shaky"], [], parse_wish("1 %"))
    assert figures["false_alarms"]["wished_per_window"] == 0.01
    assert figures["false_alarms"]["realised_per_window"] == figures["false_alarm_rate"] > 0.3


def test_windows_within_a_windows_gap_of_those_trained_on_are_not_scored():
    low = machine("low")
    windows = windows_of(low)
    trained = train(windows.select(slice(50, 150)), name="fan")
    free = held_out(trained.document, windows)
    assert np.flatnonzero(free).tolist() == [*range(49), *range(151, 200)]


def test_the_figures_are_json_and_their_table_is_at_most_80_columns_wide(shaky, capsys):
    _, figures = shaky
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
    rows = figures["per_condition"]
    long = {**figures, "per_condition": {**rows, "fan_0_high_1_weight/" * 3: rows["shaky"]}}
    _print_table(long)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert not any("…" in line for line in lines)
    assert any("at 0 %" in line for line in lines)  # 40 groups are too few for 1 %
