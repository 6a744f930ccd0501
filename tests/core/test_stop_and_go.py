"""A machine that stops and goes: what counts as evidence of a fault, however short it runs and rests."""

from array import array

import pytest
from judder_core import judge, model_file, numeric
from judder_core.decision import ALARM, NORMAL
from judder_core.evidence import EDGES, SHORT, Evidence

from tests import machine_v2, models_v2

FAULT = 2.0
CYCLES = 40
LONGEST = 1 + EDGES  # windows of a run that count, at least, but for a machine that never runs for longer
ever = pytest.mark.parametrize("rest", [1, 2, 3])


@pytest.fixture(scope="module")
def levels():
    """Return a function that returns the debounced levels of windows."""
    model = model_file.load(models_v2.encode(machine_v2.document("directional")), numeric)

    def judged(windows):
        one, decision = judge.make(model, numeric, "board"), model.decision()
        counts = [array("h", window.ravel().tolist()) for window in windows]
        return [decision.take(one.update(each, machine_v2.SCALE_G)) for each in counts]

    return judged


@ever
@pytest.mark.parametrize("run", range(2, 9))
def test_a_fault_alarms_however_short_the_machine_runs_and_rests(levels, run, rest):
    found = levels(machine_v2.stop_and_go(run, rest, CYCLES, FAULT))
    assert found[-1] == ALARM
    cycles = found.index(ALARM) // (run + rest)
    assert cycles <= (5 if run > EDGES else SHORT + 3)


@ever
@pytest.mark.parametrize("run", range(LONGEST, 9))
def test_starts_and_stops_of_a_healthy_machine_are_no_fault(levels, run, rest):
    assert max(levels(machine_v2.stop_and_go(run, rest, CYCLES))) < ALARM


@ever
def test_ten_runs_of_a_start_and_a_stop_alone_are_no_fault(levels, rest):
    assert set(levels(machine_v2.stop_and_go(2, rest, SHORT))) == {NORMAL}


def test_a_fault_alarms_while_it_rests_and_until_it_is_mended(levels):
    broken, mended = machine_v2.stop_and_go(6, 3, 5, FAULT), machine_v2.stop_and_go(6, 3, 6)
    found = levels([*broken, *mended])
    alarms = [k for k, level in enumerate(found) if level == ALARM]
    assert alarms == list(range(alarms[0], alarms[-1] + 1)) and alarms[0] < len(broken) < alarms[-1]
    assert found[-1] < ALARM


def test_a_sensor_that_is_stuck_is_no_machine_at_rest(levels):
    healthy = machine_v2.stop_and_go(6, 3, 5)
    stuck = healthy[:12].copy()
    stuck[:] = stuck[0, 0]
    assert levels([*healthy, *stuck])[-1] == ALARM


def evidence_of(story):
    """Return which windows counted of a story: a letter per window that runs, a dot for one at rest."""
    evidence, counted = Evidence([1], 1, numeric, stops=True), []
    for k, letter in enumerate(story):
        before = evidence.means[0] and evidence.means[0][0]
        if letter == ".":
            evidence.rest()
        elif not evidence.go_on():
            evidence.add(array("f", [float(k)]))
        after = evidence.means[0] and evidence.means[0][0]
        if after != before:
            counted.append(story[int(after)])
    return "".join(counted)


@pytest.mark.parametrize(
    "story, counted",
    [
        ("abcd", "abc"),  # the last one waits
        ("abcd...efgh", "abcfg"),
        ("abc.d.ef.ghi.", "abh"),
    ],
)
def test_neither_the_first_window_of_a_run_counts_nor_the_last(story, counted):
    assert evidence_of(story) == counted


def test_of_a_machine_that_never_runs_longer_than_it_starts_and_stops_all_windows_count():
    assert evidence_of(".ab" * SHORT + ".cd.ef.gh.") == "cdefgh"


def test_a_model_that_knows_no_standstill_counts_each_window_at_once():
    evidence = Evidence([1], 1, numeric)
    evidence.go_on()
    evidence.add(array("f", [7.0]))
    assert evidence.means[0][0] == 7.0
