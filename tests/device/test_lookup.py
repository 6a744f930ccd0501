"""A board that finds its server by name: another mDNS stack's messages, and the whole app on loopback."""

import asyncio
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judder.server.discovery import announce
from judder_node.lookup import read_addresses
from zeroconf import DNSAddress, DNSOutgoing, DNSPointer, DNSQuestion

from tests.board.bench import wait_for
from tests.device.board import APP
from tests.device.test_app import rows, status_of
from tests.host.test_serve_process import serving

ON_LOOPBACK = """
from judder_node import lookup
_open = lookup.open_socket
def on_loopback():
    asker = _open()
    asker.setsockopt(0, 32, bytes([127, 0, 0, 1]))  # IPPROTO_IP, IP_MULTICAST_IF
    return asker
lookup.open_socket = on_loopback
"""
ANSWER, TYPE_A, TYPE_PTR, TYPE_AAAA, CLASS_IN = 0x8400, 1, 12, 28, 1


def packet(*records, asked=True):
    """Return a DNS message as python-zeroconf writes it: names are compressed where they repeat."""
    message = DNSOutgoing(ANSWER, multicast=False)
    if asked:
        message.add_question(DNSQuestion("judder.local.", TYPE_A, CLASS_IN))
    for record in records:
        message.add_answer_at_time(record, 0)
    return message.packets()[0]


def address(text, kind=TYPE_A):
    return DNSAddress("judder.local.", kind, CLASS_IN, 120, bytes(map(int, text.split("."))))


PTR = DNSPointer("_judder._tcp.local.", TYPE_PTR, CLASS_IN, 120, "Judder on attic._judder._tcp.local.")
AAAA = DNSAddress("judder.local.", TYPE_AAAA, CLASS_IN, 120, bytes(range(16)))


@pytest.mark.parametrize("before", [[], [PTR], [AAAA], [PTR, AAAA]], ids=["first", "PTR", "AAAA", "both"])
@pytest.mark.parametrize("asked", [True, False])
def test_the_address_is_read_whatever_stands_before_it(before, asked):
    assert read_addresses(packet(*before, address("192.168.1.20"), asked=asked)) == ["192.168.1.20"]


def test_all_addresses_are_read_in_the_same_order_however_they_come():
    both = [address("192.168.1.20"), address("172.17.0.1")]
    assert (
        read_addresses(packet(*both)) == read_addresses(packet(*both[::-1])) == ["172.17.0.1", "192.168.1.20"]
    )


def test_an_answer_without_an_ipv4_address_has_none():
    assert read_addresses(packet(PTR, AAAA)) == []


@given(st.binary(max_size=512))
def test_noise_on_the_port_breaks_nothing(noise):
    read_addresses(noise)


@given(st.integers(0, 60))
def test_a_packet_cut_short_breaks_nothing(length):
    assert read_addresses(packet(address("192.168.1.20"))[:length]) in ([], ["192.168.1.20"])


@pytest.fixture
def announced():
    """Return a function that announces judder.local at a port, on loopback, until the test ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    tasks = []

    def start(port):
        tasks.append(asyncio.run_coroutine_threadsafe(announce(["127.0.0.1"], port), loop))

    yield start
    for task in tasks:
        task.cancel()
    asyncio.run_coroutine_threadsafe(asyncio.sleep(0.5), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_a_board_asks_until_somebody_answers(world, announced):
    script = ON_LOOPBACK + (
        "import asyncio\n"
        "async def main():\n"
        "    while True:\n"
        "        try:\n"
        "            return print(await lookup.find('judder.local'))\n"
        "        except OSError as error:\n"
        "            print(error)\n"
        "asyncio.run(main())\n"
    )
    process = world.start(script)
    announced(4715)
    assert process.communicate(timeout=60)[0].splitlines()[-1] == "['127.0.0.1']"


def test_a_name_that_nobody_has_is_an_oserror_that_names_it(world):
    script = ON_LOOPBACK + (
        "import asyncio\n"
        "try:\n"
        "    asyncio.run(lookup.find('nobody-here.local'))\n"
        "except OSError as error:\n"
        "    print(error)\n"
    )
    assert world.run(script).strip() == "nobody answers for nobody-here.local"


def test_a_server_with_an_address_that_leads_nowhere_is_found_by_another(world):
    two = "lookup.find = two\n"
    find = "async def two(name):\n    return ['127.0.0.9', '127.0.0.1']\n"
    with serving(world.folder / "data") as (port, _):
        world.config(port, server={"host": "judder.local"})
        process = world.start("from judder_node import lookup\n" + find + two + APP)
        wait_for(lambda: len(rows(world.folder / "data", "seq")) >= 3)
        process.kill()


def test_a_board_without_an_address_finds_its_server_and_finds_it_again(world, announced):
    data = world.folder / "data"
    with serving(data) as (port, _):
        world.config(port, server={"host": ""})
        process = world.start(ON_LOOPBACK + APP)
        announced(port)
        wait_for(lambda: len(rows(data, "seq")) >= 3)
        wait_for(lambda: status_of(port).get("state") in ("starting", "normal"))
    before = len(rows(data, "seq"))
    with serving(data, port=port):
        wait_for(lambda: len(rows(data, "seq")) >= before + 3)
        process.kill()
