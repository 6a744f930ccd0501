"""A blank board for each test."""

import pytest

from tests.board.bench import make_board


@pytest.fixture
def board(tmp_path):
    with make_board(tmp_path / "board") as board:
        yield board
