"""The `socket` module of a virtual board: the PC's sockets, behind the board's Wi-Fi and with lwIP's errors.

Read from MicroPython's ports/esp32/modsocket.c: a look-up of a name blocks everything (_getaddrinfo_inner);
without a network there is no route; a connection whose network is gone says nothing. Here nobody ever answers
for a name that is looked up so. What a call costs the PC is not what it costs lwIP: the board's time goes by
_SEND_US and _RECEIVE_US, estimates from what lwIP moves on an ESP32 (about 20 Mbit/s over TCP, so half a
millisecond for a segment).
"""

import io
import time

import clock
import usocket as _real
from radio import RADIO
from usocket import AF_INET, SO_REUSEADDR, SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET  # noqa: F401
from world import WORLD

# Linux's numbers -> lwIP's (newlib's sys/errno.h). asyncio compares EINPROGRESS with this port's own: it stays.
_LWIP = {101: 118, 103: 113, 107: 128, 110: 116, 113: 118}
_EHOSTUNREACH = 118
_EAI_FAIL = 202
_NOBODY_US = 5000000  # MDNS_QUERY_TIMEOUT_MS; lwIP's own resolver takes as long
_SEND_US = 500
_RECEIVE_US = 200
_GET_FILENO = 10  # MP_STREAM_GET_FILENO
_DNS = 53

_never = _real.socket(AF_INET, SOCK_DGRAM)  # nothing comes here: what polls it waits


def _linked():
    RADIO.catch_up()
    return RADIO.connected


def _call(us, function, *arguments):
    clock.enter()
    try:
        return function(*arguments)
    except OSError as error:
        raise OSError(_LWIP.get(error.errno, error.errno))
    finally:
        clock.hold(us)
        clock.leave()


def getaddrinfo(host, port, *hints):
    if not host.replace(".", "").isdigit():
        time.block(_NOBODY_US)
        raise OSError(-_EAI_FAIL)
    if port == _DNS:
        port = WORLD.dns_port
    return _real.getaddrinfo(host, port, *hints)


class socket(io.IOBase):
    def __init__(self, family=AF_INET, kind=SOCK_STREAM, protocol=0):
        self._real = _real.socket(family, kind, protocol)
        self.setblocking = self._real.setblocking
        self.settimeout = self._real.settimeout
        self.setsockopt = self._real.setsockopt

    def ioctl(self, request, argument):
        """Asked by a poller for what it should wait for."""
        if request == _GET_FILENO:
            return (self._real if _linked() else _never).fileno()
        return 0

    def _send(self, function, *arguments):
        if not _linked():
            raise OSError(_EHOSTUNREACH)
        return _call(_SEND_US, function, *arguments)

    def connect(self, address):
        return self._send(self._real.connect, address)

    def sendto(self, data, address):
        return self._send(self._real.sendto, data, address)

    def write(self, data):
        """Without a network, data waits in the send buffer, for what comes of it."""
        return _call(_SEND_US, self._real.write, data) if _linked() else len(data)

    def read(self, *size):
        return _call(_RECEIVE_US, self._real.read, *size) if _linked() else None

    def readinto(self, buffer):
        return _call(_RECEIVE_US, self._real.readinto, buffer) if _linked() else None

    def readline(self):
        return _call(_RECEIVE_US, self._real.readline) if _linked() else None

    def recv(self, size):
        if not _linked():
            raise OSError(11)  # EAGAIN
        return _call(_RECEIVE_US, self._real.recv, size)

    def close(self):
        self._real.close()
