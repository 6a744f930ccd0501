"""Figures of an evaluation, against SciPy, against loops over thresholds, and against simulated truth."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from judder.data.recording import make_recording
from judder.data.windows import cut_windows
from judder.evaluation.intervals import (
    Roc,
    Side,
    auc,
    compare,
    detection_at,
    independent_groups,
    pauc,
    poisson_interval,
    zero_false_alarm_bound,
)
from scipy import stats

# few different values, so that many are equal
scores = arrays(float, st.integers(1, 60), elements=st.integers(0, 12).map(float))


def curve(normal, anomalous):
    """Return the (false alarm, detection) rates of each threshold, strictest first, by counting."""
    thresholds = [np.inf, *sorted({*normal, *anomalous}, reverse=True)]
    return [(np.mean(normal >= t), np.mean(anomalous >= t)) for t in thresholds]


def side(values, groups=None, block_len=10):
    return Side(values, np.arange(len(values)) // block_len, groups or len(values) // 5)


def windows_of(lengths, hop=32):
    recordings = [
        make_recording("low", f"r{k}", [("a", np.zeros((n, 3)))], sample_rate_hz=200.0)
        for k, n in enumerate(lengths)
    ]
    return cut_windows(recordings, 200.0, 32, hop)


@given(scores, scores)
def test_auc_agrees_with_mann_and_whitney(normal, anomalous):
    pairs = len(normal) * len(anomalous)
    assert auc(normal, anomalous) == pytest.approx(stats.mannwhitneyu(anomalous, normal).statistic / pairs)


@given(scores, scores, st.sampled_from([0.05, 0.1, 0.5, 1.0]))
def test_the_partial_area_is_that_of_the_trapezoids_up_to_there(normal, anomalous, most):
    points = np.array(curve(normal, anomalous))
    # a vertical step has no width: on a fine grid its place is off by at most one cell
    grid = np.linspace(0, most, 20_001)
    x = points[:, 0] + np.arange(len(points)) * 1e-12
    area = np.trapezoid(np.interp(grid, x, points[:, 1]), grid)
    chance = most**2 / 2
    expected = 0.5 * (1 + (area - chance) / (most - chance))
    assert pauc(normal, anomalous, most) == pytest.approx(expected, abs=2e-3)


def test_chance_has_half_the_partial_area_and_a_perfect_detector_all():
    rng = np.random.default_rng(0)
    normal = rng.normal(size=40_000)
    assert pauc(normal, rng.normal(size=40_000)) == pytest.approx(0.5, abs=0.01)
    assert pauc(normal, normal + 99) == 1


@given(scores, scores, st.sampled_from([0.0, 0.01, 0.1, 0.5]))
def test_detection_is_that_of_the_lowest_threshold_within_the_false_alarms(normal, anomalous, rate):
    expected = max(detected for false, detected in curve(normal, anomalous) if false <= rate)
    assert detection_at(rate, normal, anomalous) == pytest.approx(expected)


@given(scores, scores, st.data())
def test_a_weight_is_a_window_that_comes_so_often(normal, anomalous, data):
    counts = [
        np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(s), max_size=len(s)).filter(sum)))
        for s in (normal, anomalous)
    ]
    weights = counts[0][None, :].astype(float), counts[1][None, :].astype(float)
    repeated = np.repeat(normal, counts[0]), np.repeat(anomalous, counts[1])
    roc = Roc.of(normal, anomalous, weights)
    assert roc.area()[0] == pytest.approx(auc(*repeated))
    assert roc.standardised_area(0.1)[0] == pytest.approx(pauc(*repeated))
    assert roc.detection_at(0.1)[0] == pytest.approx(detection_at(0.1, *repeated))


def test_a_side_without_scores_has_no_figure():
    nothing, some = np.array([]), np.array([1.0])
    assert auc(nothing, some) is None and pauc(some, nothing) is None
    assert detection_at(0.01, nothing, some) is None
    assert compare(side(nothing, 0), side(some))["intervals"]["auc"] is None


@pytest.mark.parametrize("n", [1, 40, 100, 3000])
def test_the_bound_of_zero_is_the_binomial_tests(n):
    expected = stats.binomtest(0, n, alternative="less").proportion_ci(0.95, method="exact").high
    assert zero_false_alarm_bound(n) == pytest.approx(expected)


@pytest.mark.parametrize("events", [0, 1, 7, 100])
def test_at_the_ends_of_the_poisson_interval_the_count_is_a_fortieth_unlikely(events):
    low, high = poisson_interval(events)
    assert stats.poisson.cdf(events, high) == pytest.approx(0.025)
    assert low == 0 if events == 0 else stats.poisson.sf(events - 1, low) == pytest.approx(0.025)


@pytest.mark.parametrize("hop", [8, 20, 32, 40])
def test_independent_groups_share_no_row(hop):
    windows = windows_of([3000, 150, 1000], hop)
    expected = 0
    for run in windows.runs():
        free = 0  # the first row that no group so far has
        for k in range(len(run) - 4):
            if windows.start_row[run[k]] >= free:
                free = windows.start_row[run[k + 4]] + 32
                expected += 1
    groups = independent_groups(windows, np.ones(len(windows), bool))
    # stretches start at any row here, the loop's only at windows
    assert expected <= groups <= expected * 1.1 + 1


def test_a_block_is_ten_windows_and_none_spans_a_gap_or_two_recordings():
    windows = windows_of([32 * 25, 32 * 30])
    keep = np.ones(55, bool)
    keep[12] = False
    block = Side.of(np.arange(55.0), windows, keep).block
    assert np.bincount(block).tolist() == [10, 2, 10, 2, 10, 10, 10]


def test_windows_without_a_combined_score_are_left_out():
    values = np.array([np.nan] * 4 + [1.0] * 21)
    assert len(Side.of(values, windows_of([32 * 25]), np.ones(25, bool)).scores) == 21


def wandering(rng, n, correlation=0.6):
    """Return n standard normal scores, each like the one before."""
    noise = rng.normal(size=n) * np.sqrt(1 - correlation**2)
    values = [rng.normal()]
    for step in noise[1:]:
        values.append(correlation * values[-1] + step)
    return np.array(values)


def test_the_intervals_hold_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(7)
    truth = {
        "auc": stats.norm.cdf(1.5 / np.sqrt(2)),
        "detection_at_1_percent": stats.norm.sf(stats.norm.isf(0.01), 1.5),
    }
    held = dict.fromkeys(truth, 0)
    single = 0  # as if each window were a block: too narrow for windows that are alike
    for trial in range(150):
        normal, anomalous = wandering(rng, 800), wandering(rng, 800) + 1.5
        intervals = compare(side(normal), side(anomalous), trial)["intervals"]
        for name, value in truth.items():
            held[name] += intervals[name][0] <= value <= intervals[name][1]
        narrow = compare(side(normal, block_len=1), side(anomalous, block_len=1), trial)["intervals"]["auc"]
        single += narrow[0] <= truth["auc"] <= narrow[1]
    # 95 % less 5 standard errors of 150 trials and what percentile intervals of 80 blocks fall short
    assert held["auc"] / 150 > 0.84 and held["detection_at_1_percent"] / 150 > 0.8
    assert single < held["auc"]


def test_where_all_is_perfect_the_interval_is_the_binomial_tests():
    figures = compare(side(np.arange(100.0), 20), side(np.arange(200.0, 400.0), 40))
    low = stats.binomtest(20, 20).proportion_ci(0.95, method="exact").low
    assert figures["intervals"]["auc"] == pytest.approx([low, 1])
    assert figures["intervals"]["detection_at_zero"] == pytest.approx([low, 1])
    # all the area lost may be where false alarms are few
    assert figures["intervals"]["pauc"][0] <= figures["intervals"]["auc"][0]


def test_few_blocks_have_no_interval():
    figures = compare(side(np.arange(40.0)), side(np.arange(200.0)))
    assert figures["auc"] > 0.5 and set(figures["intervals"].values()) == {None}


def test_the_same_scores_have_the_same_intervals():
    rng = np.random.default_rng(1)
    sides = side(rng.normal(size=200)), side(rng.normal(1, size=200))
    assert compare(*sides) == compare(*sides)


def test_2700_windows_are_compared_within_a_second_and_a_half():
    rng = np.random.default_rng(2)
    sides = side(rng.normal(size=1350)), side(rng.normal(1, size=1350))
    start = time.process_time()
    for _ in range(2):  # single windows, and combined
        compare(*sides)
    assert time.process_time() - start < 1.5
