"""A machine that goes from one speed to another in the middle of a window: such a window is like neither."""

from array import array
from itertools import permutations

import pytest
from judder_core import judge, model_file, numeric
from judder_core.decision import ALARM

from tests import machine_v2, models_v2


@pytest.fixture(scope="module")
def told():
    """Return a function that returns (debounced level, state) after each of windows."""
    model = model_file.load(models_v2.encode(machine_v2.document("directional", standstill_g=None)), numeric)

    def judged(windows):
        one, decision = judge.make(model, numeric, "board"), model.decision()
        counts = [array("h", window.ravel().tolist()) for window in windows]
        verdicts = [one.update(each, machine_v2.SCALE_G) for each in counts]
        return [(decision.take(verdict), verdict.state) for verdict in verdicts]

    return judged


@pytest.mark.parametrize("before, after", list(permutations(machine_v2.SPEEDS, 2)))
def test_wherever_in_a_window_the_speed_changes_it_is_no_alarm(told, before, after):
    for at in range(4, machine_v2.WINDOW_LEN, 8):
        assert max(level for level, _ in told(machine_v2.changing(before, after, at))) < ALARM, at


def test_a_window_nearer_to_the_speed_it_goes_to_is_left_out(told):
    windows = machine_v2.changing("slow", "fast", 44)
    assert [state for _, state in told(windows)].index("disturbed") == len(windows) // 2


def test_a_machine_that_is_between_two_speeds_for_good_alarms(told):
    windows = [machine_v2.changing("middle", "fast", 32, 0, seed)[0] for seed in range(20)]
    found = told([*machine_v2.normal("middle", 12), *windows])
    assert found[-1][0] == ALARM and found[16][0] == ALARM
