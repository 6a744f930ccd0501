"""Which sensor a board takes, and what it says where the one it should have is not there."""

import json

import pytest

MSA301, MSA311, LIS3DH, LIS2DW12 = (0x26, "msa301"), (0x62, "msa311"), (0x18, "lis3dh"), (0x19, "lis2dw12")
ADXL345, MPU6050 = (0x53, "adxl345"), (0x68, "mpu6050")


@pytest.fixture
def run(world):
    """Return a function that runs a case of board_scripts/sensors_on_a_bus.py; its lines."""

    def run(name, **case):
        (world.folder / "case.json").write_text(json.dumps(case))
        return world.run("sensors_on_a_bus.py", name, heapsize="2m").splitlines()

    return run


@pytest.fixture
def find(run):
    def find(parts, rate_hz=50, **section):
        return json.loads(run("find", parts=parts, section=section, rate_hz=rate_hz)[-1])

    return find


def rate_of(part):
    return 250 if part[1].startswith("msa") else 50


@pytest.mark.parametrize("kind", ["auto", None])
@pytest.mark.parametrize("part", [MSA301, MSA311, LIS3DH, LIS2DW12, ADXL345, MPU6050, (0x69, "mpu6050")])
def test_a_part_is_found_by_its_address_and_its_id(find, part, kind):
    assert find([part], rate_of(part), kind=kind or part[1]) == [part[1], part[0]]


@pytest.mark.parametrize(
    ("parts", "rate_hz", "section", "found"),
    [
        ([(0x68, "mpu6500")], 250, {}, ["mpu6050", 0x68]),
        ([MPU6050, MSA301], 250, {}, ["mpu6050", 0x68]),  # the one with a FIFO
        ([LIS3DH, LIS2DW12], 50, {}, ["lis2dw12", 0x19]),  # the one with less noise
        ([MSA301, LIS3DH], 250, {}, ["msa301", 0x26]),  # the one that offers the rate
        ([MSA301, LIS3DH], 400, {}, ["lis3dh", 0x18]),
        ([MSA301, MPU6050], 250, {"kind": "msa301"}, ["msa301", 0x26]),
        ([(0x68, "mpu6050"), (0x69, "mpu6050")], 250, {"address": 0x69}, ["mpu6050", 0x69]),
        ([MSA301, MPU6050], 250, {"address": 0x26}, ["msa301", 0x26]),
        ([(0x3C, "msa301"), MSA301], 250, {}, ["msa301", 0x26]),  # something else beside it
    ],
)
def test_of_what_is_on_the_bus_the_first_is_taken_that_can_do_what_is_asked(
    find, parts, rate_hz, section, found
):
    assert find(parts, rate_hz, **section) == found


def test_a_part_that_offers_another_rate_is_a_mistake_in_the_config(find):
    assert find([LIS3DH], 250) == [
        "ConfigError",
        "signal.sample_rate_hz is 250, lis3dh offers 200 or 400.",
        "device/README.md lists what each sensor offers.",
    ]


def test_of_two_parts_the_terminal_names_the_one_that_is_not_used(run):
    said, _ = run("find", parts=[MSA301, MPU6050], section={}, rate_hz=250)
    assert said == "sensor: 0x68, mpu6050 by its id 0x68; not used: 0x26, msa301 by its id 0x13"


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
    assert find(parts, **section) == ["SensorMissing", sentence, hint]


@pytest.mark.parametrize("kind", ["auto", None])
@pytest.mark.parametrize("part", [MSA301, MSA311, LIS3DH, LIS2DW12, ADXL345, MPU6050])
def test_a_start_succeeds_as_a_rule_where_half_of_the_transfers_fail(run, part, kind):
    case = {"parts": [part], "rate_hz": rate_of(part), "section": {"kind": kind or part[1]}, "percent": 50}
    # A transfer fails eight times in a row once in 256, and the longest start has 16: 47 of 50.
    assert int(run("starts", **case)[-1]) >= 40


def test_after_the_search_only_the_driver_that_is_used_takes_memory(run):
    left = run("forget", parts=[MSA301], section={}, rate_hz=250)
    assert json.loads(left[-1]) == ["msa301", ["judder_node.sensors"]]
