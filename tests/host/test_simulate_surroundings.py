"""What the simulated machine stands in: hum, trembling, feet, hands, slow drifts."""

from dataclasses import replace

import numpy as np
import pytest
from judder.simulation import MACHINES, FanOptions, Surroundings, simulate
from scipy import signal, stats

OFF = FanOptions(speed_hz=0.0, hum_mg=0.0, noise_mg=0.0, range_g=2)


def rows_of(options=OFF, seconds=600.0, ambient_mg=0.0, **around):
    surroundings = Surroundings(ambient_mg=ambient_mg, **around)
    return simulate(replace(options, seconds=seconds, surroundings=surroundings)).in_g()


def test_the_buildings_amplitude_falls_as_one_over_the_root_of_frequency():
    rows = rows_of(ambient_mg=20.0)
    hz, density = signal.welch(rows[:, 2] - rows[:, 2].mean(), 250.0, nperseg=2500)
    band = (hz >= 1) & (hz <= 30)
    slope = stats.linregress(np.log(hz[band]), np.log(np.sqrt(density[band]))).slope
    assert slope == pytest.approx(-0.5, abs=0.03)
    assert 1000 * np.sqrt(density[band].sum() * hz[1]) == pytest.approx(20, rel=0.05)


def test_hum_has_sidebands_where_it_is_modulated_and_a_second_harmonic():
    rows = rows_of(replace(OFF, hum_mg=50.0, hum_hz=100.0), 60, hum_am=0.6, hum_am_hz=14.0)
    hz, power = signal.welch(rows[:, 0] - rows[:, 0].mean(), 250.0, nperseg=1000, scaling="spectrum")
    peaks = {float(f): np.sqrt(2 * power[hz == f][0]) for f in (86.0, 100.0, 114.0)}
    assert peaks[86.0] / peaks[100.0] == pytest.approx(0.3, rel=0.02)
    assert peaks[114.0] / peaks[100.0] == pytest.approx(0.3, rel=0.02)
    rows = rows_of(replace(OFF, hum_mg=50.0, hum_hz=100.0, sample_rate_hz=1000.0), 60, hum_second=0.5)
    hz, power = signal.welch(rows[:, 1] - rows[:, 1].mean(), 1000.0, nperseg=1000, scaling="spectrum")
    gain = np.sqrt((1 + 0.2**4) / (1 + 0.4**4))  # the filter's at 200 Hz over that at 100
    # On y the hum stands at 0.8 of x's, its second harmonic at 1.
    assert np.sqrt(power[hz == 200] / power[hz == 100]) == pytest.approx(0.5 / 0.8 * gain, rel=0.02)


def test_hum_goes_as_the_line_voltage_does():
    rows = rows_of(replace(OFF, hum_mg=200.0, seed=5), 20000.0, line_voltage=0.03)
    height = rows[:, 0].reshape(-1, 2500).std(axis=1)
    assert height.std() / height.mean() == pytest.approx(0.03, rel=0.4)  # some 17 independent values
    after = np.corrcoef(height[:-30], height[30:])[0, 1]
    assert after == pytest.approx(np.exp(-300 / 600), abs=0.3)


def test_feet_come_as_often_as_told():
    rows = rows_of(seconds=7200.0, bumps_per_hour=60.0)
    strong = np.abs(rows[:, 2] - np.median(rows[:, 2]))
    peaks, _ = signal.find_peaks(strong, height=0.02, distance=250)  # 0.4 s of ringing are over by then
    assert len(peaks) == pytest.approx(120, abs=33)  # three sd of a Poisson count
    gaps_s = np.diff(peaks) / 250
    # Exponential waiting times, but for those under a second, which make one peak.
    assert stats.kstest(gaps_s, "expon", args=(0, 60)).pvalue > 0.01
    assert 0.02 < strong.max() < 0.6


def test_hands_turn_gravity_and_leave_its_length():
    rows = rows_of(seconds=3600.0, remount_s=(20, 60), remount_deg=10.0)
    length = np.linalg.norm(rows, axis=1)
    assert np.ptp(length) < 3 * 2 / 8192
    means = rows.reshape(-1, 250, 3).mean(axis=1)
    turned_deg = np.degrees(np.arccos(np.clip((means @ means[0]) / (length[0] ** 2), -1, 1)))
    assert 3 < turned_deg.max() <= 5.1
    # The reference's moving recording: 39, 33 and 6 mg.
    assert 1000 * means.std(axis=0)[:2] == pytest.approx([39, 33], rel=0.35)
    speed_deg_s = np.degrees(np.linalg.norm(np.diff(means, axis=0), axis=1))
    assert speed_deg_s.max() < 0.52


def test_dust_adds_unbalance_day_by_day():
    machine = replace(MACHINES["desk-fan"], speed_wander=0.0, blade_mg=(0, 0, 0), second=0.0)
    fan = FanOptions(hum_mg=0.0, noise_mg=0.0, imbalance=3.0, machine=machine)
    x = rows_of(fan, seconds=4320.0, dust_per_day=60.0)[:, 0]
    first, last = x[:5000].std(), x[-5000:].std()
    assert last / first == pytest.approx((3 + 60 * 0.05) / 3, rel=0.02)


def test_the_day_warms_the_offset():
    cold_to_warm = rows_of(replace(OFF, range_g=2, sample_rate_hz=25.0), 22000.0, temperature_swing_c=12.0)
    moved_mg = 1000 * (cold_to_warm[-500:].mean(axis=0) - cold_to_warm[:500].mean(axis=0))
    tco_mg = np.random.default_rng([0, 301]).uniform(-1, 1, 15)[-3:]  # offset and axes are drawn before
    pose_mg = 1000 * cold_to_warm[:500].mean(axis=0)
    assert moved_mg == pytest.approx(12 * (tco_mg + 2e-4 * pose_mg), abs=0.3)
