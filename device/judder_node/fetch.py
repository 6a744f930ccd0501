"""A model over the network, fetched at boot: it needs the memory that the app will take."""

import asyncio
import hashlib
import os

from . import NEW_MODEL
from .http import TROUBLE, Connection
from .wifi import Wifi

_PATIENCE_S = 60
_TRY_MS = 20000
_MOST_BYTES = 20000  # of a model
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
        download.close()
    if not model_id.endswith("-%02x%02x%02x%02x" % tuple(download.digest[:4])):
        raise ValueError("what came is not that model")
    os.rename(_UNCHECKED, NEW_MODEL)


class _Download(Connection):
    """digest: the SHA-256 of the file, once it is there. last_error: of the network."""

    last_error = "no Wi-Fi"

    async def until_there(self, path, name):
        """Write what the server has at path to the file called name, and do not mind a network that fails.
        Raises ValueError where the server has nothing there.
        """
        while not await self._try(path, name):
            self.note_failure()
            await asyncio.sleep(1)

    async def _try(self, path, name):
        try:
            status = await asyncio.wait_for_ms(self._save(path, name), _TRY_MS)
        except asyncio.TimeoutError:
            self.last_error = "no answer"
            return False
        except TROUBLE as error:
            if getattr(error, "errno", None) == _ENOSPC:
                raise  # the flash is full
            self.last_error = str(error) or "connection closed"
            return False
        self.last_error = "server says %d" % status
        if status == 404:
            raise ValueError(self.last_error)
        return status == 200

    async def _save(self, path, name):
        """Return the status of the answer; where it is 200, all of the body is in the file called name."""
        answer = await self._ask((self.head("GET", path, "Connection: close\r\n"),))
        if answer.status != 200:
            return answer.status
        digest = hashlib.sha256()
        with open(name, "wb") as file:

            def take(piece):
                if file.tell() > _MOST_BYTES:
                    raise ValueError("what comes is no model")
                file.write(piece)
                digest.update(piece)

            await self._read_body(answer, take)
        self.close()
        self.digest = digest.digest()
        return 200
