"""Addresses: who reaches them, and what of them may be shown."""

import ipaddress
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches a server that listens on host.

    >>> [is_loopback(host) for host in ("localhost", "127.0.0.2", "::1", "0.0.0.0", "", "192.168.1.20")]
    [True, True, True, False, False, False]
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def of_the_web(url: str) -> str:
    """Return url, which may be empty. Raises ValueError where it is not of http or https.

    >>> of_the_web("https://[2001:db8::7]:8443/hook")
    'https://[2001:db8::7]:8443/hook'
    """
    parts = urlsplit(url)
    if url and not (parts.scheme in ("http", "https") and parts.hostname):
        raise ValueError("an address begins with http:// or https:// and names a host")
    return url


def without_path(url: str) -> str:
    """Return url as it may be shown: path, query and login may be secrets.

    >>> without_path("https://bot:key@hooks.example.com:8443/T0/B1?k=2"), without_path("https://example.com")
    ('https://hooks.example.com:8443/...', 'https://example.com')
    """
    parts = urlsplit(url)
    shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    return f"{shown}/..." if parts.path.strip("/") or parts.query or parts.fragment else shown
