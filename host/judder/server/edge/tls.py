"""The certificate that the server shows, taken anew when its files change."""

import asyncio
import ssl
from pathlib import Path

import structlog

from judder.errors import JudderError

LOOK_EVERY_S = 60.0

log = structlog.get_logger()


class Certificate:
    """context: for connections; those that come after a change are shown the new certificate.

    Raises JudderError where the files are no certificate with its key.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = certificate, key
        try:
            self._seen = self._changed()
            self.context = self._load()
        except (OSError, ssl.SSLError) as error:
            raise JudderError(
                f"tls_cert {certificate} and tls_key {key} cannot be used: {error}.",
                hint="Make them: judder cert make",
            ) from error

    async def watch(self) -> None:
        """Take the files anew whenever they change, for ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.refresh()

    def refresh(self) -> None:
        """Take the files anew where they changed; what cannot be used leaves the old certificate in place."""
        try:
            changed = self._changed()
            if changed != self._seen:
                self.context, self._seen = self._load(), changed
                log.info("tls_certificate_taken", file=str(self._files[0]))
        except (OSError, ssl.SSLError) as error:
            log.error("tls_certificate_unusable", file=str(self._files[0]), error=str(error))

    def _load(self) -> ssl.SSLContext:
        """Return a new context: one that was given a certificate without its key has lost the old pair."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self._files)
        return context

    def _changed(self) -> list[int]:
        return [file.stat().st_mtime_ns for file in self._files]
