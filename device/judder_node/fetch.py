"""A model over the network, fetched at boot: it needs the memory that the app will take."""

import asyncio
import hashlib
import os

from . import NEW_MODEL
from .boot import make_signer
from .http import Connection
from .wifi import Wifi

_PATIENCE_S = 60
_MOST_BYTES = 20000  # of a model
_UNCHECKED = "part.judder.json"  # while it comes; a power cut leaves no half model to be tried


def fetch(config, model_id):
    """Fetch the model called model_id into NEW_MODEL. Raises OSError where the network does not bring it, and
    ValueError where the server has it not, or another one.
    """
    download = _Download(config["server"], make_signer(config["server"]["key"]))
    try:
        asyncio.run(asyncio.wait_for(_fetch(config, model_id, download), _PATIENCE_S))
    except asyncio.TimeoutError:
        raise OSError("not there after %d s (%s)" % (_PATIENCE_S, download.last_error))
    finally:
        asyncio.new_event_loop()  # nothing of this runs on beside the app
        try:
            os.remove(_UNCHECKED)
        except OSError:  # it is NEW_MODEL now, or never came
            pass


async def _fetch(config, model_id, download):
    wifi = Wifi(config["wifi"], config[""]["name"])
    keeping = asyncio.create_task(wifi.keep())
    try:
        while not wifi.connected:
            await asyncio.sleep_ms(100)
        await download.until_there("/api/v1/models/" + model_id[-8:], _UNCHECKED)
    finally:
        keeping.cancel()
        download.close()
    if not model_id.endswith("-%02x%02x%02x%02x" % tuple(download.digest[:4])):
        raise ValueError("what came is not that model")
    os.rename(_UNCHECKED, NEW_MODEL)


class _Download(Connection):
    """digest: the SHA-256 of the file, once it is there. last_error: of the network."""

    last_error = "no Wi-Fi"
    patience_ms = 20000

    async def until_there(self, path, name):
        """Write what the server has at path to the file called name, and do not mind a network that fails.
        Raises ValueError where the server has nothing there, OSError where the flash is full.
        """
        head = "GET %s HTTP/1.1\r\n%sConnection: close\r\n\r\n" % (path, self._fixed)
        while not await self._try(head.encode(), name):
            await asyncio.sleep(1)

    async def _try(self, head, name):
        self._hash = hashlib.sha256()
        self._full = False
        with open(name, "wb") as self._file:
            try:
                await self.request(head)
            except OSError as error:
                if self._full:
                    raise
                self.last_error = str(error)
                return False
        self.last_error = "server says %d" % self.status
        if self.status == 404:
            raise ValueError(self.last_error)
        self.digest = self._hash.digest()
        return self.status == 200

    def take(self, piece):
        """Add piece to the file, where it is of the model."""
        if self.status == 401:  # it may tell the signing time
            super().take(piece)
        if self.status != 200:
            return
        if self._file.tell() > _MOST_BYTES:
            raise ValueError("what comes is no model")
        self._hash.update(piece)
        try:
            self._file.write(piece)
        except OSError:
            self._full = True
            raise
