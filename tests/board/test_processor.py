"""The virtual board's processor under real mpremote: what runs when, and what stops it."""

import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest
import serial
import virtual_board

from tests.board.bench import ask, mpremote, skip_without_micropython, wait_for

PIN = 5
MARK = f"from machine import Pin\nPin({PIN}, Pin.OUT).value(1)\n"
FOR_EVER = {
    "a_busy_loop": "while True:\n    pass\n",
    "a_loop_that_sleeps": "import time\nwhile True:\n    time.sleep_ms(50)\n",
    "asyncio": "import asyncio\nasyncio.run(asyncio.sleep(10000))\n",
}


@pytest.fixture
def install(board, tmp_path):
    """Return a function that puts a main.py on the board: it raises a pin, then runs the code given."""

    def put(code):
        (tmp_path / "main.py").write_text(MARK + code)
        ask(board, "cp", tmp_path / "main.py", ":")

    return put


def starts(board):
    """Return how often main.py has started."""
    return len([number for _, number, value in board.pins() if (number, value) == (PIN, 1)])


def reset(board):
    ask(board, "reset")
    wait_for(lambda: starts(board))


def test_a_reset_runs_main(board, install):
    install("")
    reset(board)
    assert starts(board) == 1


def test_a_soft_reset_in_raw_mode_does_not_run_main(board, install):
    install("")
    reset(board)
    ask(board, "soft-reset")
    ask(board, "exec", "pass")  # mpremote soft-resets in raw mode before its first command
    assert starts(board) == 1


@pytest.mark.parametrize("how", FOR_EVER)
def test_a_main_that_runs_for_ever_is_interrupted(board, install, how):
    install(FOR_EVER[how])
    reset(board)
    assert ask(board, "eval", "6 * 7").strip() == "42"


def test_a_board_whose_mpremote_was_killed_answers_the_next(board):
    command = [sys.executable, "-m", "mpremote", "connect", board.port, "exec", MARK + FOR_EVER["asyncio"]]
    with subprocess.Popen(command) as process:
        wait_for(lambda: starts(board))
        process.kill()
    assert ask(board, "eval", "6 * 7").strip() == "42"


def test_a_board_whose_mpremote_was_killed_in_the_middle_of_code_answers_the_next(board):
    ask(board, "exec", "pass")
    with serial.Serial(board.port) as port:
        port.write(b"\x01\x05A\x01print(")
    assert ask(board, "eval", "6 * 7").strip() == "42"


def test_a_script_of_any_length_runs_line_by_line(board, tmp_path):
    script = tmp_path / "long.py"
    script.write_text("# a comment\n" * 1500 + "print(6 * 7)\n1 / 0\n")
    run = mpremote(board, "run", script)
    assert run.stdout.startswith("42") and "line 1502" in run.stdout + run.stderr


def test_no_code_at_all_does_nothing(board):
    assert ask(board, "exec", "x = 41", "exec", "", "eval", "x + 1").strip() == "42"


def test_a_variable_lives_as_long_as_the_command_line(board):
    assert ask(board, "exec", "x = 41", "eval", "x + 1").strip() == "42"
    assert mpremote(board, "eval", "x").returncode == 1


def test_the_tool_prints_its_serial_port_and_runs_until_ctrl_c(tmp_path):
    skip_without_micropython()
    (tmp_path / "fan.i16").write_bytes(b"\0" * 6)
    command = [sys.executable, virtual_board.__file__, tmp_path / "board", "--signal", tmp_path / "fan.i16"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        tool = SimpleNamespace(port=process.stdout.readline().strip())
        unique_id = ask(tool, "eval", "__import__('machine').unique_id().hex()")
        process.send_signal(signal.SIGINT)
    assert (unique_id.strip(), process.returncode) == ("0200000000a1", 0)


def test_a_traceback_gives_exit_code_1(board):
    run = mpremote(board, "exec", "1 / 0")
    assert run.returncode == 1 and "ZeroDivisionError" in run.stdout + run.stderr
