"""Which sensor a board takes, and what it says where the one it should have is not there."""

import json

import pytest

MSA301, MSA311, LIS3DH, LIS2DW12 = (0x26, "msa301"), (0x62, "msa311"), (0x18, "lis3dh"), (0x19, "lis2dw12")
ADXL345, MPU6050 = (0x53, "adxl345"), (0x68, "mpu6050")


@pytest.fixture
def run(world):
    """Return a function that runs a case of board_scripts/sensors.py; its lines."""

    def run(name, **case):
        (world.folder / "case.json").write_text(json.dumps(case))
        return world.run("sensors.py", name, heapsize="2m").splitlines()

    return run


@pytest.fixture
def find(run):
    return lambda parts, **section: json.loads(run("find", parts=parts, section=section)[-1])


@pytest.mark.parametrize(
    ("parts", "section", "found"),
    [
        *(([part], {}, [part[1], part[0]]) for part in (MSA301, MSA311, LIS3DH, LIS2DW12, ADXL345, MPU6050)),
        *(([part], {"kind": part[1]}, [part[1], part[0]]) for part in (MSA311, LIS3DH, MPU6050)),
        ([(0x68, "mpu6500")], {}, ["mpu6050", 0x68]),
        ([(0x19, "lis3dh")], {"kind": "lis3dh"}, ["lis3dh", 0x19]),
        ([(0x1D, "adxl345")], {}, ["adxl345", 0x1D]),
        ([MSA301, LIS3DH], {}, ["lis3dh", 0x18]),  # the one with a FIFO
        ([LIS3DH, LIS2DW12], {}, ["lis2dw12", 0x19]),  # the one with less noise
        ([MSA301, LIS3DH], {"kind": "msa301"}, ["msa301", 0x26]),
        ([(0x68, "mpu6050"), (0x69, "mpu6050")], {"kind": "mpu6050", "address": 0x69}, ["mpu6050", 0x69]),
        ([MSA301, LIS3DH], {"address": 0x26}, ["msa301", 0x26]),
        ([(0x3C, "msa301"), MSA301], {}, ["msa301", 0x26]),  # something else beside it
    ],
)
def test_the_part_is_found_by_its_address_and_its_id(find, parts, section, found):
    assert find(parts, **section) == found


def test_of_two_parts_the_terminal_names_the_one_that_is_not_used(run):
    said, _ = run("find", parts=[MSA301, LIS3DH])
    assert said == "sensor: 0x18, lis3dh by its id 0x33; not used: 0x26, msa301 by its id 0x13"


@pytest.mark.parametrize(
    ("parts", "section", "sentence", "hint"),
    [
        (
            [MSA311],
            {"kind": "msa301"},
            "No msa301 answers. On the bus: 0x62, msa311 by its id 0x13.",
            'Set sensor.kind to "msa311" or "auto".',
        ),
        (
            [(0x18, "lis2dw12")],
            {"kind": "lis3dh"},
            "No lis3dh answers. On the bus: 0x18, lis2dw12 by its id 0x44.",
            'Set sensor.kind to "lis2dw12" or "auto".',
        ),
        (
            [(0x69, "mpu6050")],
            {"kind": "mpu6050", "address": 0x68},
            "No mpu6050 at 0x68 answers. On the bus: 0x69, mpu6050 by its id 0x68.",
            "Set sensor.address to 105, or leave it out.",
        ),
        (
            [(0x68, "msa301"), (0x3C, "msa301")],
            {},
            "No known sensor answers. On the bus: 0x3c, unknown; 0x68, its id 0x00 is no mpu6050's.",
            "device/README.md lists the sensors that Judder knows.",
        ),
        (
            [],
            {"kind": "msa301"},
            "No msa301 answers, and nothing else on its bus.",
            "Check its power and its wires, and sensor.sda_pin (21) and sensor.scl_pin (22).",
        ),
    ],
)
def test_what_is_there_instead_is_said_with_a_hint(find, parts, section, sentence, hint):
    assert find(parts, **section) == [sentence, hint]


def test_after_the_search_only_the_driver_that_is_used_takes_memory(run):
    sensor = {"kind": "auto", "address": None, "range_g": 4, "int_pin": None, "i2c_hz": 400000}
    left = run("forget", parts=[MSA301], sensor=sensor, signal={"sample_rate_hz": 250})
    assert json.loads(left[-1]) == ["judder_node.sensors"]
