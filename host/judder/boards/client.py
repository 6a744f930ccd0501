"""Talk to a server as a board with a key does: each request signed, by the signing time the server tells."""

import json
import time
from pathlib import Path
from typing import Any

from judder_core.signing import Signer

from judder.client import RefusedError, ServerClient
from judder.errors import JudderError


class BoardClient(ServerClient):
    """A ServerClient that posts as the board device_id (12 hex digits), whose key (64 hex digits) it has."""

    def __init__(self, url: str, key: str, device_id: str, ca: Path | None = None) -> None:
        super().__init__(url, ca=ca)
        self._signer = Signer(key, bytes.fromhex(device_id), _now_ms, lambda new, old: new - old)

    async def send(self, path: str, body: bytes, content_type: str) -> dict[str, Any]:
        """Post body, signed; once more where the server refuses the signing time and tells its own."""
        try:
            return await self._send_signed(path, body, content_type)
        except RefusedError as error:
            if not self._signer.adopt(json.dumps(error.answer)):
                raise
        try:
            return await self._send_signed(path, body, content_type)
        except RefusedError as error:
            raise JudderError(str(error), hint=error.answer.get("hint")) from error

    async def _send_signed(self, path: str, body: bytes, content_type: str) -> dict[str, Any]:
        name, signature = self._signer.header(b"POST", path.encode(), (body,)).decode().split(": ")
        headers = {"Content-Type": content_type, name: signature}
        return await self._request("POST", path, data=body, headers=headers)


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
