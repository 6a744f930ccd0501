"""A sensor's driver brings its part to life from any state, and says what is not its part."""

import pytest

from tests.device.sensor_truth import KINDS, PARTS, RATE_HZ, SIGNAL_HZ, runs
from tests.device.sensor_truth import sensors as sensors

RUBBISH = [[0xFF], [0x00], [0xA5], [0x5A, 0x40]]


@pytest.mark.parametrize("values", RUBBISH)
@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_a_start_is_right_whatever_state_the_part_is_in(sensors, kind, part, values):
    rate_hz = RATE_HZ[kind]
    seen, _ = sensors(
        "restart",
        kind=kind,
        part=part,
        before=[],
        registers=list(range(0x80)),
        values=values,
        rate_hz=rate_hz,
        range_g=4,
    )
    ((_, samples),) = runs(seen, kind, rate_hz, 4)
    assert samples >= 9


@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_a_start_gives_no_sample_from_before_it(sensors, kind, part):
    rate_hz = RATE_HZ[kind]
    seen, started_at = sensors(
        "restart",
        kind=kind,
        part=part,
        before=[[rate_hz, 4]],
        registers=[],
        values=[],
        rate_hz=rate_hz,
        range_g=4,
    )
    ((first, _),) = runs(seen, kind, rate_hz, 4)
    assert first * SIGNAL_HZ / rate_hz >= started_at


ASLEEP = {"msa301": 0x11, "msa311": 0x11, "lis3dh": 0x20, "lis2dw12": 0x20, "adxl345": 0x2D, "mpu6050": 0x6B}


@pytest.mark.parametrize("kind", KINDS)
def test_a_part_that_is_not_woken_gives_nothing(sensors, kind):
    seen = sensors("watch_one", kind=kind, rate_hz=RATE_HZ[kind], range_g=4, ignored=[ASLEEP[kind]])
    assert seen["samples"] == []


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("lis3dh", ["_DATA", 0x28]),  # without the bit that lets the address move on
        ("lis3dh", ["UNUSED_BITS", 2]),
        ("lis2dw12", ["UNUSED_BITS", 4]),
        ("adxl345", ["PIECES", [4, 2, 1]]),  # several samples in one read
        ("mpu6050", ["HIGH", 1]),
        ("mpu6050", ["_DATA", 0x3B]),
        ("msa301", ["UNUSED_BITS", 4]),
    ],
)
def test_a_driver_with_this_fault_would_be_found_out(sensors, kind, change):
    seen = sensors("mutate", kind=kind, change=change, rate_hz=RATE_HZ[kind], range_g=4)
    with pytest.raises((AssertionError, StopIteration)):
        runs(seen, kind, RATE_HZ[kind], 4)


ON_THE_BUS = {
    "msa301": (0x26, "lis3dh"),
    "msa311": (0x62, "lis3dh"),
    "lis3dh": (0x18, "lis2dw12"),
    "lis2dw12": (0x19, "lis3dh"),
    "adxl345": (0x53, "lis3dh"),
    "mpu6050": (0x68, "adxl345"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_on_an_empty_bus_is_the_bus_error(sensors, kind):
    assert sensors("start_on", kind=kind, parts=[]) == 19


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_on_another_part_names_its_id(sensors, kind):
    said = sensors("start_on", kind=kind, parts=[ON_THE_BUS[kind]])
    assert said.startswith("its id, register 0x")
    assert said.endswith(f": no {kind}")
