"""Where judder.local is: a question by mDNS (RFC 6762), asked without holding up the sampling.

An ESP32's own resolver knows .local too, but stops everything for up to 5 s when nobody answers
(MDNS_QUERY_TIMEOUT_MS in MicroPython's ports/esp32/modsocket.c).
"""

import asyncio
import socket

_ASKED = 3
_ANSWER_MS = 500
_LOOK_MS = 20


def open_socket():
    asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    asker.setblocking(False)
    return asker


async def find(name):
    """Return the IPv4 addresses of name, such as "judder.local". Raises OSError where nobody answers.

    The question comes from a port of its own, so that the answer comes back to it alone (RFC 6762, 6.7).
    """
    labels = [bytes([len(part)]) + part.encode() for part in name.split(".")]
    question = b"\0\0\0\0\0\1\0\0\0\0\0\0" + b"".join(labels) + b"\0\0\1\0\1"
    group = socket.getaddrinfo("224.0.0.251", 5353)[0][-1]
    asker = open_socket()
    try:
        for tick in range(_ASKED * _ANSWER_MS // _LOOK_MS):
            if tick % (_ANSWER_MS // _LOOK_MS) == 0:
                asker.sendto(question, group)
            await asyncio.sleep_ms(_LOOK_MS)
            addresses = read_addresses(_received(asker))
            if addresses:
                return addresses
    finally:
        asker.close()
    raise OSError("nobody answers for %s" % name)


def _received(asker):
    try:
        return asker.recv(512)
    except OSError:  # nothing yet
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
