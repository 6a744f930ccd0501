"""The spool on real MicroPython and a real LittleFS, in memory."""

import json

import pytest

from tests.core.micropython import run_micropython
from tests.device.board import SCRIPTS


def spool(case):
    """Return (waiting, numbers of the windows that came back, dropped, files left) of a case in spool.py."""
    return json.loads(run_micropython(SCRIPTS / "spool.py", case, path=("shared", "device")).splitlines()[-1])


def test_after_a_power_cut_all_whole_windows_come_back_in_order_and_no_file_is_left():
    waiting, found, dropped, files = spool("power")
    assert found[-14:] == list(range(14)) and (dropped, files) == (0, 0)
    assert waiting == 14


@pytest.mark.parametrize("case, last", [("limit", 39), ("full", 59)])
def test_without_room_the_oldest_go_and_every_window_is_accounted_for(case, last):
    waiting, found, dropped, files = spool(case)
    assert found == sorted(found) and found[-1] >= last - 3 and found[0] > 0
    assert len(found) + dropped == last + 1
    assert (waiting, files) == (len(found), 0)


def test_a_file_that_is_dropped_while_its_last_frame_is_on_the_wire_ends_nothing():
    assert spool("gone") == [0, [], 0, 0]
