"""What the server notes: for people on a terminal, for programs elsewhere, and never for the terminal."""

import io
import json
import logging
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


@pytest.fixture
def once():
    """Return a processor whose clock stands at `once.now_s`, and what passes it."""

    class Told(log.Once):
        now_s = 0.0

        def passes(self, **event):
            try:
                return self(None, "warning", event)
            except structlog.DropEvent:
                return None

    told = Told(lambda: told.now_s)
    return told


def test_what_repeats_is_said_once_a_minute_and_then_how_often(once):
    assert once.passes(event="full") == {"event": "full"}
    for once.now_s in range(1, 60):
        assert once.passes(event="full") is None
    once.now_s = 60
    assert once.passes(event="full") == {"event": "full", "repeated": 59}
    once.now_s = 120
    assert once.passes(event="full") == {"event": "full"}


def test_another_boards_event_is_another_event(once):
    said = [once.passes(event="notice", board=board, number=k) for k, board in enumerate("aab")]
    assert [event is not None for event in said] == [True, False, True]


def test_an_error_of_another_kind_is_said(once):
    said = [once.passes(event="failed", exc_info=error) for error in (OSError(), OSError(), KeyError())]
    assert [event is not None for event in said] == [True, False, True]


def test_what_never_repeats_takes_no_memory_for_ever(once):
    for k in range(10 * log.MOST_KNOWN):
        once.passes(event="board", device=str(k))
    assert len(once._said) <= log.MOST_KNOWN


def test_a_library_that_complains_a_thousand_times_is_heard_once(noted, monkeypatch):
    stream = io.StringIO()
    noted(stream)
    of_library = logging.getLogger("some.library")
    handler = log.OfLibraries()
    of_library.addHandler(handler)
    for k in range(1000):
        of_library.error("no file left for %d\nsocket: 7", k)
    of_library.removeHandler(handler)
    (line,) = (json.loads(line) for line in stream.getvalue().splitlines()[1:])
    assert line["event"] == "no file left for %d" and line["text"].startswith("no file left for 0")
