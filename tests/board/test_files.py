"""The virtual board's flash under real mpremote: what `cp` puts where, and what stays."""

import pytest

from tests.board.bench import ask, make_board

WALK = """
import os
def walk(folder):
    for entry in os.ilistdir(folder or '/'):
        path = folder + '/' + entry[0]
        if entry[1] & 0x4000:
            walk(path)
        else:
            print(path)
walk('')
"""


@pytest.fixture
def app(tmp_path):
    """A folder `app` with a file and a file in a folder; return the folder it is in."""
    (tmp_path / "app" / "lib").mkdir(parents=True)
    (tmp_path / "app" / "first.py").write_text("print(1)\n")
    (tmp_path / "app" / "lib" / "second.py").write_text("print(2)\n")
    return tmp_path


def files(board):
    return set(ask(board, "exec", WALK).split())


def test_cp_r_of_a_folder_and_a_dot_fills_the_root(board, app):
    ask(board, "cp", "-r", "app/.", ":", cwd=app)
    assert files(board) == {"/first.py", "/lib/second.py"}


def test_cp_r_of_a_folder_makes_that_folder_with_or_without_a_slash(board, app):
    ask(board, "cp", "-r", "app/", ":", cwd=app)
    (app / "app").rename(app / "other")
    ask(board, "cp", "-r", "other", ":", cwd=app)
    assert files(board) == {
        *("/app/first.py", "/app/lib/second.py"),
        *("/other/first.py", "/other/lib/second.py"),
    }


def test_a_file_that_has_not_changed_is_up_to_date(board, app):
    ask(board, "cp", "-r", "app/.", ":", cwd=app)
    (app / "app" / "first.py").write_text("print(3)\n")
    again = ask(board, "cp", "-r", "app/.", ":", cwd=app)
    assert [line.split("/")[-1] for line in again.splitlines() if "Up to date" in line] == ["second.py"]
    assert ask(board, "cat", ":first.py").strip() == "print(3)"


def test_files_survive_a_reset(board, app):
    ask(board, "cp", "app/first.py", ":", cwd=app)
    ask(board, "reset")
    assert ask(board, "cat", ":first.py").strip() == "print(1)"


def test_files_survive_a_power_cut_on_littlefs_in_the_flash_image(tmp_path, app):
    with make_board(tmp_path / "board") as board:
        ask(board, "cp", "app/first.py", ":", cwd=app)
    assert b"littlefs" in (tmp_path / "board" / "flash.img").read_bytes()
    with make_board(tmp_path / "board") as board:
        assert ask(board, "cat", ":first.py").strip() == "print(1)"
