"""What every answer has in common: short JSON with a Content-Length, and errors of one shape."""

import json
import math
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web
from judder_core.errors import CoreError

from judder.errors import ChecksumError, JudderError
from judder.server.api.keys import KEYS
from judder.server.services.errors import Busy, Conflict, Invalid, NotFound, ServiceError
from judder.server.services.keys import Refused
from judder.server.storage.store import StoreError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MOST_LEVELS = 20
"""Of a JSON body. One that can just be read, 900 deep, could not be put into an answer."""

STORE_RETRY_AFTER_S = 5

ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"))
log = structlog.get_logger()


STATUS: dict[type[ServiceError], int] = {Invalid: 400, NotFound: 404, Conflict: 409, Busy: 503}


class RequestError(JudderError):
    """What is wrong with the request as HTTP: its status, one sentence and one hint."""

    def __init__(
        self, status: int, message: str, *, hint: str | None = None, retry_after_s: int | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.retry_after_s = retry_after_s


def reply(value: Any, status: int = 200) -> web.Response:
    """Return value as JSON. Numbers JSON cannot hold are a bug here, not the reader's."""
    return web.Response(body=ENCODER.encode(value).encode(), status=status, content_type="application/json")


def error_reply(
    status: int, message: str, hint: str | None, retry_after_s: int | None = None
) -> web.Response:
    answer = reply({"error": message, "hint": hint or ""}, status)
    if retry_after_s is not None:
        answer.headers["Retry-After"] = str(retry_after_s)
    return answer


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into {"error": sentence, "hint": sentence} with its status."""
    try:
        return await handler(request)
    except web.HTTPError as error:
        return _refuse_http(request, error)
    except web.HTTPException:  # no error, such as a redirection
        raise
    except Exception as error:
        return _refuse(request, error)


def _refuse_http(request: web.Request, error: web.HTTPError) -> web.Response:
    """Return our words for an error of aiohttp's."""
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return error_reply(413, str(error.text), "Send fewer windows in one body.")
    if isinstance(error, web.HTTPNotFound):
        return error_reply(404, f"There is no {request.path}.", "host/README.md lists the routes.")
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        answer = error_reply(405, f"{request.path} does not take {request.method}.", f"It takes: {allowed}.")
        answer.headers["Allow"] = allowed
        return answer
    return error_reply(error.status, f"{error.reason}.", None)


def _refuse(request: web.Request, error: Exception) -> web.Response:
    """Return our words for any other error; one that nobody foresaw is logged, and is the server's."""
    if isinstance(error, RequestError):
        return error_reply(error.status, str(error), error.hint, error.retry_after_s)
    if isinstance(error, Refused):
        return _refuse_board(request, error)
    if isinstance(error, ServiceError):
        retry_after_s = error.retry_after_s if isinstance(error, Busy) else None
        return error_reply(STATUS[type(error)], str(error), error.hint, retry_after_s)
    if isinstance(error, StoreError):
        return error_reply(503, str(error), error.hint, STORE_RETRY_AFTER_S)
    if isinstance(error, CoreError | JudderError):
        return error_reply(422 if isinstance(error, ChecksumError) else 400, str(error), error.hint)
    if isinstance(error, RecursionError):
        return error_reply(400, "The JSON in the body is nested too deeply.", "Send it flat.")
    if isinstance(error, web.RequestPayloadError):
        answer = error_reply(400, "The body cannot be decompressed.", "Send it as its Content-Encoding says.")
        answer.force_close()  # nobody knows where the next request begins
        return answer
    log.error("request_failed", method=request.method, path=request.path, exc_info=error)
    return error_reply(500, "The server failed on this request.", "Its log says why.")


def _refuse_board(request: web.Request, error: Refused) -> web.Response:
    """Return our words for a board's wrong signature, and the time that it is to sign."""
    told = {
        "error": str(error),
        "hint": error.hint or "",
        "signing_time_us": request.app[KEYS].told_us(error),
    }
    return reply(told, 403 if error.why == "foreign" else 401)


async def read_json(request: web.Request) -> dict[str, Any]:
    """Return the JSON object in the request's body. Raises RequestError where it is none."""
    try:
        value = json.loads(
            await request.read() or b"{}", parse_float=_finite, parse_int=_whole, parse_constant=_finite
        )
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


def require_length(request: web.Request) -> None:
    """Raise RequestError 411 unless the request says where its body ends."""
    if "Content-Length" not in request.headers and "Transfer-Encoding" not in request.headers:
        raise RequestError(411, "The request has no Content-Length.", hint="Say how many bytes the body has.")
