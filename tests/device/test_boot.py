"""What a board does that cannot watch: it says why, by LED and over the network, and stays in reach."""

import json

import numpy as np
import pytest

from tests.asking import status_of
from tests.board.bench import ask, wait_for
from tests.device.board import a_config, fan
from tests.device.flashing import flashed_board
from tests.host.test_serve_process import serving

LED = 13
SIGNAL = np.rint(fan(seconds=20.0) * 4096).astype("<i2").tobytes()
CODES = {"config": 2, "sensor": 3, "safe mode": 5}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Return (port, data folder) of a server for all boards of this file, which have names of their own."""
    data = tmp_path_factory.mktemp("server") / "data"
    with serving(data) as (port, _):
        yield port, data


@pytest.fixture
def report_of(server, tmp_path):
    """Return a function that boots a board and waits for its report.

    It returns (report, pins) of a board with config_of(port) for its config, once told(report) is true.
    """
    port, _ = server

    def boot(config_of, told, until=lambda pins: True, **options):
        name = tmp_path.name.encode().hex()[-12:]
        with flashed_board(tmp_path, config_of(port), samples_i16=SIGNAL, device_id=name, **options) as board:
            report = wait_for(lambda: (status := status_of(port, name)) and told(status) and status)
            wait_for(lambda: until(board.pins()))
            return report, board.pins()

    return boot


def blinked(pins):
    """Return how often the LED lit up before the first long pause, as a person counts it."""
    ons = [ms for ms, pin, value in pins if (pin, value) == (LED, 1)]
    return 1 + int(np.flatnonzero(np.diff(ons) > 900)[0])


# What a config may get wrong, the chip it is for, and what people must be told. The board reads such a config
# and does not watch, or finds out when it starts its sensor: these two.
AT_THE_SENSOR = ("a pin the chip has not", "an I2C bus the chip has not")
MISTAKES = {
    "a pin the chip has not": (
        {"sensor": {"sda_pin": 5, "scl_pin": 22}, "alarm": {"led_pin": None}},
        "esp32c3",
        ["sensor.scl_pin is 22", "invalid pin"],
    ),
    "an LED's pin the chip has not": ({"alarm": {"led_pin": 26}}, "esp32c3", ["alarm.led_pin is 26"]),
    "an LED's pin that only reads": (
        {"alarm": {"led_pin": 34}},
        "esp32",
        ["alarm.led_pin is 34", "only be input"],
    ),
    "an I2C bus the chip has not": (
        {"sensor": {"sda_pin": 5, "scl_pin": 6, "i2c_id": 1}, "alarm": {"led_pin": None}},
        "esp32c3",
        ["sensor.i2c_id is 1"],
    ),
    "an LED's pin that is the flash's": ({}, "esp32c3", ["alarm.led_pin is 13", "flash"]),
    "a rate out of reach": (
        {"signal": {"sample_rate_hz": 1000}},
        "esp32",
        ["1000 Hz by timer needs a sensor with a FIFO"],
    ),
    "a rate nobody offers": ({"signal": {"sample_rate_hz": 300}}, "esp32", ["300", "250", "500"]),
    "a range nobody offers": ({"sensor": {"range_g": 3}}, "esp32", ["sensor.range_g is 3"]),
    "a sensor nobody knows": ({"sensor": {"kind": "msa3O1"}}, "esp32", ["msa3O1", "msa301"]),
    "a word nobody knows": ({"tusk": "detect"}, "esp32", ["tusk is no setting"]),
    "several at once": (
        {"sensor": {"range_g": 3}, "alarm": {"led_pin": 99}},
        "esp32",
        ["sensor.range_g", "alarm.led_pin"],
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_wrong_config_is_told_over_the_network_and_nothing_resets(report_of, name):
    wrong, chip, told = MISTAKES[name]
    report, _ = report_of(lambda port: a_config(port, **wrong), lambda status: status.get("why"), chip=chip)
    assert report["state"] == ("sensor fault" if name in AT_THE_SENSOR else "not judged")
    assert all(words in report["why"] for words in told), report["why"]
    assert report["reset_reason"] == "power on" and report["last_error"] is None


def test_a_wrong_config_is_blinked(tmp_path):
    config = a_config(1, sensor={"range_g": 3})
    with flashed_board(tmp_path, config) as board:
        wait_for(lambda: len([1 for _, pin, value in board.pins() if (pin, value) == (LED, 1)]) >= 7)
        assert blinked(board.pins()) == CODES["config"]


# Parts on the bus by address, what the config names, and what people must be told.
PARTS = {
    "nothing there": ({}, "msa301", ["No msa301 answers, and nothing else"]),
    "an MSA311 for an MSA301": ({"98": "msa311"}, "msa301", ["0x62", "msa311"]),
    "another part": ({"25": "lis3dh"}, "msa301", ["0x19", "lis3dh"]),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_sensor_that_is_another_is_named_over_the_network_and_blinked(report_of, name):
    parts, kind, told = PARTS[name]
    report, _ = report_of(
        lambda port: a_config(port, sensor={"kind": kind}),
        lambda status: status.get("sensor_error"),
        parts=parts,
    )
    assert report["state"] == "sensor fault" and report["why"] == report["sensor_error"]
    assert all(words in report["why"] for words in told), report["why"]


BAD_CONFIGS = {
    "none": (None, "There is no config.json"),
    "empty": (b"", "not JSON"),
    "a folder": ({"config.json": None}, "There is no config.json"),
    "not text": (b"\xff\xfe{\x00}\x00", "not UTF-8"),
    "half of one": (b'{"name": "fa', "not JSON"),
    "a list": (b"[]", "not a JSON object"),
    "no network": (b"{}", "wifi.ssid"),
}


@pytest.mark.parametrize("name", BAD_CONFIGS)
def test_a_config_without_a_network_is_said_on_the_console_and_blinked(tmp_path, name):
    data, told = BAD_CONFIGS[name]
    files = data if isinstance(data, dict) else {}
    with flashed_board(tmp_path, None if files else data, files=files) as board:
        wait_for(lambda: len([1 for _, pin, value in board.pins() if (pin, value) == (LED, 1)]) >= 7)
        assert blinked(board.pins()) == CODES["config"]
        said = ask(
            board,
            "exec",
            "from judder_node import boot\n"
            "try: boot.read_config('config.json')\n"
            "except Exception as error: print(error)",
        )
    assert told in said


ODD_CONFIGS = {
    "a byte-order mark, from Notepad": lambda config: b"\xef\xbb\xbf" + json.dumps(config).encode(),
    "a name of 32 letters, 39 bytes": lambda config: json.dumps(
        {**config, "name": "Lüfterüberwachung-für-Küche-Süß1"}, ensure_ascii=False
    ).encode(),
    "a name no hostname can hold": lambda config: json.dumps(
        {**config, "name": "风扇一号风扇一号"}, ensure_ascii=False
    ).encode(),
}


@pytest.mark.parametrize("name", ODD_CONFIGS)
def test_an_odd_config_watches_all_the_same(report_of, name):
    report, _ = report_of(
        lambda port: ODD_CONFIGS[name](a_config(port)), lambda status: status.get("windows", 0) > 2
    )
    assert report["sensor"] == "msa301" and report["lost_samples"] == 0


# Whatever lies where a file of ours belongs: bytes that are no text, a file, or (None) a folder.
ODD_FILES = {
    "a model that came half": {"part.judder.json": None},
    "order.txt of no text": {"order.txt": b"\xff\xfe\xfd"},
    "order.txt a folder": {"order.txt": None},
    "spool a file": {"spool": b"no folder"},
    "strangers in the spool": {"spool/notes.txt": b"x", "spool/7": None, "spool/\u00fc\u00fc": b"y"},
    "a spool of odd bytes": {"spool/0": b"\xff" * 5000},
}
ODD_MODELS = {
    "a model of no text": {"model.judder.json": b"\xff\xfe\xfd"},
    "a model that is a list": {"model.judder.json": b"[1, 2]"},
    "a model a folder": {"model.judder.json": None},
    "a fetched model of no text": {"new.judder.json": b"\x00\xff"},
    "a fetched model a folder": {"new.judder.json": None, "tried.judder.json": None},
}


@pytest.fixture(params=[*ODD_FILES, *ODD_MODELS])
def odd(request, report_of):
    """Boot a board with odd files; return the case's name and the report once it watches."""
    files = {**ODD_FILES, **ODD_MODELS}[request.param]
    report, _ = report_of(a_config, lambda status: status.get("windows", 0) > 2, files=files)
    return request.param, report


def test_a_board_with_an_odd_file_watches_from_its_first_boot(odd):
    _, report = odd
    assert (report["reset_reason"], report["lost_samples"]) == ("power on", 0)


def test_an_odd_model_is_told_and_no_other_odd_file_is_taken_for_one(odd):
    name, report = odd
    assert bool(report["model_error"]) == (name in ODD_MODELS)


def test_three_crashes_end_in_a_safe_mode_that_reports_the_traceback(report_of):
    broken = {"judder_node/board.py": b"raise TypeError('a bug')\n"}  # found before the compiled one
    report, pins = report_of(
        a_config, lambda status: status.get("safe_mode"), until=lambda pins: len(pins) > 14, files=broken
    )
    assert report["state"] == "safe mode" and "3 times" in report["why"]
    assert "TypeError: a bug" in report["last_error"] and "board.py" in report["last_error"]
    assert report["reset_reason"] == "reset"
    assert blinked(pins) == CODES["safe mode"]


def test_a_watchdog_resets_a_board_whose_main_loop_hangs_and_the_report_says_so(report_of):
    hangs = (
        b"import time\nfrom judder_core.judge import Judge\n"
        b"class Scorer:\n    model = None\n    why_not = None\n    unjudged = 0\n"
        b"    def __init__(self, model, fallback): pass\n"
        b"    def score(self, window):\n        while True: pass\n"
    )
    files = {"judder_node/scorer.py": hangs}
    report, _ = report_of(a_config, lambda status: status.get("last_error"), files=files, cpu_factor=50)
    assert "watchdog" in report["last_error"]


def test_a_board_that_ran_well_forgets_that_boots_before_it_ended(server, tmp_path):
    port, _ = server
    with flashed_board(tmp_path, a_config(port), samples_i16=SIGNAL, device_id="0200000000c7") as board:
        ask(board, "exec", "import machine; machine.RTC().memory(b'J\\x02a traceback')", "+", "reset")
        report = wait_for(
            lambda: (status := status_of(port, "0200000000c7")) and status.get("windows", 0) > 65 and status
        )
        assert report["last_error"] == "a traceback"
        count = ask(board, "exec", "from judder_node import crash; print(crash._count())")
        assert count.strip() == "0"
