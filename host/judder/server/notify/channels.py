"""Which channels the settings switch on."""

from collections.abc import Callable

from judder.errors import JudderError, install_hint
from judder.server.notify.channel import Channel
from judder.settings import Settings


def make_channels(settings: Settings) -> list[Channel]:
    """Return the channels that settings switch on. Raises JudderError where a part is not installed."""
    return [make(settings) for switch, make in _MAKERS.items() if getattr(settings, switch)]


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


_MAKERS: dict[str, Callable[[Settings], Channel]] = {
    "webhook_url": _make_webhook,
    "mqtt_host": _make_mqtt,
    "smtp_host": _make_mail,
}
SWITCHES = tuple(_MAKERS)
"""The settings of which each switches a channel on."""
