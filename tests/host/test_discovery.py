"""The server's mDNS announcement on the loopback interface, asked for by another mDNS stack and by hand."""

import asyncio
import contextlib
import socket

import pytest
from judder.server.services import discovery
from judder.server.services.addresses import own_addresses
from judder.server.services.discovery import SERVICE, announce, find
from zeroconf import IPVersion
from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

LOOPBACK = "127.0.0.1"


@contextlib.asynccontextmanager
async def announcing(port):
    task = asyncio.create_task(announce([LOOPBACK], port))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def found_service(port):
    """Return the first announced service at port that a browser of the network finds."""
    names = asyncio.Queue()

    def note(zeroconf, service_type, name, state_change):
        names.put_nowait(name)

    async with (
        AsyncZeroconf(interfaces=[LOOPBACK], ip_version=IPVersion.V4Only) as zeroconf,
        AsyncServiceBrowser(zeroconf.zeroconf, SERVICE, handlers=[note]),
    ):
        while True:
            info = await zeroconf.async_get_service_info(SERVICE, await names.get())
            if info and info.port == port:
                return info


async def test_the_service_names_the_host_and_the_port():
    async with announcing(4711), asyncio.timeout(20):
        info = await found_service(4711)
    assert info.server == "judder.local." and LOOPBACK in info.parsed_addresses()


def ask(query):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))
        asker.settimeout(1)
        asker.sendto(query, ("224.0.0.251", 5353))
        return asker.recv(512)


async def test_the_name_is_answered_to_whoever_asks_from_any_port():
    # Header, one question: judder.local, type A, class IN (RFC 1035, 4.1).
    query = bytes(5) + b"\1" + bytes(6) + b"\6judder\5local\0\0\1\0\1"
    async with announcing(4712), asyncio.timeout(20):
        answer = b""
        while socket.inet_aton(LOOPBACK) not in answer:  # another server may have the name as well
            with contextlib.suppress(TimeoutError):
                answer = await asyncio.to_thread(ask, query)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_server_that_only_this_machine_reaches_is_not_announced(host):
    assert own_addresses(host) == []


async def test_a_network_that_does_not_allow_it_stops_nothing():
    await asyncio.wait_for(announce(["192.0.2.77"], 4713), 20)  # an address that no machine has


async def test_a_name_is_found_and_one_that_nobody_has_is_left_as_it_is(monkeypatch):
    name = "judder-of-this-test.local"  # other servers of this machine have the usual one
    monkeypatch.setattr(discovery, "SERVER", name)
    async with announcing(4714), asyncio.timeout(30):
        while await find(name, [LOOPBACK]) != LOOPBACK:
            pass
        assert await find("nobody-here.local", [LOOPBACK]) == "nobody-here.local"
