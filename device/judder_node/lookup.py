"""Where the server is, by its name: a question by mDNS (RFC 6762) or DNS that holds up nothing.

An ESP32's own getaddrinfo knows both, but stops everything for seconds when nobody answers
(MDNS_QUERY_TIMEOUT_MS in MicroPython's ports/esp32/modsocket.c).
"""

import asyncio
import random
import socket

_ASKED = 3
_ANSWER_MS = 500
_LOOK_MS = 20
_MDNS = ("224.0.0.251", 5353)
_DNS_PORT = 53


def open_socket():
    asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    asker.setblocking(False)
    return asker


async def find(name):
    """Return the IPv4 addresses of name, such as "judder.local". Raises OSError where nobody answers.

    The question comes from a port of its own, so that the answer comes back to it alone (RFC 6762, 6.7).
    """
    is_local = name.endswith(".local")
    where = _MDNS if is_local else (_dns_server(), _DNS_PORT)
    question = ask(name, random.getrandbits(16), not is_local)
    asker = open_socket()
    try:
        address = socket.getaddrinfo(*where)[0][-1]
        for tick in range(_ASKED * _ANSWER_MS // _LOOK_MS):
            if tick % (_ANSWER_MS // _LOOK_MS) == 0:
                asker.sendto(question, address)
            await asyncio.sleep_ms(_LOOK_MS)
            packet = _receive(asker)
            addresses = read_addresses(packet) if is_local or packet[:2] == question[:2] else None
            if addresses:
                return addresses
    finally:
        asker.close()
    raise OSError("nobody answers for %s" % name)


def _dns_server():
    import network  # here, for this module's other half runs on a PC too

    address = network.WLAN(network.WLAN.IF_STA).ifconfig()[3]
    if address == "0.0.0.0":
        raise OSError("the network has no DNS server")
    return address


def ask(name, number, recursive):
    """Return a DNS message that asks for the IPv4 addresses of name. recursive: of whomever knows them."""
    head = bytes([number >> 8, number & 255, recursive]) + b"\0\0\1\0\0\0\0\0\0"
    labels = [bytes([len(part)]) + part for part in name.encode().split(b".")]
    return head + b"".join(labels) + b"\0\0\1\0\1"


def _receive(asker):
    try:
        return asker.recv(512)
    except OSError:  # there is none yet, or an earlier one was refused
        return b""


def read_addresses(packet):
    """Return the IPv4 addresses that packet, a DNS message, answers with, in a certain order."""
    found = []
    try:
        at = 12
        for _ in range(packet[5]):
            at = _after_name(packet, at) + 4
        for _ in range(packet[7]):
            at = _after_name(packet, at)
            size = packet[at + 8] << 8 | packet[at + 9]
            if packet[at + 1] == 1 and size == 4:
                found.append(".".join([str(packet[at + 10 + k]) for k in range(4)]))
            at += 10 + size
    except IndexError:  # cut short, or no DNS at all
        pass
    return sorted(found)


def _after_name(packet, at):
    while packet[at] and packet[at] < 0xC0:
        at += packet[at] + 1
    return at + (2 if packet[at] else 1)
