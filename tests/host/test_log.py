"""What the server notes: for people on a terminal, for programs elsewhere, and never for the terminal."""

import io
import json
import sys

import pytest
import structlog
from judder import log

NAME = "fan[left]\x1b[31mred\u202ekcab"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def noted(monkeypatch):
    """Return a function that notes a board on a stream of that kind; it returns what was written."""

    def note(stream, **fields):
        monkeypatch.setattr(sys, "stderr", stream)
        log.configure()
        structlog.get_logger().info("board", **fields)
        return stream.getvalue()

    yield note
    structlog.reset_defaults()


def test_a_boards_name_is_written_out_on_a_terminal(noted):
    said = noted(Terminal(), name=NAME)
    assert r"fan[left]\x1b[31mred\u202ekcab" in said and NAME not in said


def test_a_number_stays_a_number_on_a_terminal(noted):
    assert "250" in noted(Terminal(), seq=250)


def test_a_program_gets_it_exactly(noted):
    assert json.loads(noted(io.StringIO(), name=NAME))["name"] == NAME
