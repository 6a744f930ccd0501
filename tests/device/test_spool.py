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
    assert spool("gone") == [0, [], 1, 0]


def test_a_file_that_is_dropped_before_its_first_frame_is_on_the_wire_ends_nothing():
    assert spool("gone_before") == [0, [], 1, 0]


def test_twelve_power_cuts_in_one_outage_cost_no_window():
    assert spool("cycles") == [24, list(range(24)), 0, 0]


def test_windows_of_other_lengths_from_before_a_new_config_come_back_whole():
    assert spool("lengths") == [8, list(range(8)), 0, 0]


def test_a_limit_of_five_windows_keeps_five():
    assert spool("small") == [5, list(range(5)), 0, 0]


def test_windows_of_another_length_make_room_for_new_ones_the_oldest_first_and_are_counted():
    waiting, found, dropped, files = spool("shrunk")
    assert found == list(range(dropped, 38)) and dropped > 0
    assert (waiting, files) == (len(found), 0)


def test_a_moment_without_memory_loses_no_window():
    assert spool("no_memory") == [4, [0, 1, 2, 3], 0, 0]


def test_files_that_have_no_place_there_are_left_alone_and_no_window_is_lost():
    waiting, found, dropped, files = spool("strange")
    assert (waiting, found, dropped) == (4, [0, 1, 2, 3], 0)
    assert files == 9 + 4


def test_a_file_in_the_place_of_the_folder_costs_no_window():
    assert spool("a file") == [2, [0, 1], 0, 0]


def test_a_flash_that_is_full_from_the_beginning_loses_the_windows_and_says_so():
    waiting, found, dropped, _ = spool("a full flash")
    assert (waiting, found, dropped) == (0, [], 2)
