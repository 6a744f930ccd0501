"""The watchdog, and how a board knows why it began."""

import signal

import pytest

from tests.board.bench import ask, make_board, wait_for
from tests.board.test_callbacks import raised

BITTEN = -signal.SIGUSR2
START = "import start, time, machine; time.set_factor(start.WORLD.factor)\n"
CAUSE = "__import__('machine').reset_cause()"


def ends(world, code, **changes):
    """Return what the process that runs code ends with."""
    world.change(**changes)
    process = world.start(START + code)
    process.communicate(timeout=60)
    return process.returncode


@pytest.mark.parametrize("hangs", ["while True:\n    pass", "time.sleep(10)", "time.block(3000000)"])
def test_a_board_that_hangs_is_bitten(world, hangs):
    assert ends(world, f"machine.WDT(timeout=2000)\n{hangs}", cpu_factor=50) == BITTEN


def test_a_watchdog_that_is_fed_does_not_bite(world):
    code = (
        "watchdog = machine.WDT(timeout=2000)\nfor _ in range(20):\n    time.sleep(1)\n    watchdog.feed()\n"
    )
    assert ends(world, code) == 0


def test_a_watchdog_bites_although_its_object_is_gone(world):
    code = "import gc\nwatchdog = machine.WDT(timeout=2000)\ndel watchdog\ngc.collect()\ntime.sleep(10)"
    assert ends(world, code) == BITTEN


def test_nothing_stops_a_watchdog(run):
    assert run("print(json.dumps([hasattr(machine.WDT, name) for name in ('stop', 'deinit')]))") == [
        *(False, False)
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [("timeout=999", "WDT timeout too short"), ("timeout=0", "WDT timeout too short"), ("1", "")],
)
def test_a_watchdog_has_one_number_and_at_least_a_second(run, arguments, said):
    assert raised(run, f"machine.WDT({arguments})") == ["ValueError", said]


# ports/esp32/modmachine.c: PWRON_RESET 1, HARD_RESET 2, WDT_RESET 3, SOFT_RESET 5.
@pytest.mark.parametrize(
    ("end", "cause"),
    [
        ("import machine; machine.reset()", 2),
        ("import machine, time; machine.WDT(timeout=1000); time.sleep(60)", 3),
        ("import machine; machine.Pin(6, machine.Pin.OUT)", 2),
    ],
    ids=["reset", "watchdog", "crash"],
)
def test_a_board_knows_why_it_began(tmp_path, end, cause):
    pin = "from machine import Pin; Pin(5, Pin.OUT).value(__import__('machine').reset_cause() - 1)\n"
    (tmp_path / "main.py").write_text(pin)
    (tmp_path / "end.py").write_text(end)
    with make_board(tmp_path / "board", factor=20) as board:
        ask(board, "cp", tmp_path / "main.py", tmp_path / "end.py", ":")
        ask(board, "exec", "--no-follow", "import end")
        wait_for(board.pins)
    assert board.pins()[-1][2] == 1
    assert cause > 1


def test_a_board_that_was_switched_on_says_so_and_one_restarted_by_ctrl_d_too(board):
    assert ask(board, "resume", "eval", CAUSE).strip() == "1"
    assert ask(board, "soft-reset", "eval", CAUSE).strip() == "5"


def test_the_rtc_remembers_over_a_reset_and_forgets_without_power(tmp_path):
    read = "__import__('machine').RTC().memory()"
    with make_board(tmp_path / "board") as board:
        ask(board, "exec", "import machine; machine.RTC().memory(b'3')", "eval", read)
        ask(board, "reset")
        assert ask(board, "eval", read).strip() == "b'3'"
    with make_board(tmp_path / "board") as board:
        assert ask(board, "eval", read).strip() == "b''"
