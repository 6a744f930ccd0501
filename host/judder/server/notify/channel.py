"""What a channel is, and how it fails."""

import ssl
from typing import Protocol

from judder.errors import JudderError
from judder.server.notify.house import House
from judder.server.notify.message import Message
from judder.settings import Settings


class DeliveryError(JudderError):
    """The message did not arrive; waiting may cure it."""


class RefusedError(DeliveryError):
    """The receiver will never take this message."""


class Channel(Protocol):
    """name: what it is called in the outbox. target: where it leads, for people."""

    name: str
    target: str

    async def deliver(self, message: Message) -> None:
        """Return once the receiver has confirmed message. Raises DeliveryError."""

    async def run(self, house: House) -> None:
        """Keep up what the channel needs, and show house there; may return at once."""


def tls_context(settings: Settings) -> ssl.SSLContext:
    """Return a context that trusts the system's certificates and settings.ca_file."""
    context = ssl.create_default_context()
    if settings.ca_file:
        try:
            context.load_verify_locations(settings.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise JudderError(
                f"ca_file {settings.ca_file} cannot be used: {error}.",
                hint="Give a PEM file of certificates.",
            ) from error
    return context
