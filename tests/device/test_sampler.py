"""The sampler on real MicroPython, with doubles where the hardware is."""

import json
import random

import pytest

PERIOD_US = 4000
LATE = 2  # the flag of a window


@pytest.fixture
def sampling(world):
    """Return a function that runs a case of board_scripts/sampling.py."""

    def run(name, **case):
        (world.folder / "case.json").write_text(json.dumps(case))
        return json.loads(world.run("sampling.py", name))

    return run


# Every third look finds a sample.
@pytest.mark.parametrize(("kind", "polls"), [("msa301", 3 * 600), ("simulated", 600)])
def test_600_samples_are_taken_with_the_heap_locked(sampling, kind, polls):
    found = sampling("lock_heap", kind=kind)
    assert found == {"polls": polls, "grown": 0, "lost_windows": 2, "late": 0}


@pytest.mark.parametrize("fault", ["list", "float", "bytes"])
def test_a_driver_that_allocates_is_caught(sampling, fault):
    found = sampling("fault", fault=fault)
    assert found == {"raised": "MemoryError", "taken": 1, "bus_errors": 0, "free": 99}


def test_a_bus_error_is_counted_and_sampling_goes_on(sampling):
    found = sampling("fault", fault="bus")
    assert found == {"raised": None, "taken": 1, "bus_errors": 1, "free": 99}


def gaps_us():
    """Return gaps between samples: most in time, some short, some that jump over samples."""
    rng = random.Random(1)
    shares = [1.0, 1.02, 0.97, 1.5, 0.5, 0.3, 0.0, 1.51, 1.6, 2.0, 2.4, 2.6, 3.0, 10.4, 250.0]
    return [int(PERIOD_US * share) for share in shares + rng.choices(shares, k=300)]


def late_and_lost(gaps):
    late = lost = 0
    for gap in gaps:
        if abs(gap - PERIOD_US) > PERIOD_US / 2:
            late += 1
            lost += max(0, round(gap / PERIOD_US) - 1)
        yield [late, lost]


def test_a_window_that_misses_a_second_is_flagged(sampling):
    found = sampling("consume", busy=[], restart_at=None, gap_at=6)
    assert [flags for _, flags, *_ in found] == [0, LATE, 0, 0, 0, 0]


@pytest.mark.parametrize("now_us", [0, 2**30 - 3 * PERIOD_US, 2**29])
def test_late_and_lost_samples_are_counted_exactly_also_where_ticks_wrap(sampling, now_us):
    gaps = gaps_us()
    assert sampling("count_gaps", now_us=now_us, gaps_us=gaps) == list(late_and_lost(gaps))


def test_a_clock_that_jumps_back_is_late_and_loses_nothing(sampling):
    assert sampling("count_gaps", now_us=0, gaps_us=[4000, -9000, 4000]) == [[0, 0], [1, 0], [1, 0]]


def numbered(first, count=4):
    return list(range(first, first + count))


def test_windows_follow_one_another_without_a_gap_also_where_ticks_wrap(sampling):
    found = sampling("consume", busy=[], restart_at=None)
    assert found == [[seq, 0, numbered(4 * seq + 1), 250] for seq in range(6)]


def test_a_window_nobody_took_is_missing_from_the_numbers(sampling):
    found = sampling("consume", busy=[1], restart_at=None)
    assert [(seq, counts) for seq, _, counts, _ in found] == [
        (seq, numbered(4 * seq + 1)) for seq in (0, 1, 3, 4, 5)
    ]
    assert {rate for *_, rate in found} == {250}


def test_a_restart_begins_a_whole_window_and_forgets_what_was_late(sampling):
    found = sampling("consume", busy=[], restart_at=6)
    assert [counts for _, _, counts, _ in found] == [
        numbered(1),
        *(numbered(first) for first in range(12, 28, 4)),
    ]
    assert [flags for _, flags, _, _ in found] == [0] * len(found)


def test_after_the_flash_was_written_a_whole_window_begins_and_nothing_counts_as_lost(sampling):
    assert sampling("flash", write_us=90000) == {"counts": numbered(3), "late": 0, "lost": 0}
