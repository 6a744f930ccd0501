"""A machine that runs a little faster: the same waves, closer together."""

from dataclasses import replace

import numpy as np
import pytest
from judder.data.sources import windows_of
from judder.data.stretching import stretched
from judder.model.evidence import measure
from judder.training.changes import SPEEDS, speed_scatter

RATE_HZ, LEN, WINDOWS = 250.0, 256, 100
NOISE_G = 0.003


def waves(speed, hz=(17.0, 80.0), noise_g=0.0):
    """Return windows of two waves on x about each window's middle, at so many times the speed, in g.

    noise_g: rms on each axis, a sensor's, the same at each speed.
    """
    seconds = (np.arange(LEN) - (LEN - 1) / 2) / RATE_HZ
    samples = np.random.default_rng(1).normal(0, noise_g, (WINDOWS, LEN, 3))
    samples[:, :, 2] += 1.0
    for k in range(WINDOWS):
        samples[k, :, 0] += sum(0.1 * np.cos(2 * np.pi * f * speed * seconds + k) for f in hz)
    return windows_of(samples, sample_rate_hz=RATE_HZ)


@pytest.mark.parametrize("speed", [1.0, *SPEEDS])
def test_a_stretched_window_is_what_a_faster_machine_makes(speed):
    inside = slice(20, -20)  # the padding at the ends is made up
    found, expected = stretched(waves(1.0), speed), waves(speed)
    assert found.in_g()[:, inside] == pytest.approx(expected.in_g()[:, inside], abs=0.003)


def test_counts_stay_whole_and_within_16_bits():
    counts = np.full((3, LEN, 3), 32767, np.int16)
    counts[:, ::2, 0] = -32768
    windows = replace(waves(1.0).select(np.arange(3)), samples=counts)
    assert stretched(windows, 1.03).samples.dtype == np.int16


def test_another_speed_moves_the_mean_as_machines_of_those_speeds_do():
    machines = {speed: waves(speed, noise_g=NOISE_G).features("directional") for speed in (1.0, *SPEEDS)}
    gaps = np.array([(machines[speed] - machines[1.0]).mean(axis=0) for speed in SPEEDS])
    expected = np.diag(gaps.T @ gaps / 2)
    measured = measure(waves(1.0, noise_g=NOISE_G), "directional")
    (found,) = speed_scatter(measured, "directional", None).values()
    strong = expected > 0.04  # a fifth of a logarithm: more than the noise does
    assert strong.any()
    assert np.diag(found)[strong] == pytest.approx(expected[strong], rel=0.2)
