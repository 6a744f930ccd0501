"""The density and the deviation that people look at, against SciPy's."""

import numpy as np
import pytest
from judder.engine.robust import mad
from judder.engine.spectrum import power_density
from scipy import signal, stats

RATE_HZ = 250.0


def noise(window_len, n=3):
    return np.random.default_rng(window_len).normal(0, 0.01, (n, window_len, 3)) + [0, 0, 1]


@pytest.mark.parametrize("window_len, size", [(256, None), (200, None), (129, None), (200, 256), (100, 129)])
def test_the_power_density_is_scipys_for_every_length(window_len, size):
    windows = noise(window_len)
    expected = signal.periodogram(windows, RATE_HZ, "hann", size, detrend="constant", axis=-2)
    for mine, theirs in zip(power_density(windows, RATE_HZ, size), expected, strict=True):
        assert mine == pytest.approx(theirs, rel=1e-9, abs=1e-25)


def test_the_density_of_white_noise_is_its_variance_over_half_the_rate():
    _, power = power_density(noise(256, 400), RATE_HZ)
    assert power[:, 3:-3].mean() == pytest.approx(0.01**2 / (RATE_HZ / 2), rel=0.01)


def test_one_window_has_the_density_it_has_among_others():
    windows = noise(200)
    alone, together = power_density(windows[1], RATE_HZ)[1], power_density(windows, RATE_HZ)[1]
    assert alone == pytest.approx(together[1])


@pytest.mark.parametrize("axis", [0, 1])
def test_the_deviation_is_scipys(axis):
    values = np.random.default_rng(5).standard_cauchy((51, 40))
    expected = stats.median_abs_deviation(values, axis=axis, scale="normal")
    assert mad(values, axis) == pytest.approx(expected, rel=3e-6)  # 1.4826 is rounded
