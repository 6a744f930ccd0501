"""What proxies in front say of a request, believed of those that the settings name; the path below a prefix.

Past this file a request looks as if it had come without a proxy.
"""

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any

from aiohttp import web
from yarl import URL

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Maker = Callable[..., web.BaseRequest]


class Proxies:
    """The proxies that are trusted. networks: addresses and networks, as text."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks: list[Network] = [ipaddress.ip_network(text, strict=False) for text in networks]

    def __bool__(self) -> bool:
        return bool(self._networks)

    def trust(self, address: str | None) -> bool:
        """Return whether address, as a socket or X-Forwarded-For has it, is one of them."""
        found = _parse(address or "")
        return found is not None and any(found in network for network in self._networks)

    def heard(self, request: web.BaseRequest) -> web.BaseRequest:
        """Return request as the outermost trusted proxy heard it."""
        if not self.trust(request.remote):
            return request
        told: dict[str, Any] = {"remote": self._origin(request)}
        scheme = _last(request, "X-Forwarded-Proto").lower()
        if scheme in ("http", "https"):
            told["scheme"] = scheme
        host = _last(request, "X-Forwarded-Host")
        if host:
            told["host"] = host
        return request.clone(**told)

    def _origin(self, request: web.BaseRequest) -> str | None:
        """Return the last address that is no trusted proxy's: anybody may have written what is before it."""
        address = request.remote
        for said in reversed(_said(request, "X-Forwarded-For")):
            if not self.trust(address):
                break
            found = _parse(said)
            if found is None:
                break
            address = str(found)
        return address


def request_maker(make: Maker, base_path: str, proxies: Proxies) -> Maker:
    """Return make, aiohttp's maker of requests, with base_path taken off and proxies believed."""

    def changed(message: Any, *rest: Any) -> web.BaseRequest:
        if base_path and message.path.startswith(f"{base_path}/"):
            message = _below(message, base_path)
        request = make(message, *rest)
        return proxies.heard(request) if proxies else request

    return changed if base_path or proxies else make


def _below(message: Any, base_path: str) -> Any:
    """Return message, the head of a request, without base_path."""
    path, query = message.url.raw_path.removeprefix(base_path), message.url.raw_query_string
    url = URL.build(path=path, query_string=query, encoded=True)
    return message._replace(path=message.path.removeprefix(base_path), url=url)


def _said(request: web.BaseRequest, name: str) -> list[str]:
    """Return the values of a header, which may stand there several times, and hold several by commas."""
    return [value.strip() for line in request.headers.getall(name, []) for value in line.split(",")]


def _last(request: web.BaseRequest, name: str) -> str:
    """Return what the proxy next to us wrote."""
    return (_said(request, name) or [""])[-1]


def _parse(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address in text such as 192.0.2.7:80 or [2001:db8::7]; None where there is none."""
    text = address.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
