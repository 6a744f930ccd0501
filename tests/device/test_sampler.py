"""The sampler on real MicroPython, with doubles where the hardware is: what comes out, late or lost."""

import json
import random
from itertools import pairwise

import numpy as np
import pytest

from tests.device.board import ROOT

SEARCH = f"{ROOT}/device:{ROOT}/shared:.frozen"  # with the real clock: only the sampler has another
LATE, LOST = 2, 64  # flags of a window
POLL_US = 4000 / 3


@pytest.fixture
def sampling(world):
    """Return a function that runs a case of board_scripts/sampling.py."""

    def run(name, **case):
        (world.folder / "case.json").write_text(json.dumps(case))
        return json.loads(world.run("sampling.py", name, heapsize="8m", search=SEARCH))  # for the case

    return run


@pytest.mark.parametrize("fault", ["list", "float", "bytes"])
def test_a_driver_that_allocates_is_caught(sampling, fault):
    found = sampling("fault", fault=fault)
    assert found == {"raised": "MemoryError", "count": 1, "bus_errors": 0, "free": 99}


def test_bus_errors_are_counted_and_sampling_goes_on(sampling):
    found = sampling("fault", fault="bus")
    assert found == {"raised": None, "count": 1, "bus_errors": 2, "free": 99}


def test_a_data_ready_pin_loses_no_sample_for_a_bus_error(sampling):
    edges = [4000 * k + 150 for k in range(1, 500)]
    found = sampling("watch", window_len=50, ticks_us=edges, failing_once=list(range(100, 480, 7)))
    assert found["errors"] > 40 and found["counted"] == {"late": 0, "lost": 0, "lost_windows": 0}


def polls(seconds, seed=0, stalls=()):
    """Return when, in us, a timer looks, three times a period, but for stalls: (from, to) in us."""
    rng = random.Random(seed)
    times = [int(k * POLL_US + rng.uniform(0, 200)) for k in range(1, int(seconds * 1e6 / POLL_US))]
    return [t for t in times if not any(start <= t < stop for start, stop in stalls)]


# A crystal is good for 50 ppm, the RC oscillators of such sensors for some percents.
@pytest.mark.parametrize("period_us", [3880.0, 3999.7, 4000.0, 4120.0])
def test_without_stalls_nothing_is_late_or_lost_and_the_rate_is_the_sensors(sampling, period_us):
    found = sampling("watch", period_us=period_us, window_len=256, ticks_us=polls(16.0))
    assert len(found["windows"]) >= 13 and found["truth"] == {"late": 0, "lost": 0}
    assert found["counted"] == {"late": 0, "lost": 0, "lost_windows": 0}
    assert [flags for _, flags, *_ in found["windows"]] == [0] * len(found["windows"])
    assert found["windows"][-1][3] == pytest.approx(1e6 / period_us, rel=2e-3)


@pytest.mark.parametrize("period_us", [3900.0, 4000.0, 4100.0])
@pytest.mark.parametrize("now_us", [0, 2**30 - 3_000_000, 2**29 - 2_000_000])
def test_late_and_lost_samples_are_counted_as_what_they_are(sampling, period_us, now_us):
    rng = random.Random(period_us)
    stalls = []
    for k in range(2000, 15000, 250):  # ms; each far enough from the next
        start = k * 1000 + rng.randrange(100_000)
        stalls.append((start, start + rng.choice([1900, 2500, 3500, 7000, 11000, 33000])))
    ticks = polls(16.0, seed=1, stalls=stalls)
    found = sampling("watch", period_us=period_us, now_us=now_us, window_len=256, ticks_us=ticks)
    truth, counted = found["truth"], found["counted"]
    assert truth["lost"] > 50 and truth["late"] > 10
    # A stall where a window begins costs that window nothing, up to 8 samples. And the board knows to a tenth
    # of a period when a sample was made: where a stall ends that near the border it may tell the wrong side.
    assert counted["lost"] == pytest.approx(truth["lost"], abs=10)
    assert counted["late"] == pytest.approx(truth["late"], abs=8)


def test_the_measured_rate_is_the_sensors_also_where_samples_are_lost(sampling):
    stalls = [(k * 100_000, k * 100_000 + 30_000) for k in range(5, 160)]
    found = sampling("watch", window_len=256, ticks_us=polls(16.0, stalls=stalls))
    assert found["truth"]["lost"] > 500
    assert found["windows"][-1][3] == pytest.approx(250, rel=2e-3)


def test_a_window_that_lost_a_sample_says_so_and_the_others_do_not(sampling):
    found = sampling("watch", window_len=50, ticks_us=polls(2.0, stalls=[(700_000, 709_000)]))
    flags = [flags & LOST for _, flags, *_ in found["windows"]]
    assert flags.count(LOST) == 1
    gaps = [np.diff(counts).max() > 1 for _, _, counts, *_ in found["windows"]]
    assert gaps == [flag == LOST for flag in flags]


def test_a_window_is_flagged_late_above_the_share_it_may_have(sampling):
    stalls = [(600_000 + k * 20_000, 602_200 + k * 20_000) for k in range(6)]  # 2.2 ms: late, never lost
    ticks = polls(2.0, stalls=stalls)
    flagged = [
        [
            flags & LATE
            for _, flags, *_ in sampling("watch", window_len=50, ticks_us=ticks, max_late_share=share)[
                "windows"
            ]
        ]
        for share in (0.02, 1.0)
    ]
    assert flagged[0].count(LATE) >= 1 and flagged[1].count(LATE) == 0


def test_without_a_fifo_nothing_is_read_while_a_window_is_held_and_the_next_is_whole(sampling):
    found = sampling("watch", window_len=50, ticks_us=polls(3.0), hold=100)
    windows = [counts for _, _, counts, *_ in found["windows"]]
    assert len(windows) >= 6
    assert all((np.diff(counts) == 1).all() for counts in windows)
    gaps = [later[0] - earlier[-1] for earlier, later in pairwise(windows)]
    assert min(gaps) > 30  # 100 looks are 33 samples
    assert [seq for seq, *_ in found["windows"]] == list(range(len(windows)))
    assert found["counted"] == {"late": 0, "lost": 0, "lost_windows": 0}


FIFO = {"fifo_len": 32, "window_len": 50}


def drains(seconds, stalls=()):
    times = range(20_000, int(seconds * 1e6), 20_000)
    return [t for t in times if not any(start <= t < stop for start, stop in stalls)]


def test_with_a_fifo_windows_follow_one_another_without_a_gap(sampling):
    found = sampling("watch", **FIFO, ticks_us=drains(4.0), hold=5)
    counts = np.concatenate([counts for _, _, counts, *_ in found["windows"]])
    assert len(found["windows"]) >= 18 and (np.diff(counts) == 1).all()
    assert found["counted"] == {"late": 0, "lost": 0, "lost_windows": 0}


def test_a_fifo_outlasts_a_stall_shorter_than_itself(sampling):
    found = sampling("watch", **FIFO, ticks_us=drains(4.0, stalls=[(1_000_000, 1_100_000)]))
    assert found["truth"]["lost"] == found["counted"]["lost"] == 0
    assert [flags for _, flags, *_ in found["windows"]] == [0] * len(found["windows"])


def test_a_fifo_that_ran_over_is_told_and_the_windows_that_miss_samples_say_so(sampling):
    found = sampling("watch", **FIFO, ticks_us=drains(6.0, stalls=[(1_000_000, 1_500_000)]))
    assert found["truth"]["lost"] > 80
    assert found["counted"]["lost"] == pytest.approx(found["truth"]["lost"], abs=6)
    gaps = [bool(np.diff(counts).max() > 1) for _, _, counts, *_ in found["windows"]]
    assert [bool(flags & LOST) for _, flags, *_ in found["windows"]] == gaps and gaps.count(True) == 1


@pytest.mark.parametrize("period_us", [3900.0, 4000.0, 4100.0])
def test_with_a_fifo_the_rate_is_the_sensors(sampling, period_us):
    found = sampling("watch", fifo_len=32, window_len=256, period_us=period_us, ticks_us=drains(20.0))
    assert found["windows"][-1][3] == pytest.approx(1e6 / period_us, rel=2e-3)


@pytest.mark.parametrize("fifo_len", [0, 32])
def test_a_window_ends_when_its_last_sample_was_made(sampling, fifo_len):
    ticks = drains(8.0) if fifo_len else polls(8.0)
    found = sampling("watch", fifo_len=fifo_len, window_len=100, ticks_us=ticks)
    for _, _, counts, _, end_us in found["windows"][2:]:
        assert end_us == pytest.approx(counts[-1] * 4000, abs=4500)  # a sample's time, and a look


def test_a_window_that_nobody_took_in_time_is_missing_from_the_numbers(sampling):
    found = sampling("watch", **FIFO, ticks_us=drains(4.0), hold=23)
    assert found["counted"]["lost_windows"] >= 1
    seqs = [seq for seq, *_ in found["windows"]]
    assert sum(later - earlier - 1 for earlier, later in pairwise(seqs)) >= 1
    for _, flags, counts, *_ in found["windows"]:
        assert flags == 0 and (np.diff(counts) == 1).all()


def test_a_few_bus_errors_between_looks_lose_nothing(sampling):
    found = sampling("watch", window_len=50, ticks_us=polls(2.0), broken=list(range(50, 1400, 37)))
    assert found["errors"] >= 30 and found["counted"]["lost"] == found["truth"]["lost"] == 0
    assert found["ended"] == []


def test_a_bus_that_fails_at_sixteen_looks_in_a_row_twice_each_ends_the_watch(sampling):
    found = sampling("watch", window_len=50, ticks_us=polls(2.0), broken=list(range(300, 330)))
    assert found["ended"] == ["OSError"] and 32 <= found["errors"] <= 33  # one where a window begins
