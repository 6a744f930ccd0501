"""What each chip has: ports/esp32/machine_pin.h, machine_i2c.h, modmachine.c and boards/ESP32_GENERIC*."""

import signal

import pytest

from tests.board.test_callbacks import raised

INVALID = ["ValueError", "invalid pin"]
HAVE = {
    "esp32": ([0, 13, 21, 22, 25, 39], [24, 28, 31, 40, -1]),
    "esp32s2": ([0, 21, 26, 33, 46], [22, 23, 24, 25, 32, 47]),
    "esp32s3": ([0, 8, 9, 13, 46], [22, 23, 24, 25, 47]),
    "esp32c3": ([0, 8, 9, 20, 21], [14, 18, 19, 22, 25]),
    "esp32c6": ([0, 11, 14, 22, 23], [12, 13, 24, 30]),
}


@pytest.mark.parametrize("chip", HAVE)
def test_a_pin_that_the_chip_has_not_is_invalid(run, chip):
    code = """
found = []
for number in {}:
    try:
        machine.Pin(number)
        found.append(True)
    except ValueError as error:
        found.append(str(error))
print(json.dumps(found))
"""
    has, has_not = HAVE[chip]
    assert run(code.format(has), chip=chip) == [True] * len(has)
    assert run(code.format(has_not), chip=chip) == ["invalid pin"] * len(has_not)


@pytest.mark.parametrize("what", ["I2C(0, scl=machine.Pin(22), sda=21)", "PWM(22)", "I2C(0, scl=22, sda=21)"])
def test_what_is_made_of_pins_names_the_invalid_one(run, what):
    assert raised(run, f"machine.{what}", chip="esp32c3") == INVALID


def test_the_upper_pins_of_an_esp32_can_only_be_input(run):
    assert raised(run, "machine.Pin(34, machine.Pin.IN)") is None
    assert raised(run, "machine.Pin(34, machine.Pin.OUT)") == ["ValueError", "pin can only be input"]


def test_a_program_that_drives_the_flashs_pins_ends(world):
    process = world.start("import machine; machine.Pin(6, machine.Pin.OUT)")
    process.communicate()
    assert process.returncode == -signal.SIGABRT


def test_a_pin_is_one_object_and_keeps_its_level(run):
    code = """
machine.Pin(5, machine.Pin.OUT).value(1)
print(json.dumps([machine.Pin(5) is machine.Pin(5), machine.Pin(5).value()]))
"""
    assert run(code) == [True, 1]


@pytest.mark.parametrize(("chip", "buses"), [("esp32", 2), ("esp32s3", 2), ("esp32c3", 1), ("esp32c6", 1)])
def test_a_chip_has_so_many_buses(run, chip, buses):
    assert raised(run, f"machine.I2C({buses - 1})", chip=chip) is None
    assert raised(run, f"machine.I2C({buses})", chip=chip) == ["ValueError", f"I2C({buses}) doesn't exist"]


@pytest.mark.parametrize(
    ("chip", "name"),
    [("esp32", "Generic ESP32 module with ESP32"), ("esp32c3", "ESP32C3 module with ESP32-C3")],
)
def test_an_app_can_learn_its_chip(run, chip, name):
    assert run("import os; print(json.dumps(os.uname()[4]))", chip=chip) == name
    assert run("import os; print(json.dumps(os.uname().machine))", chip=chip) == name


def test_a_board_runs_at_160_mhz_until_it_is_told_otherwise(run):
    assert run("before = machine.freq(); machine.freq(240000000); print([before, machine.freq()])") == [
        *(160000000, 240000000)
    ]


def test_240_mhz_is_refused_by_a_c3(run):
    said = "frequency must be 20MHz, 40MHz, 80MHz or 160MHz"
    assert raised(run, "machine.freq(240000000)", chip="esp32c3") == ["ValueError", said]


def test_the_heaps_of_esp_idf_are_told_apart_from_pythons(run):
    code = "import esp32; print(json.dumps(esp32.idf_heap_info(esp32.HEAP_DATA)))"
    assert run(code, idf_heaps=[[79912, 35712, 35512, 35108]]) == [[79912, 35712, 35512, 35108]]


def test_what_only_a_pc_has_is_not_there(run):
    assert run("import os; print(json.dumps([hasattr(os, name) for name in ('getenv', 'system')]))") == [
        *(False, False)
    ]


@pytest.mark.parametrize(("hz", "said"), [(0, "frequency must be from 1Hz to 40MHz"), (1000, None)])
def test_a_tone_has_a_frequency(run, hz, said):
    assert raised(run, f"machine.PWM(5, freq={hz})") == (said and ["ValueError", said])
