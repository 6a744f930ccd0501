"""The server found by name: judder.local and _judder._tcp, announced by mDNS (RFC 6762, 6763)."""

import asyncio
import socket
from collections.abc import Sequence

import structlog
from judder_core.config import SERVER
from zeroconf import AddressResolver, Error, InterfaceChoice, IPVersion  # type: ignore[attr-defined]
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from judder import __version__

SERVICE = "_judder._tcp.local."
FIND_MS = 3000

log = structlog.get_logger()


async def announce(addresses: Sequence[str], port: int) -> None:
    """Announce a server at addresses and port until cancelled. A network that forbids it is said, no more."""
    try:
        zeroconf = AsyncZeroconf(interfaces=list(addresses), ip_version=IPVersion.V4Only)
    except OSError as error:
        log.warning("mdns_unavailable", why=str(error))
        return
    try:
        await (await zeroconf.async_register_service(_service(addresses, port), allow_name_change=True))
        log.info("mdns_announced", name=SERVER, addresses=list(addresses), port=port)
        await asyncio.Event().wait()
    except (OSError, Error) as error:
        log.warning("mdns_unavailable", why=str(error) or type(error).__name__)
    finally:
        await zeroconf.async_close()


async def find(name: str, interfaces: Sequence[str] | None = None) -> str:
    """Return the address that name has by mDNS, or name itself where nobody answers for it."""
    try:
        async with AsyncZeroconf(interfaces=interfaces or InterfaceChoice.Default) as zeroconf:
            resolver = AddressResolver(f"{name}.")
            if await resolver.async_request(zeroconf.zeroconf, FIND_MS):
                return resolver.parsed_addresses()[0]
    except (OSError, Error) as error:
        log.debug("mdns_unavailable", why=str(error))
    return name


def _service(addresses: Sequence[str], port: int) -> AsyncServiceInfo:
    return AsyncServiceInfo(
        SERVICE,
        f"Judder on {socket.gethostname()}.{SERVICE}",
        parsed_addresses=list(addresses),
        port=port,
        server=f"{SERVER}.",
        properties={"path": "/", "version": __version__},
    )
