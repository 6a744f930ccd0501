"""The app's sampling at a clock that its own code costs; `tools/prove.py timing` has all cases, at length."""

import prove_timing
import pytest

from tests.core.micropython import MICROPYTHON, need

WINDOWS = 16
SAMPLES = WINDOWS * 256
CASES = ["vibration, four modes", "data-ready pin", "LIS3DH's FIFO, 400 Hz"]


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    need(MICROPYTHON)
    folder = tmp_path_factory.mktemp("timing")
    return {name: found for name, _, found in prove_timing.rows(folder, MICROPYTHON, [35], WINDOWS, CASES)}


@pytest.mark.parametrize("name", CASES)
def test_windows_miss_next_to_nothing_on_a_slow_board(measured, name):
    found = measured[name]
    # Nothing is the rule: see `tools/prove.py timing`. Where other processes crowd the PC, the clock charges
    # the board some of it: 3 lost in a CI run. The app of before lost 287 here, and 27 per window were late.
    assert found["lost_samples"] <= 30 and found["late_a_window"] <= 5
    assert found["lost_windows"] == 0


@pytest.mark.parametrize("name", CASES)
def test_the_measured_rate_is_the_sensors_on_a_slow_board(measured, name):
    rate_hz = 400 if "400" in name else 250
    assert measured[name]["rate_hz"] == pytest.approx(rate_hz, rel=1e-2)  # the app of before: 3 % off


@pytest.mark.parametrize("name", CASES)
def test_a_slow_board_observes_most_of_the_time(measured, name):
    assert measured[name]["observed"] >= (0.99 if "FIFO" in name else 0.75)
