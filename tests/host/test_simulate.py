"""The simulated machine: lines where physics puts them, as high as a closed form says."""

from dataclasses import replace

import numpy as np
import pytest
from judder.errors import JudderError
from judder.simulation import MACHINES, FanOptions, Fault, Sensor, Surroundings, fan_options, simulate
from scipy import signal

STILL = dict(hum_mg=0.0, noise_mg=0.0, surroundings=Surroundings(ambient_mg=0.0))
STEADY = replace(MACHINES["desk-fan"], speed_wander=0.0, blade_mg=(0.0, 0.0, 0.0), second=0.0)


def spectrum(options, axis=0, seconds=4):
    recording = simulate(options)
    rate_hz = recording.sample_rate_hz
    rows = recording.in_g()[:, axis]
    # Density summed over a line's bins gives its power, whichever bins the window spreads it over.
    return signal.welch(rows - rows.mean(), rate_hz, nperseg=int(rate_hz * seconds))


def peak_mg(frequency_hz, options, axis=0, seconds=4):
    """Return the peak amplitude, mg, of the line within 1 Hz of frequency_hz."""
    hz, density = spectrum(options, axis, seconds)
    return 1000 * np.sqrt(2 * density[np.abs(hz - frequency_hz) <= 1].sum() * hz[1])


@pytest.mark.parametrize(
    "hum_hz, sample_rate_hz, odr_hz, seen_hz",
    [(120, 200, 500, 80), (120, 250, None, 120), (100, 250, None, 100), (120, 250, 250, 120)],
)
def test_hum_appears_where_sampling_puts_it(hum_hz, sample_rate_hz, odr_hz, seen_hz):
    seen = dict(hum_hz=hum_hz, hum_mg=30.0, sample_rate_hz=sample_rate_hz, odr_hz=odr_hz, imbalance=0.0)
    hz, density = spectrum(FanOptions(seconds=60, **seen))
    assert hz[density.argmax()] == pytest.approx(seen_hz, abs=0.3)


@pytest.mark.parametrize("speed_hz", [6.0, 8.0, 10.0, 14.0, 20.0])
def test_the_once_a_turn_line_follows_the_mounts_resonance(speed_hz):
    ratio = speed_hz / STEADY.natural_hz
    u_m = STEADY.residual_g_m / 1000 / STEADY.mass_kg
    gain = ratio**2 / np.sqrt((1 - ratio**2) ** 2 + (2 * STEADY.damping * ratio) ** 2)
    expected_mg = 1000 * u_m * (2 * np.pi * speed_hz) ** 2 * gain / 9.80665
    shaken = FanOptions(seconds=60, speed_hz=speed_hz, imbalance=8.0, machine=STEADY, **STILL)
    # Eight times, so that the height is of many LSB.
    assert peak_mg(speed_hz, shaken) / 8 == pytest.approx(expected_mg, rel=0.02)


@pytest.mark.parametrize("speed_hz, expected_mg", [(1.5, 5.1), (2.5, 14.3), (3.5, 28.0)])
def test_a_quarter_on_a_five_kilogram_fan_shakes_it_as_newton_says(speed_hz, expected_mg):
    fan = replace(MACHINES["ceiling-fan"], natural_hz=0.05, speed_wander=0.0, blade_mg=(0.0, 0.0, 0.0))
    quarter = fan_options(seconds=120, speed=str(speed_hz), imbalance=0.0, extra_mass_g=5.67, at_m=0.5)
    loaded = replace(quarter, machine=replace(fan, second=0.0), **STILL)
    assert peak_mg(speed_hz, loaded, seconds=20) == pytest.approx(expected_mg, rel=0.02)


def test_a_mass_opposite_the_residual_unbalance_balances_the_machine():
    shaking = FanOptions(seconds=20, machine=STEADY, **STILL)
    balanced = replace(shaking, extra_mass_g=STEADY.residual_g_m / 0.1, at_m=0.1, at_deg=180.0)
    assert peak_mg(20, balanced) < 0.05 * peak_mg(20, shaking)


def test_imbalance_raises_the_once_a_turn_line_in_proportion():
    three, one = (peak_mg(20, FanOptions(seconds=60, imbalance=k)) for k in (3.0, 1.0))
    assert three / one == pytest.approx(3, rel=0.05)


def test_y_follows_x_by_a_quarter_turn():
    x, y, _ = simulate(FanOptions(seconds=60, machine=STEADY, imbalance=5.0, **STILL)).in_g().T
    hz, cross = signal.csd(x, y, 250.0, nperseg=500)
    assert np.degrees(np.angle(cross[hz == 20.0])) == pytest.approx(-90, abs=3)


def risen(fault, speed_hz=20.0):
    """Return the orders, from 0.5x to 5x, whose line on x a fault at least doubles and lifts by 0.3 mg."""
    healthy = FanOptions(seconds=60, speed_hz=speed_hz, machine=replace(STEADY, blade_mg=(3, 3, 3)), **STILL)
    faulty = replace(healthy, faults=(fault,))
    orders = (0.5, 1, 2, 3, 4, 5)
    before, after = ([peak_mg(k * speed_hz, o) for k in orders] for o in (healthy, faulty))
    return {k for k, b, a in zip(orders, before, after, strict=True) if a > 2 * b and a > b + 0.3}


@pytest.mark.parametrize(
    "kind, size, orders",
    [
        ("imbalance", 3.0, {1}),
        ("misalignment", 0.8, {2}),
        ("blade", 1.0, {2, 4}),  # three blades: sidebands a turn away
        ("looseness", 0.8, {0.5, 2, 4, 5}),  # 3x is the blades' already
        ("rub", 1.0, {0.5}),
    ],
)
def test_each_fault_raises_the_orders_it_is_known_by(kind, size, orders):
    found = risen(Fault(kind, size)) - ({1, 2, 4, 5} if kind == "rub" else set())  # bursts raise all of them
    assert found == orders


def test_a_rub_bursts_once_a_turn():
    options = FanOptions(seconds=60, machine=STEADY, faults=(Fault("rub"),), **STILL)
    z = signal.sosfilt(signal.butter(4, 60, "high", fs=250, output="sos"), simulate(options).in_g()[:, 2])
    hz, density = signal.welch(np.abs(z), 250.0, nperseg=1000)
    assert hz[10 + density[10:].argmax()] == pytest.approx(20, abs=0.3)


def test_the_speed_wanders_half_a_percent():
    options = FanOptions(seconds=600, machine=replace(STEADY, speed_wander=0.005), imbalance=5.0, **STILL)
    x = simulate(options).in_g()[:, 0]
    speed_hz = np.diff(np.unwrap(np.angle(signal.hilbert(x - x.mean())))) * 250 / (2 * np.pi)
    # Mean of a quarter second: a twentieth of the wander's memory. 600 s are some 60 independent values.
    means = speed_hz[250 : 250 + 62 * 2400].reshape(-1, 62).mean(axis=1)
    assert means.std() / 20 == pytest.approx(0.005, rel=0.3)


def test_a_machine_that_runs_up_passes_its_resonance():
    machine = replace(STEADY, run_up_s=4.0)
    x = simulate(FanOptions(seconds=40, machine=machine, **STILL)).in_g()[:, 0]
    height = np.abs(x - x.mean()).reshape(-1, 125).max(axis=1)
    passes_s = -4.0 * np.log(1 - STEADY.natural_hz / 20)
    assert height.argmax() / 2 == pytest.approx(passes_s, abs=0.5) and height.max() > 1.2 * height[-10:].max()


def test_faults_begin_when_told():
    options = FanOptions(seconds=20, faults=(Fault("imbalance", 4.0),), fault_from_s=10.0, **STILL)
    x = simulate(options).in_g()[:, 0]
    assert x[2550:].std() > 3 * x[:2450].std()


def test_a_machine_that_is_off_is_silent():
    recording = simulate(fan_options("desk-fan", "off", seconds=10, **STILL))
    assert np.ptp(recording.segments[0].samples, axis=0).max() == 0


def test_the_same_seed_gives_the_same_recording_and_another_gives_another():
    one, same, other = (simulate(FanOptions(seconds=5, seed=k)).in_g() for k in (1, 1, 2))
    assert (one == same).all() and not (one == other).all()


@pytest.mark.parametrize(
    "option",
    [{"seconds": 0}, {"speed_hz": -1}, {"range_g": 3}, {"odr_hz": 0}, {"extra_mass_g": float("nan")}],
)
def test_an_impossible_fan_is_refused(option):
    with pytest.raises(JudderError) as caught:
        FanOptions(**option)
    assert caught.value.hint


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Fault("gremlins"),
        lambda: Fault("stuck", 3),
        lambda: fan_options("toaster"),
        lambda: fan_options(speed="hot"),
    ],
)
def test_a_name_there_is_not_is_answered_with_those_there_are(wrong):
    with pytest.raises(JudderError) as caught:
        wrong()
    assert caught.value.hint


def test_a_part_of_its_own_mixes_axes_but_keeps_the_line():
    options = FanOptions(seconds=20, machine=STEADY, imbalance=5.0, **STILL)
    own = replace(options, sensor=Sensor(offset_mg=80.0, cross_axis=0.02, unit=3))
    assert peak_mg(20, own) == pytest.approx(peak_mg(20, options), rel=0.03)
    moved = np.abs(simulate(own).in_g().mean(axis=0) - simulate(options).in_g().mean(axis=0))
    assert 0.001 < moved.max() < 0.105  # 80 mg of offset, 2 % of a g
