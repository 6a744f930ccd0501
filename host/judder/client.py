"""Talk to a Judder server as the command line does: JSON in and out, errors as sentences."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from judder.errors import JudderError

MOST_PATIENCE_S = 60
PATIENCE_S = 10.0


class ServerClient:
    """An async context manager. url: http://host:port; token: what the server asks for, or "". ca: a file of
    certificates (PEM) that the server may show, beside the system's.
    """

    def __init__(self, url: str, token: str = "", ca: Path | None = None) -> None:
        self._ca = ca
        self.url = (url if "://" in url else f"http://{url}").rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(ssl=_trusting(self._ca) if self._ca else True)
        self._session = aiohttp.ClientSession(
            headers=self._headers, timeout=aiohttp.ClientTimeout(total=PATIENCE_S), connector=connector
        )
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

    async def post(self, path: str, document: Mapping[str, Any], more_s: float = 0.0) -> dict[str, Any]:
        """more_s: how much longer than usual the answer may take."""
        timeout = aiohttp.ClientTimeout(total=PATIENCE_S + more_s)
        return await self._request("POST", path, json=document, timeout=timeout)

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
        except aiohttp.ClientConnectorCertificateError as error:
            raise JudderError(
                f"The certificate of {self.url} is not trusted: {error.certificate_error}",
                hint="Give its CA: --ca ca.pem, or JUDDER_CA_FILE.",
            ) from error
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            raise ServerGoneError(
                f"{self.url} does not answer as a Judder server.",
                hint="Start one: judder serve. One with TLS is asked by https: --server https://HOST:PORT",
            ) from error
        if response.status == 401:
            raise RefusedError(answer)
        if "Retry-After" in response.headers:
            raise ServerBusyError(
                str(answer.get("error")), hint=answer.get("hint"), after=response.headers["Retry-After"]
            )
        if response.status == 404:
            raise NotThereError(str(answer.get("error")), hint=answer.get("hint"))
        if response.status >= 400:
            raise JudderError(str(answer.get("error")), hint=answer.get("hint"))
        return answer


def _trusting(ca: Path) -> ssl.SSLContext:
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(ca)
    except (OSError, ssl.SSLError) as error:
        raise JudderError(f"{ca} holds no certificates (PEM).", hint="Make one: judder cert make") from error
    return context


class ServerBusyError(JudderError):
    """The server wants to be asked again after retry_after_s seconds."""

    def __init__(self, message: str, *, hint: str | None, after: str) -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = min(int(after), MOST_PATIENCE_S) if after.isdecimal() else MOST_PATIENCE_S


class RefusedError(JudderError):
    """The server asks for another token or signature. answer: what it says, a signing time as a rule."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__(
            str(answer.get("error")),
            hint="Give a right one: --token, or JUDDER_TOKEN. The server's first start prints one.",
        )
        self.answer = answer


class NotThereError(JudderError):
    """The server has no such thing; one of before may have no such route."""


class ServerGoneError(JudderError):
    """No answer came; it may be worth asking again."""
