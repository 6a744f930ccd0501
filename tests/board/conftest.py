"""A blank board for each test, and the fakes of its hardware without one."""

import json

import pytest

from tests.board.bench import make_board
from tests.device.board import World


@pytest.fixture
def board(tmp_path):
    with make_board(tmp_path / "board") as board:
        yield board


@pytest.fixture
def world(tmp_path):
    """What lies around a processor without flash: as fast as this PC, and waiting even faster."""
    world = World(tmp_path)
    world.change(factor=1000, cpu_factor=1)
    return world


@pytest.fixture
def run(world):
    """Return a function that runs code on the fakes, in a world changed so; what its last line shows."""

    def run(code, **changes):
        world.change(**changes)
        start = "import start, time, json, machine; time.set_factor(start.WORLD.factor)\n"
        return json.loads(world.run(start + code, heapsize="1M").splitlines()[-1])

    return run
