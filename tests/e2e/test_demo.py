"""`judder demo` as a process without a terminal: what it prints and how it ends."""

import re

import pytest

from tests.board.bench import skip_without_micropython
from tests.e2e.house import judder

TABLE = r"fan-left +unbalanced +\d+ +0 +{left} .*\n *fan-right +normal +\d+ +0 +- "
FOUND = TABLE.format(left=r"after [\d.]+ s")
MISSED = TABLE.format(left="-")
CPYTHON = ("--no-micropython", "--factor", 100)


def demo(folder, *options):
    run = judder("demo", *options, cwd=folder)
    assert "Traceback" not in run.stderr
    return run


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Return the folder that the demo was played in, and its run."""
    skip_without_micropython()
    folder = tmp_path_factory.mktemp("demo")
    return folder, demo(folder)


def test_it_exits_0_with_one_board_detected_and_the_other_not(played):
    _, run = played
    assert re.search(FOUND, run.stdout), run.stdout + run.stderr
    assert run.returncode == 0 and "The fault raised an alarm, and nothing else did." in run.stdout


def test_its_boards_ran_micropython_and_only_the_unbalanced_ones_led_was_lit(played):
    folder, run = played
    assert run.returncode == 0, run.stdout + run.stderr
    left, right = folder / "demo-data" / "fan-left", folder / "demo-data" / "fan-right"
    assert (left / "flash.img").exists() and (right / "flash.img").exists()
    assert " 13 1\n" in (left / "pins.log").read_text() and not (right / "pins.log").exists()


def test_without_micropython_the_server_detects_the_same(tmp_path):
    run = demo(tmp_path, *CPYTHON)
    assert re.search(FOUND, run.stdout), run.stdout + run.stderr
    assert run.returncode == 0 and "(judged by host)" in run.stdout


def test_a_fault_too_small_to_be_seen_exits_1(tmp_path):
    run = demo(tmp_path, *CPYTHON, "--imbalance", 1)
    assert re.search(MISSED, run.stdout), run.stdout + run.stderr
    assert run.returncode == 1 and "no alarm came" in run.stderr
