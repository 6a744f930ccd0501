"""Messages to any program: JSON by HTTP POST, signed, so that the receiver knows who sent it.

Idempotency-Key: the message's key, the same when it is sent again
X-Judder-Signature: sha256=HEX, the HMAC-SHA256 of the body with webhook_secret
"""

import hashlib
import hmac
import json

import aiohttp
from yarl import URL

from judder.server.notify.channel import DeliveryError, RefusedError, tls_context
from judder.server.notify.house import House
from judder.server.notify.message import Message
from judder.settings import Settings
from judder.text.addresses import without_path

TIMEOUT = aiohttp.ClientTimeout(total=10)
NEVER_TAKEN = (400, 413, 415, 422)
"""Statuses that are about this very message. 401 or 404 a person can mend while it waits."""


class Webhook:
    name = "webhook"

    def __init__(self, settings: Settings) -> None:
        self.target = without_path(settings.webhook_url)
        self._url = settings.webhook_url
        self._secret = settings.webhook_secret.encode()
        self._tls = tls_context(settings)

    async def deliver(self, message: Message) -> None:
        body = json.dumps(message.to_dict()).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.key}
        if self._secret:
            headers["X-Judder-Signature"] = sign(self._secret, body)
        try:
            async with (
                aiohttp.ClientSession(timeout=TIMEOUT) as session,
                session.post(
                    self._url, data=body, headers=headers, ssl=self._tls, allow_redirects=False
                ) as answer,
            ):
                status = answer.status
        except (TimeoutError, aiohttp.ClientError) as error:
            raise DeliveryError(
                f"{self.target} cannot be reached: {self._without_secret(error) or 'no answer in time'}.",
                hint="Is webhook_url right, and its receiver running?",
            ) from error
        if not 200 <= status < 300:
            kind = RefusedError if status in NEVER_TAKEN else DeliveryError
            raise kind(f"{self.target} answered {status}.", hint="Its receiver's log says why.")

    def _without_secret(self, error: Exception) -> str:
        """Return what error says without the parts of the address that may be secrets themselves."""
        said, url = str(error), URL(self._url)
        parts = [self._url, url.raw_path_qs, url.path_qs, url.raw_query_string, url.password or ""]
        for part in sorted(filter(lambda part: len(part) > 1, parts), key=len, reverse=True):
            said = said.replace(part, "...")
        return said

    async def run(self, house: House) -> None:
        """A webhook needs no upkeep."""


def sign(secret: bytes, body: bytes) -> str:
    """Return the signature header of body.

    >>> sign(b"key", b"The quick brown fox jumps over the lazy dog")[:23]
    'sha256=f7bc83f430538424'
    """
    return "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
