"""The sketch's drivers on register models of their parts (arduino/parts.cpp), and what they say of them."""

import importlib
import subprocess

import numpy as np
import pytest

from tests.firmware.compiling import PROGRAMS, SANITIZED, SKETCH, STRICT, need, run
from tests.firmware.sketch import FAKES

RANGES_G = (2, 4, 8, 16)
PARTS = {
    "msa301": (62.5, 125, 250, 500, 1000),
    "msa311": (62.5, 125, 250, 500, 1000),
    "lis3dh": (25, 50, 100, 200, 400, 1344),
    "mpu6050": (25, 50, 100, 125, 200, 250, 500, 1000),
}
KEEPING = ("lis3dh", "mpu6050")
FULL_SCALE = {"msa301": 8192, "msa311": 2048, "mpu6050": 32768}
LIS3DH_G = {2: 0.001, 4: 0.002, 8: 0.004, 16: 0.012}


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sensors")
    sources = [
        PROGRAMS / "sensors.cpp",
        *FAKES.glob("parts*.cpp"),
        *(SKETCH / "src" / "sensors").glob("*.cpp"),
    ]
    folders = [f"-I{FAKES}", f"-I{SKETCH}"]
    run([need("g++", "g++"), *STRICT, *SANITIZED, *folders, *sources, "-o", folder / "sensors"])
    return folder / "sensors"


def watch(program, part, rate_hz, range_g, look_us=None, clock=1.0, pause_ms=0, failing=()):
    """Return (samples of two seconds (n, 3), g per count, overruns told, failures)."""
    period_us = 1e6 / rate_hz
    look_us = look_us or int(8 * period_us if part in KEEPING else period_us / 3)
    words = [program, part, rate_hz, range_g, look_us, clock, pause_ms, *failing]
    lines = subprocess.run(
        list(map(str, words)), capture_output=True, text=True, check=True
    ).stdout.splitlines()
    number, scale_g, overruns, failures = map(float, lines[0].split())
    samples = np.array(lines[1].split(), int).reshape(-1, 3)
    assert len(samples) == number
    return samples, scale_g, overruns, failures


def steps(samples, scale_g):
    """Return by how many samples each is after the one before: x grows by 8/4096 g a sample, up to 1000."""
    places = np.rint(samples[:, 0] * scale_g * 512).astype(int)
    return np.diff(places) % 1000


@pytest.mark.parametrize(("part", "rate_hz"), [(part, rate) for part in PARTS for rate in PARTS[part]])
def test_every_rate_gives_each_sample_once(program, part, rate_hz):
    samples, scale_g, overruns, failures = watch(program, part, rate_hz, 2)
    assert (overruns, failures) == (0, 0)
    assert abs(len(samples) - 2 * rate_hz) <= 0.01 * rate_hz + 9
    assert set(steps(samples, scale_g)) == {1}


@pytest.mark.parametrize("range_g", RANGES_G)
@pytest.mark.parametrize("part", PARTS)
def test_every_range_gives_g_by_its_scale(program, part, range_g):
    samples, scale_g, *_ = watch(program, part, PARTS[part][2], range_g)
    expected = LIS3DH_G[range_g] if part == "lis3dh" else range_g / FULL_SCALE[part]
    assert scale_g == pytest.approx(expected, rel=1e-6)
    assert samples[:, 2] * scale_g == pytest.approx(1.0, abs=scale_g)
    assert samples[:, 1] * scale_g == pytest.approx(-samples[:, 0] * scale_g, abs=1.01 * scale_g)


@pytest.mark.parametrize("part", KEEPING)
def test_a_pause_that_the_fifo_holds_loses_nothing(program, part):
    samples, scale_g, overruns, _ = watch(program, part, 200, 2, pause_ms=80)
    assert overruns == 0 and set(steps(samples, scale_g)) == {1}


@pytest.mark.parametrize(("part", "pause_ms"), [("lis3dh", 300), ("mpu6050", 1200)])
def test_a_pause_that_it_does_not_hold_is_told_once_and_the_samples_after_it_are_whole(
    program, part, pause_ms
):
    samples, scale_g, overruns, _ = watch(program, part, 200, 2, pause_ms=pause_ms)
    lost = steps(samples, scale_g) - 1
    assert overruns == 1 and np.count_nonzero(lost) == 1 and lost.max() > 10
    assert samples[:, 2] * scale_g == pytest.approx(1.0, abs=scale_g)  # x, y and z did not change places


@pytest.mark.parametrize("reads", [(5,), (6,), (5, 6, 7), (8, 11)])
@pytest.mark.parametrize("part", ["msa301", "msa311"])
def test_a_read_that_fails_after_the_flag_was_cleared_costs_no_sample(program, part, reads):
    samples, scale_g, _, failures = watch(program, part, 125, 2, failing=reads)
    assert failures == len(reads) and set(steps(samples, scale_g)) == {1}


@pytest.mark.parametrize("part", KEEPING)
def test_a_fifo_whose_reading_failed_is_told_to_have_lost_and_goes_on(program, part):
    samples, scale_g, overruns, failures = watch(program, part, 100, 2, failing=(10, 12))
    gaps = np.count_nonzero(steps(samples, scale_g) != 1)
    assert failures >= 1 and gaps <= overruns <= failures
    assert samples[:, 2] * scale_g == pytest.approx(1.0, abs=scale_g)


@pytest.mark.parametrize("clock", [0.97, 1.03])
@pytest.mark.parametrize("part", PARTS)
def test_a_part_whose_clock_is_off_gives_each_sample_once(program, part, clock):
    samples, scale_g, overruns, _ = watch(program, part, 200 if part in KEEPING else 250, 2, clock=clock)
    assert (
        overruns == 0
        and set(steps(samples, scale_g)) <= {0, 1, 2}
        and np.mean(steps(samples, scale_g)) == (pytest.approx(1.0, abs=0.01))
    )


def test_the_drivers_say_of_their_parts_what_the_boards_do(program):
    pytest.importorskip("judder_node.sensors.lis3dh", reason="The board has no drivers to compare with.")
    lines = subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines()
    for first in range(0, len(lines), 5):
        name, *numbers = lines[first].split()
        code, id_register, fifo_len = map(int, numbers)
        addresses, ids, rates, ranges = (
            [float(word) for word in line.split()] for line in lines[first + 1 :][:4]
        )
        driver = importlib.import_module(f"judder_node.sensors.{name}").Driver
        assert (name, code, id_register) == (driver.NAME, driver.CODE, driver.ID_REGISTER)
        assert list(driver.ADDRESSES) == addresses and list(driver.IDS) == ids
        assert list(driver.RATES_HZ) == pytest.approx(rates) and list(driver.RANGES_G) == ranges
        assert fifo_len == driver.FIFO_LEN
