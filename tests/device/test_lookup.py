"""A board that finds its server by name: another mDNS stack's messages, and the whole app on loopback."""

import asyncio
import socket
import threading
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judder.server.services.discovery import announce
from judder_node.lookup import ask, read_addresses
from zeroconf import DNSAddress, DNSIncoming, DNSOutgoing, DNSPointer, DNSQuestion

from tests.asking import rows, status_of
from tests.board.bench import wait_for
from tests.device.board import APP
from tests.host.test_serve_process import serving
from tests.proxy import in_chunks, proxy

ON_LOOPBACK = """
from judder_node import lookup
_open = lookup.open_socket
def on_loopback():
    asker = _open()
    asker.setsockopt(0, 32, bytes([127, 0, 0, 1]))  # IPPROTO_IP, IP_MULTICAST_IF
    return asker
lookup.open_socket = on_loopback
import judder_node
_forget = judder_node.forget
judder_node.forget = lambda name: name == "judder_node.lookup" or _forget(name)  # it would lose the above
"""
JOINED = """
import network, time
_station = network.WLAN()
_station.active(True)
_station.connect("x", "y")
while not _station.isconnected():
    time.block(100000)
"""
ANSWER, TYPE_A, TYPE_CNAME, TYPE_PTR, TYPE_AAAA, CLASS_IN = 0x8400, 1, 5, 12, 28, 1
NAME = "judder.example"


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
    script = (
        JOINED
        + ON_LOOPBACK
        + (
            "import asyncio\n"
            "async def main():\n"
            "    while True:\n"
            "        try:\n"
            "            return print(await lookup.find('judder.local'))\n"
            "        except OSError as error:\n"
            "            print(error)\n"
            "asyncio.run(main())\n"
        )
    )
    process = world.start(script)
    announced(4715)
    assert process.communicate(timeout=60)[0].splitlines()[-1] == "['127.0.0.1']"


def test_a_name_that_nobody_has_is_an_oserror_that_names_it(world):
    script = (
        JOINED
        + ON_LOOPBACK
        + (
            "import asyncio\n"
            "try:\n"
            "    asyncio.run(lookup.find('nobody-here.local'))\n"
            "except OSError as error:\n"
            "    print(error)\n"
        )
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
        wait_for(lambda: status_of(port).get("state") in ("starting", "not judged"))
    before = len(rows(data, "seq"))
    with serving(data, port=port):
        wait_for(lambda: len(rows(data, "seq")) >= before + 3)
        process.kill()


def test_a_question_is_one_that_another_stack_understands():
    question = DNSIncoming(ask(NAME, 0xBEEF, True))
    assert question.valid and question.id == 0xBEEF and question.flags == 0x0100  # recursion desired
    (asked,) = question.questions
    assert (asked.name, asked.type, asked.class_) == (NAME + ".", TYPE_A, CLASS_IN)


@contextmanager
def name_server(answers=True, of_others_first=False):
    """Yield (the port of a DNS server that knows NAME by an alias, the names it was asked for)."""
    asked = []
    ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ear.bind(("127.0.0.1", 0))

    def serve():
        while True:
            packet, client = ear.recvfrom(512)
            if not packet:
                return
            question = DNSIncoming(packet)
            asked.append(question.questions[0].name)
            numbers = [question.id ^ 1, question.id] if of_others_first else [question.id]
            for number in numbers if answers else []:
                host = "127.0.0.1" if number == question.id else "127.0.0.9"
                ear.sendto(_answer(number, host), client)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield ear.getsockname()[1], asked
    finally:
        ear.sendto(b"", ear.getsockname())
        thread.join()
        ear.close()


def _answer(number, host):
    message = DNSOutgoing(0x8180, multicast=False, id_=number)
    message.add_question(DNSQuestion(NAME + ".", TYPE_A, CLASS_IN))
    message.add_answer_at_time(DNSPointer(NAME + ".", TYPE_CNAME, CLASS_IN, 60, "pc.example."), 0)
    octets = bytes(map(int, host.split(".")))
    message.add_answer_at_time(DNSAddress("pc.example.", TYPE_A, CLASS_IN, 60, octets), 0)
    return message.packets()[0]


def found(world, name):
    script = JOINED + (
        "from judder_node import lookup\n"
        "import asyncio\n"
        "try:\n"
        f"    print(asyncio.run(lookup.find({name!r})))\n"
        "except OSError as error:\n"
        "    print(error)\n"
    )
    return world.run(script).strip()


def test_the_networks_name_server_is_asked_for_other_names(world):
    with name_server() as (port, asked):
        world.change(dns_port=port)
        assert found(world, NAME) == "['127.0.0.1']" and asked == [NAME + "."]


def test_an_answer_to_somebody_elses_question_is_none(world):
    with name_server(of_others_first=True) as (port, _):
        world.change(dns_port=port)
        assert found(world, NAME) == "['127.0.0.1']"


def test_a_name_server_that_says_nothing_is_an_oserror_that_names_the_name(world):
    with name_server(answers=False) as (port, asked):
        world.change(dns_port=port)
        assert found(world, NAME) == f"nobody answers for {NAME}" and len(asked) == 3


def test_a_network_without_a_name_server_is_said_to_have_none(world):
    world.change(dns="0.0.0.0")
    assert found(world, NAME) == "the network has no DNS server"


def test_a_name_is_asked_for_once_while_the_server_answers_though_it_closes_each_connection(world, run_app):
    data = world.folder / "data"
    with (
        serving(data) as (port, _),
        proxy(port, in_chunks) as front,
        name_server() as (dns_port, asked),
    ):
        world.change(dns_port=dns_port)
        world.config(front.port, server={"host": NAME})
        run_app()
        wait_for(lambda: len(rows(data, "seq")) >= 30)
    assert len(asked) == 1


def test_a_server_is_found_again_at_its_old_address_where_nobody_knows_its_name_any_more(world, run_app):
    data = world.folder / "data"
    with serving(data) as (port, _), name_server() as (dns_port, _):
        world.change(dns_port=dns_port)
        world.config(port, server={"host": NAME})
        run_app()
        wait_for(lambda: len(rows(data, "seq")) >= 5)
    with serving(data, port=port):
        before = len(rows(data, "seq"))
        wait_for(lambda: len(rows(data, "seq")) >= before + 20)
