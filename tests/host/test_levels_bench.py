"""How what is said at the two levels is counted, and on what: the machinery behind the evaluation page."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from judder.bench import fan, ladders
from judder.bench.before import ALERT
from judder.bench.days import machines_for
from judder.bench.ladders import Climb
from judder.bench.levels import Count, count, total
from judder.bench.machines import Paths, machines
from judder.bench.reference_mahalanobis import ROWS, ReferenceMahalanobis
from judder.bench.remounts import gravity
from judder.data.sources import windows_of
from judder.data.turning import turned
from judder.simulation import FanOptions, simulate
from scipy.spatial.distance import mahalanobis
from scipy.stats import median_abs_deviation

DATA = Path(__file__).parents[2].parent / "shared" / "data"
PATHS = Paths(
    *(DATA / name for name in ("ceiling-fan.zip", "rig-1khz.zip", "uci611-fan-50hz.npz", "gearbox.npz"))
)
on_recordings = pytest.mark.skipif(not DATA.exists(), reason="The recordings in ../shared/data are not here.")
LEVELS = [0, 0, 1, 1, 0, 2, 2, 1, 0, 0]


@pytest.fixture(scope="module")
def windows():
    return windows_of(simulate(FanOptions(seconds=60, seed=3)), window_len=256)


@pytest.fixture(scope="module")
def every():
    return {machine.name: machine for machine in machines(PATHS)}


def scored(windows, levels=LEVELS, states="normal"):
    n = len(levels)
    return SimpleNamespace(
        windows=windows.select(np.arange(n)),
        level=np.array(levels),
        state=np.full(n, states),
        mounting_changed=np.arange(n) >= 7,
        combined_score=np.r_[[np.nan] * 4, np.ones(n - 4)],
    )


def test_a_window_at_alarm_is_at_notice_too(windows):
    counted = count(scored(windows))
    assert (counted.windows, counted.notice, counted.alarm) == (10, 5, 2)


def test_a_level_that_stays_is_counted_once(windows):
    counted = count(scored(windows))
    assert (counted.notices, counted.alarms) == (2, 1)


def test_a_runs_first_windows_can_be_left_out(windows):
    counted = count(scored(windows), first=4)
    assert (counted.windows, counted.notice, counted.share("notice")) == (6, 3, 0.5)


def test_windows_that_count_for_nothing_are_counted_by_why(windows):
    assert count(scored(windows)).skipped == {"too early": 4}
    assert count(scored(windows, states="standstill")).skipped == {"standstill": 10}


def test_counts_add_up(windows):
    twice = total([count(scored(windows))] * 2)
    assert (twice.windows, twice.notices, twice.mounting_changed) == (20, 4, 6)
    assert twice.skipped == {"too early": 8}


@pytest.mark.parametrize("degrees", [5, 20])
def test_a_turn_moves_gravity_by_its_angle(windows, degrees):
    before, sideways = gravity(windows), np.cross(gravity(windows), [1.0, 0, 0])
    after = gravity(turned(windows, sideways / np.linalg.norm(sideways), degrees))
    assert np.degrees(np.arccos(before @ after)) == pytest.approx(degrees, abs=0.05)  # counts are whole


def test_a_turn_about_gravity_leaves_it_where_it_is(windows):
    after = gravity(turned(windows, gravity(windows), 20))
    assert np.degrees(np.arccos(min(1.0, gravity(windows) @ after))) < 0.1


def climbed(*shares):
    counts = {float(size): Count(100, notice=n, alarm=n) for size, n in enumerate(shares)}
    return Climb("motor", "low", 4, "rub", counts)


def test_a_step_up_that_is_told_less_is_a_fall():
    falls = list(climbed(0, 90, 84, 83, 95).falls())
    assert falls == [("notice", 2.0, 0.90, 0.84), ("alarm", 2.0, 0.90, 0.84)]


def test_a_level_is_reached_from_where_it_stays():
    assert climbed(0, 95, 20, 92, 99).reaches("alarm", 0.9) == 3
    assert climbed(0, 95, 20).reaches("alarm", 0.9) is None


def test_every_step_of_a_ladder_is_a_step_up():
    assert all(list(sizes) == sorted(set(sizes)) for sizes in ladders.SIZES.values())


@pytest.mark.parametrize("wish_s, machines", [(86400, 20), (604800, 140), (3600 * 12, 10)])
def test_enough_machines_wait_a_day_for_twenty_alarms(wish_s, machines):
    assert machines_for(wish_s) == machines


def test_the_references_score_is_the_square_of_scipys_distance(windows):
    reference = ReferenceMahalanobis().fit(windows)
    deviations = median_abs_deviation(windows.in_g()[:, :ROWS], axis=1, scale="normal")
    expected = [mahalanobis(row, reference.mean_, reference.precision_) ** 2 for row in deviations]
    assert reference.score(windows) == pytest.approx(expected, rel=1e-4)  # its 1.4826 is rounded


@on_recordings
def test_what_is_called_later_comes_after_what_was_learned(every):
    learned, tested = every["ceiling fan, task E"].folds[-1]
    for name in fan.sides("E")[0]:
        after = tested.of([f"later {name}"]).start_row.min()
        assert after >= learned.of([name]).start_row.max() + learned.window_len


@on_recordings
def test_the_small_fans_speeds_follow_one_another_in_one_recording(every):
    ((learned, tested),) = every["small fan, 17 speeds in one recording"].folds
    assert set(learned.recording) == {"normal"} and len(learned) == 17 * 1500 // 64
    assert set(tested.recording) == {"later", "fault1", "fault2"}


@on_recordings
def test_no_machine_is_asked_about_what_it_learned(every):
    for machine in every.values():
        for learned, tested in machine.folds:
            rows = [
                set(zip(part.recording.tolist(), part.start_row.tolist(), strict=True))
                for part in (learned, tested)
            ]
            assert not rows[0] & rows[1]


@on_recordings
def test_the_design_before_has_a_figure_for_all_that_is_asked(every):
    assert {name: set(machine.labels) for name, machine in every.items()} == {
        name: set(shares) for name, shares in ALERT.items()
    }
