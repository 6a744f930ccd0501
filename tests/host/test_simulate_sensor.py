"""The simulated sensor, the clock it is read by, and what goes wrong with them."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from judder.quality import find, survey
from judder.simulation import (
    Clock,
    FanOptions,
    Fault,
    Sensor,
    Surroundings,
    fan_options,
    simulate,
    simulate_windows,
)
from judder.simulation.stream import read
from scipy import signal

QUIET = dict(speed_hz=0.0, hum_mg=0.0, surroundings=Surroundings(ambient_mg=0.0))
BUSY = FanOptions(
    seconds=200,
    hum_mg=10.0,
    faults=(Fault("looseness"), Fault("rub"), Fault("stall", 0.3)),
    fault_from_s=20.0,
    odr_hz=270.0,
    surroundings=Surroundings(0.2, 30, 0.1, 14, 0.02, 0.5, 600, (5, 9), 10, 0.03, 10, 5.0),
    sensor=Sensor(odr_error=0.01, offset_mg=80, cross_axis=0.02),
    clock=Clock(50, 60, 0.005, 3, 2),
)


def faulty(kind, size=None, **options):
    return simulate(FanOptions(**{"seconds": 60, "faults": (Fault(kind, size),), **options}))


@pytest.mark.parametrize("range_g", [2, 4, 8, 16])
def test_the_counts_are_a_14_bit_sensors(range_g):
    recording = simulate(FanOptions(seconds=10, range_g=range_g, faults=(Fault("clipping", 20.0),)))
    counts = recording.segments[0].samples
    assert counts.dtype == np.int16 and recording.scale_g == range_g / 8192
    assert counts.max() == 8191 and counts.min() == -8192


def test_noise_has_the_density_asked_for_up_to_half_the_output_rate():
    rows = simulate(FanOptions(seconds=400, sample_rate_hz=500.0, range_g=2, **QUIET)).in_g()
    hz, density = signal.welch(rows - rows.mean(axis=0), 500.0, nperseg=1024, axis=0)
    ug = 1e6 * np.sqrt(density[(hz > 5) & (hz < 245)].mean(axis=0))
    assert ug == pytest.approx([90, 100, 220], rel=0.02)  # 0.24 mg of LSB adds 0.3 % to 90


def test_noise_in_mg_is_its_rms():
    rows = simulate(FanOptions(seconds=100, noise_mg=3.0, **QUIET)).in_g()
    assert 1000 * rows.std(axis=0) == pytest.approx([3, 3, 3], rel=0.02)


def repeats(**options):
    """Return the share of rows that are the row before: noise of 30 LSB makes chance ones rare."""
    counts = simulate(FanOptions(seconds=60, noise_mg=15.0, **QUIET, **options)).segments[0].samples
    return (np.diff(counts, axis=0) == 0).all(axis=1).mean()


@pytest.mark.parametrize("sample_rate_hz, share", [(250, 0.0), (500, 0.5), (1000, 0.75), (200, 0.0)])
def test_polling_faster_than_the_output_rate_reads_rows_twice(sample_rate_hz, share):
    assert repeats(sample_rate_hz=sample_rate_hz, odr_hz=250.0) == pytest.approx(share, abs=0.005)


def test_collections_make_a_poll_repeat_rows_and_a_board_that_waits_lose_them():
    polled = dict(sample_rate_hz=250.0, odr_hz=250.0)
    late = Clock(gc_s=0.5)
    assert repeats(**polled, clock=late) > 0.005 and repeats(clock=late) == pytest.approx(0, abs=1e-3)
    smooth, torn = (
        simulate(FanOptions(seconds=60, **{**QUIET, "hum_mg": 30.0}, clock=clock)).in_g()[:, 0]
        for clock in (Clock(), late)
    )
    lines = [signal.periodogram(x - x.mean(), 250.0)[1].max() for x in (smooth, torn)]
    assert lines[1] < 0.5 * lines[0]  # lost rows break the hum's phase


def test_a_wrong_crystal_moves_a_lines_place():
    options = FanOptions(seconds=400, hum_hz=100.0, odr_hz=1000.0, **{**QUIET, "hum_mg": 30.0})
    x = simulate(replace(options, clock=Clock(crystal_ppm=200))).in_g()[:, 0]
    hz, power = signal.periodogram(x - x.mean(), 250.0)
    assert hz[power.argmax()] == pytest.approx(100 * (1 + 200e-6), abs=0.0026)  # a bin


@pytest.mark.parametrize("jitter_us", [30, 100, 300])
def test_jitter_turns_a_line_into_noise_by_the_slope(jitter_us):
    """sigma = 2 pi f A_rms sigma_j, where polls are late by |N(0, jitter)|, whose sd is .603 of jitter."""
    options = FanOptions(seconds=100, hum_hz=100.0, sample_rate_hz=230.0, odr_hz=20000.0, **QUIET)
    options = replace(options, hum_mg=500.0, noise_mg=0.0, clock=Clock(jitter_us=jitter_us))
    x = simulate(options).in_g()[:, 0]
    t = np.arange(len(x)) / 230.0
    fit = np.column_stack([np.ones_like(t), np.cos(2 * np.pi * 100 * t), np.sin(2 * np.pi * 100 * t)])
    left = x - fit @ np.linalg.lstsq(fit, x, rcond=None)[0]
    grid_s = 1 / 20000 / np.sqrt(12)
    sigma_s = np.hypot(0.603 * jitter_us / 1e6, grid_s)
    assert left.std() == pytest.approx(2 * np.pi * 100 * 0.5 / np.sqrt(2) * sigma_s, rel=0.05)


def test_a_stalled_bus_loses_a_second():
    x = faulty("stall", 1.0, **{**QUIET, "hum_mg": 30.0}, hum_hz=0.3).in_g()[:, 0]
    steps = np.abs(np.diff(x - np.median(x)))
    assert (steps > 0.010).sum() >= 1  # 0.3 turns of the slow line in one step


def test_a_stuck_axis_holds_its_value_and_the_others_do_not():
    counts = faulty("stuck", 2, fault_from_s=30.0).segments[0].samples
    assert np.ptp(counts[7500:], axis=0)[2] == 0 and np.ptp(counts[:7500], axis=0).min() > 0
    assert np.ptp(counts[7500:], axis=0)[:2].min() > 0


def test_an_offset_jumps_when_told():
    rows = faulty("offset", 50.0, fault_from_s=30.0).in_g()
    jump_mg = 1000 * (rows[7500:].mean(axis=0) - rows[:7500].mean(axis=0))
    assert jump_mg == pytest.approx([50, 0, 0], abs=0.5)


def test_a_range_that_was_not_set_doubles_every_count():
    wrong, right = faulty("range", 2.0, noise_mg=0.0).in_g(), simulate(FanOptions(noise_mg=0.0)).in_g()
    assert np.abs(wrong - 2 * right[: len(wrong)]).max() <= 2 * 4 / 8192  # each is off by half its LSB


def test_swapped_axes_are_the_same_rows_in_another_order():
    swapped, right = faulty("swap").in_g(), simulate(FanOptions(seconds=60)).in_g()
    assert (swapped[:, [1, 0, 2]] == right).all()


def test_lost_windows_leave_gaps_in_runs():
    segments = faulty("dropped", 0.2, seconds=2000).segments
    numbers = np.array([int(segment.name) for segment in segments])
    lost = 1 - len(numbers) / (2000 * 250 // 256)
    gaps = np.diff(numbers) - 1
    # Some 130 runs of mean 3: the share's sd is 0.024, the mean's 0.22.
    assert lost == pytest.approx(0.2, abs=0.07) and gaps[gaps > 0].mean() == pytest.approx(3, abs=0.7)
    assert all(segment.start_row == int(segment.name) * 256 for segment in segments)


def test_windows_that_come_twice_are_copies_that_inspect_counts():
    recording = faulty("duplicated", 0.1, seconds=400)
    extra = len(recording.segments) - 400 * 250 // 256
    assert extra == pytest.approx(39, abs=18)  # three sd
    assert "duplicated" in {finding.kind for finding in find(survey([recording]))}


@pytest.mark.parametrize(
    "options", [BUSY, fan_options("motor", "high", seconds=200), FanOptions(seconds=200)]
)
def test_chunks_of_any_size_are_the_one_piece(options):
    whole, chunks = (np.concatenate(list(read(options, block_len))) for block_len in (10**6, 1000))
    # Sums of angles round differently: one count in ten million may fall to the other side.
    assert (whole != chunks).mean() < 1e-5 and np.abs(whole.astype(int) - chunks).max() <= 1
    windows = np.concatenate(list(simulate_windows(options, 100, 7)))
    assert (windows.reshape(-1, 3) != whole[: windows.size // 3]).mean() < 1e-5


def test_windows_come_in_batches_and_take_little_memory():
    tracemalloc.start()
    sizes = [batch.shape for batch in simulate_windows(FanOptions(seconds=4000), 256, 128)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sizes[0] == (128, 256, 3) and sum(n for n, _, _ in sizes) == 4000 * 250 // 256
    assert peak < 8e6  # the samples as floats would be 24 MB


def test_a_machine_of_gigantic_faults_still_fits_its_counts():
    recording = simulate(replace(BUSY, imbalance=1e6, noise_mg=1e6))
    counts = recording.segments[0].samples
    assert len(counts) == 50000 and counts.max() == 8191
