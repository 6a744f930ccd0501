"""Bodies of requests: read as they came, as many bytes as their route takes, and the JSON in them."""

import json
import math
from typing import Any

from aiohttp import web

from judder.server.api.replies import RequestError

MOST_LEVELS = 20
"""Of a JSON body. One that can just be read, 900 deep, could not be put into an answer."""


def require_length(request: web.Request) -> None:
    """Raise RequestError 411 unless the request says where its body ends."""
    if "Content-Length" not in request.headers and "Transfer-Encoding" not in request.headers:
        raise RequestError(411, "The request has no Content-Length.", hint="Say how many bytes the body has.")


async def read_body(request: web.Request) -> bytes:
    """Return the body, of max_body_bytes at most.

    Raises RequestError 415 where it is compressed: a few kB could be hundreds of MB.
    """
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        raise RequestError(415, f"The body is encoded as {encoding}.", hint="Send it as it is.")
    try:
        return await request.read()
    except ConnectionError as error:  # nobody will read this
        raise RequestError(400, "The body ended too early.", hint="Send all of it.") from error


async def read_json(request: web.Request, most: int) -> dict[str, Any]:
    """Return the JSON object in the body, of most bytes; {} where it is empty. Raises RequestError."""
    length = request.content_length or 0
    body = b"" if length > most else await read_body(request)
    if max(length, len(body)) > most:
        raise RequestError(413, "The body is too large.", hint=f"Send {most} bytes at most.")
    return parse_json(body)


def parse_json(body: bytes) -> dict[str, Any]:
    """Return the JSON object in body, {} for none. Raises RequestError, RecursionError."""
    try:
        value = json.loads(body or b"{}", parse_float=_finite, parse_int=_whole, parse_constant=_finite)
    except ValueError as error:
        raise RequestError(400, "Body is not JSON.", hint="Send a JSON object.") from error
    if not isinstance(value, dict):
        raise RequestError(400, "Body is not a JSON object.", hint="Send a JSON object.")
    if not _fits(value, MOST_LEVELS):
        raise RecursionError
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:  # it could be neither logged nor told on
        raise RequestError(400, "Body holds half a character.", hint="Send surrogates in pairs.") from error
    return value


def _fits(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_fits(each, levels - 1) for each in inner)


def _finite(text: str) -> float:
    """Return the number in text. Raises ValueError for NaN and infinity, which JSON answers cannot hold."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _whole(text: str) -> int:
    """Return the whole number in text. Raises ValueError for one that is beyond every float."""
    _finite(text)
    return int(text)
