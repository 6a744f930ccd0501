"""Thresholds: what calibrates was not fitted, and normal windows come over it as rarely as is wished."""

import numpy as np
import pytest
from judder.detectors import MahalanobisDetector
from judder.detectors.base import Metric, Rows
from judder.errors import JudderError
from judder.training.false_alarms import parse_wish
from judder.training.folds import Unseen, unseen_scores
from judder.training.thresholds import Scores, bounds, chi_square_bound, daily, window_threshold
from judder_core.decision import ALARM, NOTICE
from scipy import stats

NOTICES, ALARMS = Metric(NOTICE, 5), Metric(ALARM, 5)
FEATURES = 27


class Spy:
    """A baseline of one feature that keeps what each of its copies was fitted to."""

    def __init__(self, log=None):
        self.log = [] if log is None else log

    def fresh(self):
        return Spy(self.log)

    def fit(self, rows):
        self.names_ = list(dict.fromkeys(rows.mode.tolist()))
        self.means_ = np.zeros((len(self.names_), 1))
        self.log.append(rows.features[:, 0])
        return self

    def whitening(self, metric):
        return [np.eye(1)] * len(self.means_)


def numbered(n, mode="low", session="s", start=1):
    """Return Rows whose one feature is the number of the window."""
    return Rows(np.arange(start, start + n, dtype=float)[:, None], np.full(n, mode), np.full(n, session))


def joined(*parts):
    return Rows(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.mode for part in parts]),
        np.concatenate([part.session for part in parts]),
    )


def test_no_window_is_scored_by_a_model_that_was_fitted_to_it():
    rows = joined(numbered(200), numbered(120, session="t", start=201), numbered(60, "high", "u", 321))
    spy = Spy().fit(rows)
    window, _ = unseen_scores(rows, spy, None, (NOTICES,), NOTICES)
    scored, fitted = np.split(window, np.cumsum(_sizes(spy.log[1:], len(rows)))[:-1]), spy.log[1:]
    for alone, known in zip(scored, fitted, strict=True):
        assert not set(alone) & set(known)
        assert set(alone) | set(known) == set(range(1, 381))


def _sizes(fitted, n):
    """Return how many windows each fold leaves to be scored."""
    return [n - len(known) for known in fitted]


def test_every_window_calibrates_once():
    rows = joined(numbered(203), numbered(64, session="t", start=204))
    window, _ = unseen_scores(rows, Spy().fit(rows), None, (NOTICES,), NOTICES)
    assert sorted(window) == list(range(1, 268))


def test_a_mean_of_five_is_of_windows_that_follow_one_another():
    rows = numbered(100)
    _, unseen = unseen_scores(rows, Spy().fit(rows), None, (NOTICES,), NOTICES)
    middles = unseen[NOTICES].score
    assert np.allclose(middles, np.rint(middles))  # the mean of five neighbours is the third of them
    assert len(middles) == 100 - 4 * 10  # of ten blocks each loses four


def gaussian(n, modes=1, seed=0):
    """Return Scores as independent Gaussian residuals of unit covariance have them."""
    rng = np.random.default_rng(seed)
    score = np.linalg.norm(rng.normal(0, 1, (n, FEATURES)), axis=1)
    unseen = Unseen(score, np.arange(n) % modes)
    return Scores({NOTICES: unseen, ALARMS: unseen}, score, FEATURES, 1.0, 1.0)


def realised(bound):
    """Return how often Gaussian residuals of unit covariance come over a bound."""
    return float(stats.chi(FEATURES).sf(bound))


@pytest.mark.parametrize("wish", ["5 %", "1 %", "0.1 %"])
def test_gaussian_windows_come_over_the_bound_of_a_notice_no_more_often_than_wished(wish):
    rate = parse_wish(wish).share
    rates = [
        realised(bounds(gaussian(400, seed=seed), NOTICES, 1, parse_wish(wish), parse_wish("1/year"))[0])
        for seed in range(100)
    ]
    assert np.mean(rates) <= 1.05 * rate


def test_a_wish_rarer_than_the_data_show_follows_the_tail_of_the_scores():
    # Wilson & Hilferty: the power 2/3 of a distance is nearly Gaussian; so far out it stays within a decade.
    wish = parse_wish("1/week")
    rate = wish.per_window(1.0)
    found = [
        realised(bounds(gaussian(2000, seed=seed), NOTICES, 1, wish, parse_wish("1/year"))[0])
        for seed in range(40)
    ]
    assert rate / 1000 < np.exp(np.mean(np.log(found))) < 10 * rate


def test_a_notice_is_never_nearer_than_the_strangest_unseen_window_of_its_mode():
    scores = gaussian(300, modes=3)
    scores.unseen[NOTICES].score[4] = 30.0  # of mode 1
    found = bounds(scores, NOTICES, 3, parse_wish("10 %"), parse_wish("1/year"))
    assert found[1] == 30.0 and found[0] < 30.0 and found[2] < 30.0


@pytest.mark.parametrize("text", ["0/week", "0 %", "101 %", "-1/day", "1/fortnight", f"0.{'0' * 315}1/year"])
def test_a_wish_that_nothing_can_fulfil_is_refused_with_a_hint(text):
    with pytest.raises(JudderError, match="no rate") as caught:
        parse_wish(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    "wish, rate", [("1/day", 1 - np.exp(-1)), ("1/year", 1 - np.exp(-1 / 365.25)), ("2 %", 0.02)]
)
def test_an_alarm_is_what_so_many_plausible_days_exceed(wish, rate):
    assert daily(parse_wish(wish)) == pytest.approx(rate)
    quiet = Unseen(np.full(100, 0.1), np.zeros(100, int))
    scores = Scores({ALARMS: quiet}, quiet.score, FEATURES, 1.0, 1.0)
    (found,) = bounds(scores, ALARMS, 1, parse_wish("1/week"), parse_wish(wish))
    days = np.linalg.norm(np.random.default_rng(0).normal(0, 1, (200_000, FEATURES)), axis=1)
    assert np.mean(days > found) == pytest.approx(rate, rel=0.1)
    assert found**2 == pytest.approx(chi_square_bound(rate, FEATURES))


def test_an_alarm_lies_a_tenth_above_all_that_unseen_normal_windows_did():
    loud = Unseen(np.array([20.0, 25.0, 3.0]), np.array([0, 0, 1]))
    scores = Scores({ALARMS: loud}, loud.score, FEATURES, 1.0, 1.0)
    found = bounds(scores, ALARMS, 2, parse_wish("1/week"), parse_wish("1/day"))
    assert found[0] == pytest.approx(27.5) and found[1] == pytest.approx(
        np.sqrt(chi_square_bound(1 - np.exp(-1), FEATURES))
    )


def test_one_in_a_hundred_normal_windows_is_over_the_threshold_of_a_windows_own_score():
    scores = gaussian(5000).window
    assert np.mean(scores > window_threshold(scores)) == pytest.approx(0.01, abs=0.0003)


def test_about_one_in_a_hundred_windows_that_were_never_seen_is_over_it_too():
    rng = np.random.default_rng(1)
    features = rng.normal(0, 0.1, (900, FEATURES))
    rows = Rows(features, np.full(900, "low"), np.full(900, "s"))
    learned = MahalanobisDetector("directional", 0.02).fit(rows)
    window, _ = unseen_scores(rows, learned, None, (NOTICES,), NOTICES)
    fresh = rng.normal(0, 0.1, (20_000, FEATURES)) - learned.means_
    flagged = np.linalg.norm(fresh @ learned.whitening(NOTICES)[0], axis=1) > window_threshold(window)
    assert 0.003 < flagged.mean() < 0.02


def test_too_few_means_to_calibrate_on_are_counted():
    few = Unseen(np.ones(5), np.zeros(5, int))
    with pytest.raises(JudderError, match="5 means of 5 windows are left") as caught:
        Scores({NOTICES: few}, few.score, FEATURES, 1.0, 1.0).check()
    assert "judder record" in caught.value.hint
