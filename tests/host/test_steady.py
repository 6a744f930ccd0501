"""The server's clock: what it does where the wall clock jumps, and when it says so."""

import pytest
from judder.server.services.steady import EARLIEST_S, Steady
from judder.server.storage.rows import Gap

NOW_S = 1_800_000_000.0
DAY_S = 86_400.0


class Machine:
    """A machine's two clocks; a jump moves only the wall's."""

    def __init__(self, wall_s=NOW_S):
        self.wall_s = wall_s
        self.ticks_s = 50.0

    def passes(self, seconds):
        self.wall_s += seconds
        self.ticks_s += seconds

    def steady(self, newest_s=None):
        steady = Steady(lambda: self.wall_s, lambda: self.ticks_s)
        self.gaps = []
        steady.on_gap = self.gaps.append
        steady.resume(None if newest_s is None else int(newest_s * 1e6))
        return steady


@pytest.fixture
def machine():
    return Machine()


def seconds(steady):
    return steady.now_us() / 1e6


def lived(machine, steady, seconds_s):
    """Let time pass as a server does, which asks often; return by how much the steady clock went on."""
    before = seconds(steady)
    for _ in range(int(seconds_s)):
        machine.passes(1)
        steady.now_us()
    return seconds(steady) - before


def test_it_agrees_with_a_wall_clock_that_runs_well(machine):
    steady = machine.steady()
    lived(machine, steady, 100)
    assert seconds(steady) == pytest.approx(machine.wall_s, abs=1e-3) and steady.doubt is None


@pytest.mark.parametrize("jump_s", [-DAY_S, -3600, -1, 1, 3600, DAY_S, 8 * DAY_S])
def test_a_jump_of_the_wall_clock_moves_it_by_nothing_at_once(machine, jump_s):
    steady = machine.steady()
    before = seconds(steady)
    machine.wall_s += jump_s
    assert seconds(steady) == before


@pytest.mark.parametrize("jump_s", [-DAY_S, -30, 30, DAY_S])
def test_a_jump_is_doubted(machine, jump_s):
    steady = machine.steady()
    machine.wall_s += jump_s
    assert ("behind" if jump_s < 0 else "ahead of") in steady.doubt


def test_a_wall_clock_put_back_is_followed_at_half_speed_without_a_step_back(machine):
    steady = machine.steady()
    machine.wall_s -= 60
    assert lived(machine, steady, 60) == pytest.approx(30, abs=1)
    lived(machine, steady, 120)
    assert seconds(steady) == pytest.approx(machine.wall_s, abs=1e-3) and steady.doubt is None


def test_a_wall_clock_that_stays_ahead_is_followed_and_the_time_skipped_is_a_gap(machine):
    steady = machine.steady()
    machine.wall_s += 3 * DAY_S
    lived(machine, steady, 120)
    assert seconds(steady) == pytest.approx(machine.wall_s, abs=1e-3)
    (gap,) = machine.gaps
    assert (gap.end_us - gap.begin_us) / 1e6 == pytest.approx(3 * DAY_S, abs=61)


def test_a_wall_clock_that_jumps_about_is_not_followed(machine):
    steady = machine.steady()
    for k in range(10):
        machine.wall_s += DAY_S * (-1) ** k
        lived(machine, steady, 30)
    assert abs(seconds(steady) - NOW_S) < 500 and not machine.gaps


@pytest.mark.parametrize("wall_s", [0.0, NOW_S - DAY_S])
def test_a_start_by_a_clock_before_the_newest_stored_time_goes_on_from_that(wall_s):
    steady = Machine(wall_s).steady(newest_s=NOW_S)
    assert seconds(steady) == NOW_S and "behind" in steady.doubt


def test_a_first_start_at_1970_begins_at_the_earliest_time():
    assert seconds(Machine(5.0).steady()) == EARLIEST_S


def test_a_stored_time_far_ahead_does_not_set_the_clock(machine):
    assert seconds(machine.steady(newest_s=NOW_S + 400 * DAY_S)) == NOW_S


def test_a_start_long_after_the_newest_stored_time_is_a_gap_and_doubted_for_an_hour(machine):
    steady = machine.steady(newest_s=NOW_S - 8 * DAY_S)
    assert machine.gaps == [Gap(int((NOW_S - 8 * DAY_S) * 1e6), int(NOW_S * 1e6))]
    assert "8 days" in steady.doubt
    machine.passes(3601)
    assert steady.doubt is None


def test_a_short_stop_is_no_gap(machine):
    steady = machine.steady(newest_s=NOW_S - 600)
    assert not machine.gaps and steady.doubt is None


@pytest.mark.parametrize("jump_s", [-DAY_S, DAY_S])
def test_the_time_that_boards_sign_follows_no_wall_clock(machine, jump_s):
    steady = machine.steady()
    begun_us = steady.signing_us()
    machine.wall_s += jump_s
    lived(machine, steady, 100)
    assert steady.signing_us() - begun_us == 100_000_000


def test_the_time_that_boards_sign_begins_after_all_that_is_stored(machine):
    assert machine.steady(newest_s=NOW_S + 400 * DAY_S).signing_us() > NOW_S * 1e6 + 399e6 * DAY_S


def test_a_clock_without_ticks_of_its_own_is_taken_at_its_word():
    now_s = [NOW_S]
    steady = Steady(lambda: now_s[0])
    steady.resume(int((NOW_S + 5) * 1e6))
    now_s[0] += DAY_S
    assert seconds(steady) == NOW_S + DAY_S and steady.doubt is None
