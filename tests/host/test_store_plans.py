"""How SQLite finds what is asked for each window and by each page: by an index, however many there are.

The oracle is SQLite's own plan: what it calls a SEARCH follows an index, a SCAN reads all.
"""

import pytest
from judder.server.storage.sqlite.connection import FILE_NAME, connect
from judder.server.storage.sqlite.tables import make_unit

ASKED = {
    "the answer to a board's first window": lambda unit: unit.windows.answer("nobody", 1, 1),
    "the newest windows of a board": lambda unit: unit.windows.newest(100, "nobody"),
    "the scores of a board": lambda unit: unit.windows.scores("nobody", 0, 1_000_000),
    "the numbers of a board's start": lambda unit: unit.windows.numbers("nobody", 1, 0, 100),
}


@pytest.fixture
def connection(tmp_path):
    connection = connect(tmp_path / FILE_NAME)
    yield connection
    connection.close()


def plans(connection, ask):
    """Return the steps of SQLite's plan for each statement that ask makes."""
    statements = []
    connection.set_trace_callback(statements.append)
    ask(make_unit(connection))
    connection.set_trace_callback(None)
    return [
        row["detail"]
        for statement in statements
        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
        if "windows" in statement
    ]


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_no_windows_but_those_asked_for_are_read(connection, ask):
    steps = plans(connection, ask)
    assert any("SEARCH windows" in step for step in steps)
    assert not any("SCAN windows" in step for step in steps)


def test_the_plan_of_a_scan_is_told_from_one_of_a_search(connection):
    steps = plans(connection, lambda unit: connection.execute("SELECT * FROM windows WHERE flags = 1"))
    assert any("SCAN windows" in step for step in steps)
