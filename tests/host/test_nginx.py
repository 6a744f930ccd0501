"""Behind a real nginx, below a path: the page and its parts, boards, and events as they happen."""

import asyncio
import re

import aiohttp
import pytest
from judder.client import ServerClient
from judder_core import wire

from tests.host.conftest import frame
from tests.host.nginx import nginx

SETTINGS = {True: {}, False: {"base_path": "/judder"}}
"""By whether nginx strips the path."""


@pytest.fixture(params=[True, False], ids=["stripped", "left on"])
async def house(request, tmp_path, start_server):
    """A server, and a client of it through nginx, at /judder."""
    strips = request.param
    server = await start_server(trusted_proxies=["127.0.0.1"], **SETTINGS[strips])
    (tmp_path / "nginx").mkdir()
    with nginx(tmp_path / "nginx", server.port, "/judder/", strips) as port:
        async with ServerClient(f"http://127.0.0.1:{port}/judder") as client:
            yield server, client


async def test_the_page_and_all_it_names_are_there(house):
    _, client = house
    async with client._session.get(f"{client.url}/", headers={"Accept": "text/html"}) as answer:
        text = await answer.text()
    named = re.findall(r'"(static/[^"]+)"', text)
    assert len(named) > 5
    for path in named:
        async with client._session.get(f"{client.url}/{path}") as answer:
            assert answer.status == 200, path


async def test_without_its_slash_the_path_leads_to_the_page(house):
    _, client = house
    async with client._session.get(client.url, headers={"Accept": "text/html"}) as answer:
        assert answer.status == 200 and str(answer.url).endswith("/judder/")


async def test_a_board_is_answered(house):
    server, client = house
    await client.send("/api/v1/windows", bytes(frame(seq=7)), wire.CONTENT_TYPE)
    assert [window["seq"] for window in await server.stored()] == [7]


async def test_the_page_may_change_things(house):
    _, client = house
    host = client.url.split("/")[2]
    ours, theirs = {"Origin": f"http://{host}"}, {"Origin": "http://elsewhere.example"}
    for origin, status in ((theirs, 403), (ours, 200)):
        request = client._session.post(
            f"{client.url}/api/v1/recordings", json={"condition": "normal"}, headers=origin
        )
        async with request as answer:
            assert answer.status == status


async def test_an_event_comes_before_the_next_one_does(house):
    """A proxy that gathered 4 kB of them, as nginx does by itself, would keep the first one back."""
    server, client = house
    async with client._session.get(
        f"{client.url}/api/v1/events", timeout=aiohttp.ClientTimeout(total=60)
    ) as answer:
        assert answer.status == 200
        for seq in range(3):
            await server.send(seq=seq)
            async with asyncio.timeout(30):
                while b"event: window" not in await answer.content.readline():
                    pass
