"""Host-side boards with a key: judder replay, and the hall's, before a gate that wants signatures."""

import asyncio
import json

import numpy as np
import pytest
from hall import LightBoard
from judder.cli.app import app
from judder.data.loading import write
from judder.simulation import FanOptions, simulate
from typer.testing import CliRunner

from tests.asking import seqs
from tests.gate import gate
from tests.host.test_serve_process import serving

KEY = bytes(range(1, 33))
BOARD = "02000000000a"


@pytest.fixture
def recording(tmp_path):
    out = tmp_path / "fan.npz"
    write([simulate(FanOptions(seconds=10))], out)
    return out


def replay(recording, port, key):
    arguments = ["replay", recording, "--server", f"http://127.0.0.1:{port}", "--speed", 0, "--json"]
    arguments += ["--device", BOARD, "--key", key]
    return CliRunner().invoke(app, list(map(str, arguments)))


def test_a_replay_with_a_key_signs_and_is_refused_once_at_its_beginning(recording, tmp_path):
    with serving(tmp_path / "data") as (port, _), gate(port, KEY) as before:
        run = replay(recording, before.port, KEY.hex())
    assert run.exit_code == 0 and json.loads(run.stdout)["windows"] == len(seqs(tmp_path / "data")) > 5
    assert before.refused == ["stale"]


def test_a_replay_with_another_key_is_refused_and_shows_none(recording, tmp_path):
    with serving(tmp_path / "data") as (port, _), gate(port, bytes(32)) as before:
        run = replay(recording, before.port, KEY.hex())
    assert "forged" in str(run.exception) and KEY.hex() not in run.output + str(run.exception)
    assert before.refused == ["forged", "forged"]


@pytest.mark.parametrize("key", ["", "5e" * 31])
def test_what_is_no_key_is_refused(recording, key):
    assert str(replay(recording, 1, key).exception) == "--key is no key."


async def test_a_board_of_the_hall_signs_with_its_key(tmp_path):
    class Model:
        model_hash = b"\0\0\0\0"

    machine = np.zeros((1, 256, 3), "<i2")
    with serving(tmp_path) as (port, _), gate(port, KEY) as before:
        await asyncio.wait_for(LightBoard(3, machine, Model, key=KEY.hex()).run(before.port, 0.5, 0.05), 30)
    assert before.refused == ["stale"] and len(before.taken) > 5
