from hypothesis import given
from hypothesis import strategies as st
from judder_core.decision import ALARM, Decision, Verdict
from judder_core.fit import calibrate

from tests.judge_oracle import debounced


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 5), st.integers(5, 8))
def test_an_alert_rises_exactly_with_the_mth_of_the_last_n(outcomes, m, n):
    decision = Decision(m, n, 0)
    expected = False
    for k, anomaly in enumerate(outcomes):
        recent = sum(outcomes[max(0, k + 1 - n) : k + 1])
        expected = recent >= m or (expected and recent > 0)
        assert decision.update(anomaly) == expected


@given(st.lists(st.integers(0, 2), max_size=60), st.integers(2, 5), st.integers(5, 8), st.integers(0, 1))
def test_each_level_has_a_history_of_its_own(levels, m, n, clear):
    decision = Decision(m, n, clear)
    found = [decision.update(level) for level in levels]
    assert found == debounced(levels, {"m": m, "n": n, "clear": clear})


def test_a_standstill_leaves_the_level_as_it_is():
    decision = Decision(1, 2, 0)
    decision.update(ALARM)
    still = Verdict(0.0, 1.0, "board", "fan-0")
    still.state = "standstill"
    assert [decision.take(still) for _ in range(5)] == [ALARM] * 5


@given(st.lists(st.floats(0, 100), min_size=1, max_size=400), st.floats(0, 120))
def test_p_values_are_conformal_or_calmer(scores, score):
    exact = (1 + sum(s >= score for s in scores)) / (len(scores) + 1)
    found = calibrate(scores).p_value(score)
    assert found >= exact - 1e-12
    if len(set(scores)) == len(scores) <= 64:
        assert abs(found - exact) < 1e-12  # every rank has its row in the table
