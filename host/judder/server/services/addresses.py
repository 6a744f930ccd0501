"""The addresses at which other machines reach this one."""

import contextlib
import ipaddress
import socket

import ifaddr


def own_addresses(host: str) -> list[str]:
    """Return the IPv4 addresses to announce for a server that listens on host: none where only this machine
    reaches it.

    >>> own_addresses("127.0.0.1"), own_addresses("192.168.1.20")
    ([], ['192.168.1.20'])
    """
    if host == "0.0.0.0":
        found = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if isinstance(ip.ip, str)]
    else:
        with contextlib.suppress(OSError):
            host = socket.gethostbyname(host)
        found = [host]
    return [address for address in found if _is_reachable(address)]


def _is_reachable(address: str) -> bool:
    try:
        return not ipaddress.IPv4Address(address).is_loopback
    except ValueError:
        return False
