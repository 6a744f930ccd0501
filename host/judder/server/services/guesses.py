"""Guesses at tokens and keys: an address that fails often waits, longer each time, and so do all together.

Only what can be guessed waits. A key, and a token that was made here, has 256 random bits: what comes with
one is looked at whatever others behind the same address did, so nobody is locked out by a neighbour.
"""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE, FREE_IN_ALL = 10, 200
"""Failures before the first wait, of one address and of all."""
FIRST_S, LONGEST_S = 1.0, 300.0
FORGET_S = 900.0
"""Calm after which an address begins anew."""
MOST = 1024
"""Addresses that are kept apart; the one that failed longest ago is forgotten first."""


@dataclass
class Failures:
    count: int = 0
    last_s: float = 0.0
    until_s: float = 0.0


class Guesses:
    """ticks: seconds that only rise."""

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._of: OrderedDict[str, Failures] = OrderedDict()
        self._all = Failures()
        self._right: OrderedDict[str, None] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """Return how long no guess of address is looked at, 0 where one is.

        Where all together fail too often, those who were right before go on.
        """
        now_s, name = self._ticks(), _network(address)
        own, everyone = self._of.get(name), self._all.until_s if name not in self._right else 0.0
        return max(0.0, (own.until_s if own else 0.0) - now_s, everyone - now_s)

    def failed(self, address: str) -> None:
        """Note a wrong guess. One that came while it had to wait was not looked at, and does not count."""
        if self.wait_s(address):
            return
        name = _network(address)
        self._count(self._of.setdefault(name, Failures()), FREE)
        self._of.move_to_end(name)
        if len(self._of) > MOST:
            self._of.popitem(last=False)
        self._count(self._all, FREE_IN_ALL)

    def right(self, address: str) -> None:
        """Note a right guess."""
        self._right[_network(address)] = None
        self._right.move_to_end(_network(address))
        if len(self._right) > MOST:
            self._right.popitem(last=False)

    def _count(self, failures: Failures, free: int) -> None:
        now_s = self._ticks()
        if now_s - max(failures.last_s, failures.until_s) > FORGET_S:
            failures.count = 0
        failures.count, failures.last_s = failures.count + 1, now_s
        if failures.count >= free:
            failures.until_s = now_s + min(FIRST_S * 2.0 ** min(failures.count - free, 20), LONGEST_S)


def _network(address: str) -> str:
    """Return what one machine may choose its address from: of IPv6 the first 64 bits.

    >>> _network("2001:db8::1:2"), _network("192.168.1.20")
    ('2001:db8::/64', '192.168.1.20')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address
