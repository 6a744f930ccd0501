"""A board that does not do its work says so to whoever deploys to it or lets it learn."""

import asyncio
import json
import urllib.request

import pytest
from judder.boards.deploy import Deployed
from judder.cli import learn
from judder.cli.app import app
from judder.client import ServerClient
from judder_core.states import NO_MODEL
from typer.testing import CliRunner

from tests.host.alerting import DEVICE

WHY = "Nothing answers at 0x26 on the I2C bus."
LIVES = {"commands": ["model"], "model_id": None}  # what a board that watches, or tries to, says as well
TROUBLES = [
    ({"state": "sensor fault", **LIVES}, "has no model yet"),
    ({"state": "not judged", **LIVES, "model_id": "fan-1"}, "runs fan-1"),
    ({"state": "not judged"}, "does not watch"),
    ({"state": "safe mode", "safe_mode": True}, "does not watch"),
]


@pytest.fixture
def deploy(monkeypatch, server):
    """Return an async function that deploys to a board which then reports status; the finished run."""

    async def run(status, model_id=None):
        def deploy_to(*_, **__):
            url = f"{server.client.url}/api/v1/devices/{DEVICE}/status"
            urllib.request.urlopen(url, json.dumps({"boot_id": 7, **status}).encode(), 10).close()
            return Deployed(DEVICE, 40, [], model_id, False)

        monkeypatch.setattr("judder.cli.deploy.deploy_to", deploy_to)
        arguments = ["deploy", "--port", "/dev/nobody", "--server", server.client.url, "--wait", "10"]
        return await asyncio.to_thread(CliRunner().invoke, app, arguments)

    return run


@pytest.mark.parametrize("status, does", TROUBLES)
async def test_deploy_warns_with_the_state_and_why_in_place_of_what_is_next(deploy, status, does):
    finished = await deploy({**status, "why": WHY})
    assert finished.exit_code == 0 and finished.stdout.splitlines()[-1] == f"board {DEVICE} {does}"
    assert finished.stderr.splitlines()[-1] == f"warning: board {DEVICE} says '{status['state']}': {WHY}"
    assert "next:" not in finished.stderr


@pytest.mark.parametrize("state", ["safe mode", "not judged"])
async def test_a_board_that_has_no_word_on_its_model_is_not_waited_for(deploy, state):
    finished = await deploy({"state": state, "why": WHY}, model_id="fan-1")
    assert finished.exit_code == 0 and WHY in finished.stderr


async def test_a_board_that_works_is_no_trouble_and_what_is_next_is_told(deploy):
    finished = await deploy({"state": "not judged", "why": NO_MODEL, **LIVES})
    assert "warning" not in finished.stderr and "next: judder learn" in finished.stderr


@pytest.mark.parametrize("status", [status for status, _ in TROUBLES[:2]])
async def test_learn_says_once_why_a_board_keeps_it_waiting(server, capsys, status):
    await server.ask("POST", f"/api/v1/devices/{DEVICE}/status", json={**status, "why": WHY})
    waiting = asyncio.create_task(learn._learn(ServerClient(server.client.url), None, 80))
    await asyncio.wait([waiting], timeout=4 * learn.POLL_S)
    assert not waiting.done()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    said = f"warning: board {DEVICE} says '{status['state']}': {WHY}"
    assert capsys.readouterr().err.splitlines().count(said) == 1


async def test_learn_says_why_also_where_a_fault_comes_later(server, capsys):
    url = f"/api/v1/devices/{DEVICE}/status"
    await server.ask("POST", url, json={"state": "starting", **LIVES})
    waiting = asyncio.create_task(learn._learn(ServerClient(server.client.url), None, 80))
    await asyncio.sleep(2 * learn.POLL_S)
    assert WHY not in capsys.readouterr().err
    await server.ask("POST", url, json={"state": "sensor fault", "why": WHY, **LIVES})
    said = ""
    async with asyncio.timeout(30):
        while WHY not in said:
            await asyncio.sleep(0.1)
            said += capsys.readouterr().err
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_learn_says_why_before_a_board_that_cannot_learn_is_refused(server, capsys):
    await server.ask("POST", f"/api/v1/devices/{DEVICE}/status", json={"state": "safe mode", "why": WHY})
    with pytest.raises(Exception, match="takes no model"):
        await learn._learn(ServerClient(server.client.url), None, 80)
    assert WHY in capsys.readouterr().err
