"""A board's report is checked where it comes in: each field has its type and its range, or it is refused."""

import json
import sys

import pytest
from judder.server.services.events import MOST_KEPT
from judder.server.services.report import MOST_MORE, Report
from judder.server.services.wishes import parse

BOARD = "020000000001"
PATH = f"/api/v1/devices/{BOARD}/status"
PY = {  # as device/judder_node/status.py of the first version sent it
    **{"boot_id": 71, "state": "normal", "alert": False, "windows": 812, "judged_by": "board"},
    **{
        "model_id": None,
        "model_error": None,
        "sample_rate_hz": 249.612,
        "nominal_rate_hz": 250,
        "engine": "ulab",
    },
    **{
        "late_samples": 0,
        "lost_samples": 0,
        "lost_windows": 0,
        "dropped_late": 0,
        "bus_errors": 0,
        "queued": 0,
    },
    **{
        "refused": 0,
        "spooled": 0,
        "dropped": 0,
        "uplink_error": None,
        "signal_dbm": None,
        "free_memory": 81234,
    },
    **{"reset_cause": 1, "last_error": None, "firmware": "judder 0.1.0, MicroPython 1.24.1"},
}
SKETCH = {  # as firmware-arduino/judder_tflm sends it
    **{
        "name": "fan",
        "task": "detect",
        "state": "normal",
        "alert": False,
        "judged_by": "board",
        "boot_id": 2**32 - 1,
    },
    **{"windows": 4, "unjudged": 0, "sample_rate_hz": 249.612, "nominal_rate_hz": 250.000, "late_samples": 0},
    **{"lost_samples": 0, "lost_windows": 0, "bus_errors": 0, "queued": 0, "dropped": 0, "refused": 0},
    **{"free_memory": 181234, "largest_free": 110580, "stack_left": 900, "sampling_stack_left": 800},
    **{
        "uplink_stack_left": 700,
        "sensor": "lis3dh",
        "sensor_error": "",
        "model_id": "",
        "firmware": "judder_tflm",
    },
}
WRONG = [
    *(("name", value) for value in (5, True, [1], {}, "n" * 257)),
    *(("place", value) for value in (5, ["attic"], 1e300)),
    *(("state", value) for value in (["normal"], 7, {"a": 1})),
    *(("boot_id", value) for value in ([], -1, 2**32, 1.5, "7", True)),
    *(("windows", value) for value in (-1, 2**64, "many", 1e300)),
    *(("window_len", value) for value in ("x", -1, 4097)),
    *(("sample_rate_hz", value) for value in ({}, -250.0, 1e9, "250")),
    *(("signal_dbm", value) for value in (1e6, "strong")),
    *(("commands", value) for value in (5, "model", [5], ["m" * 65])),
    *(("safe_mode", value) for value in (1, "yes")),
    *(("last_error", value) for value in (5, "e" * 513)),
    *(("humidity", value) for value in ([1], {"percent": 40}, "h" * 513)),
]


@pytest.mark.parametrize("key, value", WRONG)
async def test_what_a_field_cannot_be_is_refused_by_its_name(server, key, value):
    status, answer = await server.ask("POST", PATH, json={"state": "normal", key: value})
    assert status == 400 and f" {key} " in answer["error"] and answer["hint"]
    assert (await server.client.get("/api/v1/devices"))["devices"] == []


async def test_a_page_shows_every_board_after_a_name_that_is_none(server):
    await server.ask("POST", PATH, json={"name": "fan"})
    await server.ask("POST", PATH, json={"name": [1]})
    (board,) = (await server.client.get("/api/v1/devices"))["devices"]
    assert board["status"] == {"name": "fan"}


@pytest.mark.parametrize("said", [PY, SKETCH, {}], ids=["MicroPython", "Arduino", "nothing"])
async def test_boards_of_before_are_taken_as_they_are(server, said):
    assert (await server.ask("POST", PATH, json=said))[0] == 200
    (board,) = (await server.client.get("/api/v1/devices"))["devices"]
    assert board["status"] == said


@pytest.mark.parametrize("key", Report.model_fields)
async def test_every_field_may_be_null(server, key):
    assert (await server.ask("POST", PATH, json={key: None}))[0] == 200


async def test_a_newer_board_may_say_more(server):
    said = {f"field-{k}": value for k, value in enumerate(["text", 5, 2.5, True, None] * 6)}
    assert (await server.ask("POST", PATH, json=said))[0] == 200
    (board,) = (await server.client.get("/api/v1/devices"))["devices"]
    assert board["status"] == said


@pytest.mark.parametrize("n", [MOST_MORE + 1, 22_000])
async def test_thousands_of_fields_are_refused(server, n):
    status, _ = await server.ask("POST", PATH, json={f"k{k}": k for k in range(n)})
    assert status in (400, 413)


async def test_the_name_of_a_field_is_short(server):
    assert (await server.ask("POST", PATH, json={"k" * 65: 1}))[0] == 400


@pytest.mark.parametrize("key", ["name", "place", "why", "sensor_error", "colour"])
async def test_what_acts_on_a_terminal_or_a_mail_is_written_out(server, key):
    await server.ask("POST", PATH, json={key: "fan\r\nBcc: eve@example.org\x1b[31m\u202e\x00"})
    (board,) = (await server.client.get("/api/v1/devices"))["devices"]
    assert board["status"][key] == r"fan\r\nBcc: eve@example.org\x1b[31m\u202e\x00"


async def test_a_traceback_keeps_its_lines_and_nothing_else_of_the_kind(server):
    await server.ask("POST", PATH, json={"last_error": "Traceback:\n  line 7\r\x1b[31m\u202e\x00"})
    (board,) = (await server.client.get("/api/v1/devices"))["devices"]
    assert board["status"]["last_error"] == "Traceback:\n" + r"  line 7\r\x1b[31m\u202e\x00"


async def test_half_a_character_is_refused(server):
    status, answer = await server.ask("POST", PATH, data=rb'{"name": "fan \ud800"}')
    assert status == 400 and "half a character" in answer["error"]


def test_the_events_of_the_largest_reports_fit_into_memory():
    said = {f"k{k:063}": f"{k:060}" for k in range(MOST_MORE)}
    assert len(json.dumps(said)) > 4096
    report = parse(Report, said).model_dump(exclude_unset=True)
    size = sys.getsizeof(report) + sum(sys.getsizeof(each) for pair in report.items() for each in pair)
    assert size * MOST_KEPT < 64_000_000
