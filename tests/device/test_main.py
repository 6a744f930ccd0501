"""main.py, on a virtual board: an app that ends starts anew, and mpremote still gets a word in."""

from tests.board.bench import ask, make_board, wait_for
from tests.device.board import ROOT

PIN = 5
APP_THAT_ENDS = f"""
from machine import Pin

def run(path):
    Pin({PIN}, Pin.OUT).value(1)
    raise TypeError("a bug")
"""


def test_an_app_that_ends_starts_anew_until_mpremote_comes(tmp_path):
    (tmp_path / "app.py").write_text(APP_THAT_ENDS)
    with make_board(tmp_path / "board", factor=20) as board:
        ask(board, "mkdir", ":judder_node")
        ask(board, "cp", tmp_path / "app.py", ":judder_node/app.py")
        ask(board, "cp", ROOT / "device" / "main.py", ":main.py", "+", "reset")
        wait_for(
            lambda: len([number for _, number, value in board.pins() if (number, value) == (PIN, 1)]) >= 2
        )
        assert ask(board, "eval", "6 * 7").strip() == "42"
