"""The simulated fan: lines where physics puts them, and the sensor's faults in what it sees."""

import numpy as np
import pytest
from judder.errors import JudderError
from judder.simulate import FanOptions, simulate
from scipy import signal


def spectrum(**options):
    options = {"seconds": 120.0, "seed": 3, **options}
    recording = simulate(FanOptions(**options))
    rate_hz = recording.sample_rate_hz
    x = recording.in_g()[:, 0]
    return signal.welch(x - x.mean(), rate_hz, nperseg=int(rate_hz * 2), scaling="spectrum")


def peak_mg(frequency_hz, **options):
    """Return the peak amplitude, mg, of the line within 1 Hz of frequency_hz on x."""
    hz, power = spectrum(**options)
    return 1000 * np.sqrt(2 * power[np.abs(hz - frequency_hz) <= 1].sum())


@pytest.mark.parametrize(
    "hum_hz, sample_rate_hz, odr_hz, seen_hz",
    [(120, 200, 500, 80), (120, 250, None, 120), (100, 250, None, 100), (120, 250, 250, 120)],
)
def test_hum_appears_where_sampling_puts_it(hum_hz, sample_rate_hz, odr_hz, seen_hz):
    seen = dict(hum_hz=hum_hz, hum_mg=30.0, sample_rate_hz=sample_rate_hz, odr_hz=odr_hz, imbalance=0.0)
    hz, power = spectrum(**seen)
    assert hz[power.argmax()] == pytest.approx(seen_hz, abs=0.5)


def test_imbalance_raises_the_once_a_turn_line_in_proportion():
    assert peak_mg(20, imbalance=3.0) / peak_mg(20, imbalance=1.0) == pytest.approx(3, rel=0.1)


def test_the_once_a_turn_line_grows_with_speed_squared():
    # The sensor's bandwidth takes a little from the faster one.
    assert peak_mg(20, speed_hz=20.0) / peak_mg(10, speed_hz=10.0) == pytest.approx(4, rel=0.1)


def test_the_counts_are_a_14_bit_sensors():
    recording = simulate(FanOptions(seconds=10, imbalance=1000.0, range_g=2))
    counts = recording.segments[0].samples
    assert counts.dtype == np.int16 and recording.scale_g == 2 / 8192
    assert counts.max() == 8191 and counts.min() == -8192


def test_the_same_seed_gives_the_same_recording_and_another_gives_another():
    one, same, other = (simulate(FanOptions(seconds=5, seed=k)).in_g() for k in (1, 1, 2))
    assert (one == same).all() and not (one == other).all()


@pytest.mark.parametrize("option", [{"seconds": 0}, {"speed_hz": -1}, {"range_g": 3}])
def test_an_impossible_fan_is_refused(option):
    with pytest.raises(JudderError) as caught:
        FanOptions(**option)
    assert caught.value.hint
