"""What is said of a config that its sensor cannot do: on the host before a deploy, on a board at its boot."""

from pathlib import Path

import pytest
from judder_node import sensors
from judder_node.sensors.checking import check


def mistakes(kind="auto", rate_hz=250, **sensor):
    section = {"kind": kind, "address": None, "range_g": 4, "int_pin": None, "i2c_hz": 400000} | sensor
    return check(section, {"sample_rate_hz": rate_hz})


@pytest.mark.parametrize("kind", sensors.KINDS)
def test_every_rate_and_range_that_a_part_offers_is_right_or_out_of_a_timers_reach(kind):
    driver = sensors.load(kind)
    for rate_hz in driver.RATES_HZ:
        for range_g in driver.RANGES_G:
            for address in (None, *driver.ADDRESSES):
                reachable = driver.FIFO_LEN > 0 or rate_hz <= 250
                assert (mistakes(kind, rate_hz, range_g=range_g, address=address) == []) is reachable


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        (
            {"kind": "msa300"},
            "sensor.kind is 'msa300', expected one of auto, lis2dw12, lis3dh, mpu6050, adxl345, msa301, "
            "msa311, simulated",
        ),
        ({"kind": "lis3dh"}, "signal.sample_rate_hz is 250, lis3dh offers 200 or 400"),
        ({"kind": "adxl345", "rate_hz": 3200}, "signal.sample_rate_hz is 3200, adxl345 offers 800"),
        ({"kind": "msa301", "rate_hz": 1}, "signal.sample_rate_hz is 1, msa301 offers 7.81"),
        ({"kind": "auto", "rate_hz": 300}, "signal.sample_rate_hz is 300, a sensor offers 250 or 400"),
        (
            {"kind": "msa301", "rate_hz": 1000},
            "signal.sample_rate_hz is 1000: 1000 Hz by timer needs a sensor with a FIFO, msa301 keeps up to "
            "250 Hz",
        ),
        (
            {"kind": "msa301", "rate_hz": 1000, "int_pin": 4},
            "signal.sample_rate_hz is 1000: 1000 Hz by sensor.int_pin needs a sensor with a FIFO, msa301 "
            "keeps up to 250 Hz",
        ),
        (
            {"kind": "simulated", "rate_hz": 800},
            "signal.sample_rate_hz is 800: 800 Hz by timer needs a sensor with a FIFO, simulated keeps up to "
            "250 Hz",
        ),
        ({"kind": "msa301", "range_g": 3}, "sensor.range_g is 3, msa301 offers 2 or 4 or 8 or 16"),
        ({"kind": "mpu6050", "address": 38}, "sensor.address is 38, mpu6050 may be at 104 or 105"),
        (
            {"kind": "msa301", "rate_hz": 250, "i2c_hz": 50000},
            "sensor.i2c_hz is 50000, msa301 at 250 Hz needs 94500",
        ),
    ],
)
def test_what_a_sensor_cannot_do_is_one_sentence_that_names_the_value(case, sentence):
    assert mistakes(**case) == [sentence]


@pytest.mark.parametrize("rate_hz", [1000, 1600, 62.5])
def test_auto_leaves_a_rate_be_that_any_sensor_keeps(rate_hz):
    assert mistakes("auto", rate_hz) == []


def test_each_sensor_has_a_code_of_its_own_which_names_it():
    codes = {kind: sensors.load(kind).CODE for kind in sensors.KINDS}
    assert codes == {
        "msa301": 1,
        "simulated": 2,
        "msa311": 3,
        "lis3dh": 4,
        "lis2dw12": 5,
        "adxl345": 6,
        "mpu6050": 7,
    }
    assert [sensors.name_of(code) for code in range(9)] == [
        "unknown",
        *sorted(codes, key=codes.get),
        "unknown",
    ]


def test_each_driver_has_its_files_name():
    assert [sensors.load(kind).NAME for kind in sensors.KINDS] == list(sensors.KINDS)


def test_the_table_of_sensors_in_the_documents_is_that_of_the_drivers():
    text = (Path(__file__).parents[2] / "device" / "README.md").read_text("utf-8")
    rows = [
        [cell.strip() for cell in line.split("|")[1:6]]
        for line in text.split("## Sensors")[1].split("## ")[0].splitlines()
        if line.startswith("| `")
    ]
    assert rows[1:] == [
        [
            f"`{kind}`",
            ", ".join(f"0x{address:02x}" for address in driver.ADDRESSES),
            ", ".join(f"0x{part_id:02x}" for part_id in driver.IDS),
            ", ".join(map(str, driver.RATES_HZ)),
            str(driver.FIFO_LEN or "none"),
        ]
        for kind in sensors.KINDS
        if (driver := sensors.load(kind)).ADDRESSES
    ]
