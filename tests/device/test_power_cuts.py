"""The power fails at any erase or write of the flash while a new model comes: the old one is there, or it.

A real deploy, and a fetch from a real server, write to the flash of a virtual board, which keeps a journal.
That is cut at each of its places, and the board's own code boots from what is left.
"""

import hashlib
import json
import shutil

import numpy as np
import pytest
from judder.boards.deploy import deploy

from tests.asking import status_of
from tests.board.bench import wait_for
from tests.device.board import DEVICE_ID, a_config, fan
from tests.device.flashing import flashed_board
from tests.host.test_serve_process import serving

SIGNAL = np.rint(fan(seconds=20.0) * 4096).astype("<i2").tobytes()
SETTLED = 40  # windows; by then a model on trial has taken the place of the old one


@pytest.fixture(scope="module")
def models(train_fan):
    return train_fan(features="mad"), train_fan()


@pytest.fixture
def boots_after_cuts(world, tmp_path):
    """Return a function that boots a board, lets `update` change its model, and cuts that everywhere.

    It returns what the boots after each cut came to, two in a row, see board_scripts/power_cuts.py.
    """

    def run(config, files, update):
        board = flashed_board(
            tmp_path, config, samples_i16=SIGNAL, files=files, device_id=DEVICE_ID, flash_journal="journal"
        )
        image = board.folder / "flash.img"
        before = shutil.copyfile(image, tmp_path / "before.img")
        with board:
            update(board)
        output = world.run("power_cuts.py", before, board.folder / "journal", heapsize="16m", timeout=600)
        return [json.loads(line) for line in output.splitlines() if line.startswith("[")]

    return run


def assert_old_or_new(boots, old, new):
    """Assert that each boot has a model: first the old one, in the end the new one."""
    ids = {found for pair in boots for found in pair}
    assert ids == {old, new}
    assert boots[0] == [old, old] and boots[-1] == [new, new]
    assert len(boots) > 100


def id_of(data):
    return "fan-" + hashlib.sha256(data).hexdigest()[:8]


def test_a_deploy_that_is_cut_leaves_the_old_model_or_the_new(boots_after_cuts, models, tmp_path):
    old, new = models
    config = a_config(1, server={"spool_kb": 0})
    (tmp_path / "new.json").write_bytes(new)
    (tmp_path / "config.json").write_text(json.dumps(config))

    def update(board):
        deploy(board.port, tmp_path / "config.json", tmp_path / "new.json")

    boots = boots_after_cuts(config, {"model.judder.json": old}, update)
    assert_old_or_new(boots, id_of(old), id_of(new))


def test_a_fetch_that_is_cut_leaves_the_old_model_or_the_new(boots_after_cuts, models, tmp_path):
    old, new = models
    (tmp_path / "new.json").write_bytes(new)
    with serving(tmp_path / "data", "--model", tmp_path / "new.json") as (port, _):

        def update(board):
            wait_for(lambda: status_of(port).get("windows", 0) >= SETTLED)
            assert status_of(port)["model_id"] == id_of(new)

        files = {"model.judder.json": old, "order.txt": id_of(new).encode()}
        boots = boots_after_cuts(a_config(port), files, update)
    assert_old_or_new(boots, id_of(old), id_of(new))
