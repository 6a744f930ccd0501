"""A model over the network, fetched at boot: it needs the memory that the app will take."""

import asyncio
import hashlib
import os

from . import NEW_MODEL, ORDER
from .http import Connection
from .wifi import Wifi

_PATIENCE_S = 60
_PART = 512


def fetch(config):
    """Fetch the model that is ordered into NEW_MODEL. One try an order: the server gives it again.

    Raises OSError where it does not come, or is not the one that was ordered.
    """
    with open(ORDER) as file:
        model_id = file.read()
    os.remove(ORDER)
    try:
        asyncio.run(asyncio.wait_for(_fetch(config, model_id), _PATIENCE_S))
    except asyncio.TimeoutError:
        raise OSError("not there after %d s" % _PATIENCE_S)


async def _fetch(config, model_id):
    wifi = Wifi(config["wifi"], config[""]["name"])
    keeping = asyncio.create_task(wifi.keep())
    while not wifi.connected:
        await asyncio.sleep_ms(100)
    keeping.cancel()
    digest = await _Download(config["server"]).save("/api/v1/models/" + model_id, NEW_MODEL)
    if not model_id.endswith("-%02x%02x%02x%02x" % tuple(digest[:4])):
        os.remove(NEW_MODEL)
        raise OSError("what came is not %s" % model_id)


class _Download(Connection):
    async def save(self, path, name):
        """Write what the server has at path to the file called name; return its SHA-256."""
        try:
            self._reader, self._writer = await asyncio.open_connection(await self._where(), self._port)
            request = "GET %s HTTP/1.1\r\n%sConnection: close\r\n\r\n" % (path, self._fixed)
            self._writer.write(request.encode())
            await self._writer.drain()
            status, length, _, _ = await self._read_head()
            if status != 200:
                raise OSError("server says %d" % status)
            return await self._copy(length, name)
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
