"""The configs of the field: what is wrong with each, in a sentence and a hint, before anything is copied."""

import json
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from judder.boards import deploy as deploying
from judder.boards.chips import CHIPS, ESP32, chip_of
from judder.boards.config import read_config
from judder.boards.deploy import Deployed, deploy
from judder.cli.app import app
from judder.errors import JudderError
from judder_core.config import SCHEMA
from judder_core.errors import ConfigError
from typer.testing import CliRunner

C3 = CHIPS["esp32c3"]
ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "device" / "config.example.json"


def write(path, **changes):
    """Write a config for a network "x", with changes; return its path."""
    path.write_text(json.dumps({"wifi": {"ssid": "x"}, **changes}), "utf-8")
    return path


WRONG = [
    (
        {"sensor": {"sda_pin": 21, "scl_pin": 22}},
        "esp32c3",
        "sensor.scl_pin is 22, a pin that this ESP32-C3 does not have",
    ),
    ({"sensor": {"sda_pin": 24}}, "esp32", "sensor.sda_pin is 24, a pin that this ESP32 does not have"),
    ({"alarm": {"led_pin": 34}}, "esp32", "alarm.led_pin is 34, a pin of the ESP32 that can only read"),
    (
        {"alarm": {"buzzer_pin": 46}},
        "esp32s2",
        "alarm.buzzer_pin is 46, a pin of the ESP32-S2 that can only read",
    ),
    ({"sensor": {"scl_pin": 7}}, "esp32", "sensor.scl_pin is 7, where an ESP32's flash memory is wired"),
    ({"alarm": {"led_pin": 13}}, "esp32c3", "alarm.led_pin is 13, where an ESP32-C3's flash memory is wired"),
    ({"alarm": {"led_pin": 13}}, "esp32c6", "alarm.led_pin is 13, where an ESP32-C6's USB port is wired"),
    ({"sensor": {"i2c_id": 1}}, "esp32c3", "sensor.i2c_id is 1, an ESP32-C3 has only 0"),
    ({"sensor": {"sda_pin": 22}}, None, "sensor.scl_pin is 22, and so is sensor.sda_pin"),
    ({"alarm": {"buzzer_pin": 13}}, None, "alarm.buzzer_pin is 13, and so is alarm.led_pin"),
    ({"alarm": {"led_pin": 21}}, None, "alarm.led_pin is 21, and so is sensor.sda_pin"),
    ({"sensor": {"int_pin": 22}}, "esp32", "sensor.int_pin is 22, and so is sensor.scl_pin"),
    (
        {"server": {"host": "http://192.168.1.5"}},
        None,
        "server.host is 'http://192.168.1.5', expected a name or an address without http://",
    ),
    (
        {"server": {"queue_windows": 21}},
        None,
        "256 and server.queue_windows 21: 33.1 kB of windows would wait",
    ),
    ({"sensor": {"scl_pin": 49}}, None, "sensor.scl_pin is 49, expected a whole number from 0 to 48"),
    ({"sensor": {"range_g": 3}}, None, "sensor.range_g is 3, expected one of 2, 4, 8, 16"),
    ({"sensor": {"kind": "bmi160"}}, None, "sensor.kind is 'bmi160', expected one of auto,"),
    ({"signal": {"sample_rate_hz": 200}}, None, "signal.sample_rate_hz is 200, msa301 offers 125 or 250"),
    ({"signal": {"sample_rate_hz": 1000}}, None, "1000 Hz by timer needs a sensor with a FIFO"),
    ({"sensor": {"address": 24}}, None, "sensor.address is 24, msa301 may be at 38"),
    ({"signal": {"window_len": 8}}, None, "signal.window_len is 8, expected a whole number from 16 to 1024"),
    ({"wifi": {"ssid": "Käsekuchen mit Äpfeln und Öl aus"}}, None, "more than 32 bytes"),
    ({"name": "n" * 33}, None, "expected text of 1 to 32 characters"),
    ({"name": "fan \ud83d"}, "esp32c3", "name is 'fan \\ud83d', which no file can hold"),
]


@pytest.mark.parametrize("changes, chip, sentence", WRONG)
def test_a_wrong_config_is_one_sentence_with_a_hint(tmp_path, changes, chip, sentence):
    chip = ("--chip", chip) if chip else ()
    result = CliRunner().invoke(app, ["config", "check", str(write(tmp_path / "c.json", **changes)), *chip])
    assert isinstance(result.exception, ConfigError) and result.exception.hint
    assert sentence in str(result.exception) and str(result.exception).count(";") == 0


RIGHT = [
    ({"name": "Lüfter über dem großen Fräser 37"}, None),  # 32 characters, 36 bytes: only its hostname is cut
    ({"name": "扇風機扇風機扇風機扇風機扇"}, "esp32"),  # 39 bytes
    ({"sensor": {"int_pin": 39}}, "esp32"),  # it only reads
    ({"sensor": {"sda_pin": 8, "scl_pin": 9}, "alarm": {"led_pin": 10}}, "esp32c3"),
    ({"sensor": {"kind": "lis3dh"}, "signal": {"sample_rate_hz": 400}}, "esp32"),
    ({"sensor": {"kind": "auto"}}, "esp32"),
    ({}, "esp32s3"),
    ({"alarm": {"led_pin": None}}, "esp32c6"),
]


@pytest.mark.parametrize("changes, chip", RIGHT)
def test_a_config_that_a_board_can_use_is_right(tmp_path, changes, chip):
    chip = ("--chip", chip) if chip else ()
    result = CliRunner().invoke(app, ["config", "check", str(write(tmp_path / "c.json", **changes)), *chip])
    assert result.exit_code == 0 and "is right" in result.stdout, result.exception


@pytest.mark.parametrize(
    "rate_hz, note",
    [
        (250, "warning: 250 Hz is not offered by lis2dw12, lis3dh, adxl345"),
        (500, "warning: 500 Hz is not offered by lis2dw12, lis3dh, adxl345, msa301, msa311"),
    ],
)
def test_the_parts_of_auto_that_lack_its_rate_are_named(tmp_path, rate_hz, note):
    config = write(tmp_path / "c.json", sensor={"kind": "auto"}, signal={"sample_rate_hz": rate_hz})
    result = CliRunner().invoke(app, ["config", "check", str(config)])
    assert result.exit_code == 0 and note in result.stderr.splitlines()


def test_deploy_names_them_too(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "judder.cli.deploy.deploy_to", lambda *_, **__: Deployed("0" * 12, 40, [], None, False)
    )
    config = write(tmp_path / "c.json", sensor={"kind": "auto"}, signal={"sample_rate_hz": 250})
    arguments = ["deploy", "--port", "/dev/nobody", "--config", str(config), "--wait", "0"]
    result = CliRunner().invoke(app, [*arguments, "--server", "http://127.0.0.1:1"])
    assert "warning: 250 Hz is not offered by lis2dw12, lis3dh, adxl345" in result.stderr.splitlines()


@pytest.mark.parametrize("kind, rate_hz", [("msa301", 250), ("auto", 200)])
def test_of_one_part_no_other_is_told(tmp_path, kind, rate_hz):
    config = write(tmp_path / "c.json", sensor={"kind": kind}, signal={"sample_rate_hz": rate_hz})
    told = CliRunner().invoke(app, ["config", "check", str(config)]).stderr
    assert ("msa301" in told) is (kind == "auto")


def test_every_mistake_with_pins_is_named_at_once(tmp_path):
    config = write(tmp_path / "c.json", sensor={"sda_pin": 22, "scl_pin": 23}, alarm={"led_pin": 24})
    with pytest.raises(ConfigError) as raised:
        read_config(config, C3)
    assert all(f"is {pin}," in str(raised.value) for pin in (22, 23, 24))


def test_a_chip_that_judder_does_not_know_is_a_mistake_of_usage(tmp_path):
    result = CliRunner().invoke(app, ["config", "check", str(write(tmp_path / "c.json")), "--chip", "z80"])
    assert result.exit_code == 2


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_is_left_out(tmp_path, mark):
    path = tmp_path / "c.json"
    path.write_bytes(mark + EXAMPLE.read_bytes())
    assert read_config(path).text == EXAMPLE.read_text("utf-8")


def test_what_a_chips_config_leaves_out_is_filled_in_and_the_rest_stays(tmp_path):
    config = write(tmp_path / "c.json", sensor={"scl_pin": 5}, place="Dach")
    assert json.loads(read_config(config, C3).text) == {
        "wifi": {"ssid": "x"},
        "sensor": {"scl_pin": 5, "sda_pin": 8},
        "alarm": {"led_pin": None},
        "place": "Dach",
    }


def test_an_esp32s_usual_pins_are_a_configs_defaults(tmp_path):
    config = write(tmp_path / "c.json")
    assert read_config(config, ESP32).text == config.read_text()
    assert ESP32.usual == {
        key: SCHEMA[s][key][0]
        for s, key in [("sensor", "sda_pin"), ("sensor", "scl_pin"), ("alarm", "led_pin")]
    }


@pytest.mark.parametrize("chip", CHIPS.values(), ids=CHIPS)
def test_a_chips_usual_pins_are_pins_that_it_can_use(tmp_path, chip):
    read_config(write(tmp_path / "c.json"), chip)


@pytest.mark.parametrize("option", CHIPS)
def test_the_virtual_boards_have_the_same_pins(option):
    """Somebody else read those from the port; whether it takes the pins of the USB depends on the board."""
    fake = runpy.run_path(str(ROOT / "tools" / "board" / "chips" / f"{option}.py"))
    there = {pin for first, last in fake["GPIO"] for pin in range(first, last + 1)}
    flash = set(range(fake["FLASH_GPIO"][0], fake["FLASH_GPIO"][1] + 1))
    chip = CHIPS[option]
    assert there <= chip.pins and chip.pins - there <= {*chip.usb, *((47, 48) if option == "esp32s3" else ())}
    assert set(chip.flash) == flash & chip.pins
    assert set(chip.input_only) == {pin for pin in chip.pins if pin >= fake["FIRST_INPUT_ONLY"]}
    assert chip_of(fake["NAME"]) is chip


MACHINES = {  # MICROPY_HW_BOARD_NAME " with " MICROPY_HW_MCU_NAME, of ports/esp32/boards in 1.24 and 1.29
    "Generic ESP32 module with ESP32": "ESP32",
    "Generic ESP32 module with SPIRAM with ESP32": "ESP32",
    "M5Stack Atom with ESP32-PICO-D4": "ESP32",
    "ESP32-C3 module with ESP32C3": "ESP32-C3",
    "LOLIN_C3_MINI with ESP32-C3FH4": "ESP32-C3",
    "LOLIN_S2_MINI with ESP32-S2FN4R2": "ESP32-S2",
    "OMGS3 with ESP32-S3-PICO-1-N8R2": "ESP32-S3",
    "Generic ESP32S3 module with ESP32S3": "ESP32-S3",
    "ESP32-C6 module with ESP32-C6": "ESP32-C6",
    "Generic ESP32P4 module with ESP32-P4": None,
    "linux [GCC 14.2.1] version": None,
}


@pytest.mark.parametrize("machine", MACHINES)
def test_a_chip_is_known_by_what_its_firmware_calls_it(machine):
    chip = chip_of(machine)
    assert (chip and chip.name) == MACHINES[machine]


@pytest.mark.parametrize("machine", [machine for machine, name in MACHINES.items() if name])
def test_the_board_and_the_host_know_the_same_pins_of_the_flash(monkeypatch, machine):
    monkeypatch.setitem(sys.modules, "machine", SimpleNamespace(Pin=None))
    holds_flash = runpy.run_path(str(ROOT / "device" / "judder_node" / "pins.py"))["holds_flash"]
    chip = chip_of(machine)
    assert {pin for pin in chip.pins if holds_flash(pin, machine)} == set(chip.flash)


class FakeBoard:
    """Answers as mpremote does for a board; notes what it was asked."""

    def __init__(self, machine, missing=()):
        self.about = {"device_id": "0" * 12, "machine": machine, "mpy": 2822, "ulab": False}
        self.missing = list(missing)
        self.commands = []

    def __call__(self, command, **how):
        self.commands.append(command[5])
        about = {**self.about, "missing_pins": self.missing}
        return subprocess.CompletedProcess(command, 0, json.dumps(about), "")


@pytest.mark.parametrize(
    "board, sentence",
    [
        (
            FakeBoard("ESP32-C3 module with ESP32-C3"),
            "sensor.scl_pin is 22, a pin that this ESP32-C3 does not have",
        ),
        (
            FakeBoard("Generic ESP32 module with SPIRAM with ESP32", [21]),
            "sensor.sda_pin is 21, a pin that this ESP32",
        ),
        (
            FakeBoard("something new with ESP32-C61", [22]),
            "sensor.scl_pin is 22, a pin that this board does not have",
        ),
    ],
)
def test_deploy_asks_the_board_and_copies_nothing_to_one_that_lacks_a_pin(
    tmp_path, monkeypatch, board, sentence
):
    monkeypatch.setattr(deploying.subprocess, "run", board)
    config = write(tmp_path / "c.json", sensor={"sda_pin": 21, "scl_pin": 22})
    with pytest.raises(ConfigError, match=sentence):
        deploy("/dev/ttyUSB0", config, None)
    assert board.commands == ["exec"]


def test_deploy_asks_a_board_whose_chip_has_other_usual_pins_than_an_esp32(tmp_path, monkeypatch):
    board = FakeBoard("ESP32-C3 module with ESP32-C3", [21])
    monkeypatch.setattr(deploying.subprocess, "run", board)
    config = write(tmp_path / "c.json", alarm={"led_pin": 21})  # where an ESP32's sensor has its sda
    with pytest.raises(ConfigError, match="led_pin is 21, a pin that this ESP32-C3 does not have"):
        deploy("/dev/ttyUSB0", config, None)
    assert board.commands == ["exec"]


@pytest.mark.parametrize("which", ["config", "model"])
def test_a_folder_is_no_config_and_no_model(tmp_path, which):
    paths = {"config": write(tmp_path / "c.json"), "model": None, which: tmp_path}
    with pytest.raises(JudderError, match=r"There is no|is a folder"):
        deploy("/dev/null", paths["config"], paths["model"])


def ranges(pins):
    """Return pins as the documents have them.

    >>> ranges({0, 1, 2, 5})
    '0 to 2, 5'
    """
    runs = []
    for pin in sorted(pins):
        if runs and runs[-1][1] == pin - 1:
            runs[-1][1] = pin
        else:
            runs.append([pin, pin])
    return ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in runs)


def test_the_boards_readme_has_the_pins_of_every_chip():
    section = (ROOT / "device" / "README.md").read_text().split("\n## Pins\n")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in section.splitlines() if "`esp32" in line
    ]
    assert rows == [
        [
            *(chip.name, f"`{option}`"),
            "{sda_pin}, {scl_pin}".format(**chip.usual),
            str(chip.usual["led_pin"] or "none"),
            *(ranges(pins) for pins in (chip.pins, chip.input_only, {*chip.flash, *chip.usb})),
            ranges(range(chip.buses)),
        ]
        for option, chip in CHIPS.items()
    ]
