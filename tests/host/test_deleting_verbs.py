"""judder delete: asks first, and says what the server refuses."""

import asyncio

import pytest
from judder.cli import delete  # noqa: F401
from judder.cli.app import app
from typer.testing import CliRunner

from tests.host.alerting import Board


async def run(server, *arguments, asked=None):
    command = ["delete", *arguments, "--server", server.client.url]
    return await asyncio.to_thread(CliRunner().invoke, app, command, input=asked)


@pytest.fixture
async def over(server):
    """A server with alert 1, which is over."""
    await Board(server).at("alarm", "normal")
    return server


async def alerts(server):
    return [alert["id"] for alert in (await server.client.get("/api/v1/alerts"))["alerts"]]


async def test_it_asks_and_a_no_deletes_nothing(over):
    assert (await run(over, "alert", "1", asked="n\n")).exit_code != 0
    assert await alerts(over) == [1]


@pytest.mark.parametrize(("more", "asked"), [((), "y\n"), (("--yes",), None)])
async def test_a_yes_deletes(over, more, asked):
    assert (await run(over, "alert", "1", *more, asked=asked)).exit_code == 0
    assert await alerts(over) == []


@pytest.mark.parametrize(
    "words", [("board", "fan-attic"), ("recording", "7"), ("model", "fan"), ("alert", "7")]
)
async def test_what_is_not_there_has_a_hint_for_people(server, words):
    error = (await run(server, *words, "--yes")).exception
    assert words[1] in str(error) and "page" in error.hint


async def test_what_is_in_use_is_said(over):
    refused = await run(over, "board", "020000000001", "--yes")
    assert refused.exit_code != 0 and "is online" in str(refused.exception or refused.output)
