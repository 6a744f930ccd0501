"""What a channel is, and which of them the settings switch on."""

import ssl
from collections.abc import Callable
from typing import Protocol

from judder.errors import JudderError, install_hint
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


def make_channels(settings: Settings) -> list[Channel]:
    """Return the channels that settings switch on. Raises JudderError where a part is not installed."""
    return [make(settings) for is_on, make in _MAKERS if is_on(settings)]


def _make_webhook(settings: Settings) -> Channel:
    from judder.server.notify.webhook import Webhook

    return Webhook(settings)


def _make_mqtt(settings: Settings) -> Channel:
    try:
        from judder.server.notify.mqtt import Mqtt
    except ImportError as error:
        raise _not_installed("mqtt_host") from error
    return Mqtt(settings)


def _make_mail(settings: Settings) -> Channel:
    try:
        from judder.server.notify.mail import Mail
    except ImportError as error:
        raise _not_installed("smtp_host") from error
    return Mail(settings)


def _not_installed(setting: str) -> JudderError:
    return JudderError(f"{setting} is set, but what it needs is not installed.", hint=install_hint("alerts"))


_MAKERS: list[tuple[Callable[[Settings], bool], Callable[[Settings], Channel]]] = [
    (lambda settings: bool(settings.webhook_url), _make_webhook),
    (lambda settings: bool(settings.mqtt_host), _make_mqtt),
    (lambda settings: bool(settings.smtp_host), _make_mail),
]
