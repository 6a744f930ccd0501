"""A model over the network, fetched at boot: it needs the memory that the app will take."""

import asyncio
import hashlib
import os

from . import NEW_MODEL
from .http import Connection
from .wifi import Wifi

_PATIENCE_S = 60
_TRY_MS = 20000
_PART = 512
_ENOSPC = 28
_UNCHECKED = "part.judder.json"  # while it comes; a power cut leaves no half model to be tried


def fetch(config, model_id):
    """Fetch the model called model_id into NEW_MODEL. Raises OSError where the network does not bring it, and
    ValueError where the server has it not, or another one.
    """
    download = _Download(config["server"])
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
    if not model_id.endswith("-%02x%02x%02x%02x" % tuple(download.digest[:4])):
        raise ValueError("what came is not that model")
    os.rename(_UNCHECKED, NEW_MODEL)


class _Download(Connection):
    """digest: the SHA-256 of the file, once it is there. last_error: of the network."""

    last_error = "no Wi-Fi"

    async def until_there(self, path, name):
        """Write what the server has at path to the file called name, and do not mind a network that fails."""
        while True:
            try:
                return await asyncio.wait_for_ms(self._save(path, name), _TRY_MS)
            except (OSError, EOFError, IndexError, asyncio.TimeoutError) as error:
                if getattr(error, "errno", None) == _ENOSPC:
                    raise  # the flash is full
                self.last_error = str(error) or "no answer"
                self._which += 1  # the server may have several addresses
            await asyncio.sleep(1)

    async def _save(self, path, name):
        try:
            self._reader, self._writer = await asyncio.open_connection(await self._where(), self._port)
            request = "GET %s HTTP/1.1\r\n%sConnection: close\r\n\r\n" % (path, self._fixed)
            self._writer.write(request.encode())
            await self._writer.drain()
            status, length, _, _ = await self._read_head()
            if status != 200:
                raise ValueError("server says %d" % status)
            self.digest = await self._copy(length, name)
        finally:
            await self.close()

    async def _copy(self, length, name):
        digest = hashlib.sha256()
        with open(name, "wb") as file:
            while length > 0:
                part = await self._reader.read(min(length, _PART))
                if not part:
                    raise OSError("connection closed")
                file.write(part)
                digest.update(part)
                length -= len(part)
        return digest.digest()
