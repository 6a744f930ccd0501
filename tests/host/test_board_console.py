"""What a board says on its console while deploy waits for its report. The port is a pseudo-terminal."""

import os
import tty

import pytest
from judder.boards.console import KEPT, Console


@pytest.fixture
def board():
    """Yield (descriptor to write at as a board, name of its port)."""
    pytest.importorskip("serial", reason="pyserial comes with the extra deploy.")
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    yield ours, os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


def test_the_last_reason_counts(board):
    write, port = board
    with Console(port) as console:
        os.write(write, b"MPY: soft reboot\r\nwifi: no such network\r\nmodel: fine\r\n")
        console.listen()
        assert console.reason() == "wifi: no such network"
        os.write(write, b"wifi: password refused\r\n>>> \xff\xfe")
        console.listen()
        assert console.reason() == "wifi: password refused"


@pytest.mark.parametrize("part", ["judder", "sensor", "wifi", "uplink"])
def test_each_part_that_says_why_is_heard(board, part):
    write, port = board
    with Console(port) as console:
        os.write(write, f"{part}: it is broken\r\n".encode())
        console.listen()
        assert console.reason() == f"{part}: it is broken"


def test_an_error_that_ended_the_app_is_a_reason(board):
    write, port = board
    with Console(port) as console:
        os.write(write, b'Traceback (most recent call last):\r\n  File "main.py", line 11, in run\r\n')
        os.write(write, b"MemoryError: memory allocation failed, allocating 1536 bytes\r\n")
        console.listen()
        assert console.reason() == "MemoryError: memory allocation failed, allocating 1536 bytes"


def test_half_a_line_is_not_told_before_the_rest_came(board):
    write, port = board
    with Console(port) as console:
        os.write(write, b"wifi: no su")
        console.listen()
        assert console.reason() is None
        os.write(write, b"ch network\r\n")
        console.listen()
        assert console.reason() == "wifi: no such network"


def test_a_board_that_talks_for_ever_fills_no_memory(board):
    write, port = board
    with Console(port) as console:
        for _ in range(30):
            os.write(write, b"x" * 1000 + b"\r\n")
            console.listen()
        assert len(console._text) == KEPT


def test_a_port_that_cannot_be_opened_says_nothing(tmp_path):
    with Console(str(tmp_path / "ttyUSB7")) as console:
        console.listen()
        assert console.reason() is None
