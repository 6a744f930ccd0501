"""What is kept of windows for years, beside NumPy's word on the same windows."""

import numpy as np
import pytest
from judder.server.services.sums import BOUNDS, DAY_US, HOUR_US, join, median, sum_up
from judder.server.storage.rows import Scored

RNG = np.random.default_rng(3)


def scored(scores):
    return [Scored(2.0 * score, 2.0, "alarm" if score > 1 else "normal") for score in scores]


@pytest.mark.parametrize("spread", [0.2, 0.5, 1.0])
def test_the_median_of_a_sum_is_within_its_bin_of_numpys(spread):
    scores = RNG.gamma(4, spread / 4, 3601)
    expected = float(np.median(scores))
    found = median(sum_up("fan", HOUR_US, 0, scored(scores)))
    edges = (0.0, *BOUNDS)
    k = int(np.searchsorted(edges, expected)) - 1
    assert edges[k] <= found <= edges[k + 1]


def test_the_sum_of_days_is_that_of_all_their_windows():
    scores = RNG.gamma(4, 0.2, (24, 100))
    hours = [sum_up("fan", HOUR_US, hour * HOUR_US, scored(scores[hour])) for hour in range(24)]
    day, all_at_once = join(DAY_US, 0, hours), sum_up("fan", DAY_US, 0, scored(scores.ravel()))
    assert day.total == pytest.approx(all_at_once.total)
    assert {**_without_total(day)} == _without_total(all_at_once)


def _without_total(one):
    return {name: getattr(one, name) for name in type(one).__slots__ if name != "total"}


def test_levels_and_the_highest_score_are_counted():
    one = sum_up("fan", HOUR_US, 0, scored([0.5, 1.5, 0.9]))
    assert (one.windows, one.judged, one.alarms, one.notices) == (3, 3, 1, 0)
    assert (one.highest, one.total) == (1.5, pytest.approx(2.9))


def test_windows_that_nobody_judged_count_as_windows():
    one = sum_up("fan", HOUR_US, 0, [Scored(None, None, None)] * 2)
    assert (one.windows, one.judged, one.highest, median(one)) == (2, 0, None, None)
