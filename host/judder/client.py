"""Talk to a Judder server as the command line does: JSON in and out, errors as sentences."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp

from judder.errors import JudderError

TIMEOUT = aiohttp.ClientTimeout(total=10)


class ServerClient:
    """An async context manager. url: http://host:port; token: what the server asks for, or ""."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = (url if "://" in url else f"http://{url}").rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(headers=self._headers, timeout=TIMEOUT)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def get(self, path: str) -> dict[str, Any]:
        return await self._request("GET", path)

    async def devices(self) -> dict[str, dict[str, Any]]:
        """Return every board that the server knows, by its device id."""
        return {device["device_id"]: device for device in (await self.get("/api/v1/devices"))["devices"]}

    async def post(self, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
        return await self._request("POST", path, json=document)

    async def patch(self, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
        return await self._request("PATCH", path, json=document)

    async def delete(self, path: str) -> dict[str, Any]:
        return await self._request("DELETE", path)

    async def send(self, path: str, body: bytes, content_type: str) -> dict[str, Any]:
        """Post body as it is."""
        return await self._request("POST", path, data=body, headers={"Content-Type": content_type})

    async def put(self, path: str, body: bytes, content_type: str) -> dict[str, Any]:
        return await self._request("PUT", path, data=body, headers={"Content-Type": content_type})

    async def _request(self, method: str, path: str, **how: Any) -> dict[str, Any]:
        """Raises JudderError for an error the server explains, ServerGoneError where there is no answer."""
        try:
            async with self._session.request(method, self.url + path, **how) as response:
                answer: dict[str, Any] = await response.json(content_type=None)
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            raise ServerGoneError(
                f"{self.url} does not answer as a Judder server.", hint="Start one: judder serve"
            ) from error
        if response.status == 401:
            raise JudderError(str(answer.get("error")), hint="Give it: --token, or JUDDER_TOKEN.")
        if response.status >= 400:
            raise JudderError(str(answer.get("error")), hint=answer.get("hint"))
        return answer


class ServerGoneError(JudderError):
    """No answer came; it may be worth asking again."""
