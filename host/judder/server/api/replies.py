"""What every answer has in common: short JSON with a Content-Length, and errors of one shape."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web
from judder_core.errors import CoreError

from judder.errors import ChecksumError, JudderError
from judder.server.api.keys import KEYS
from judder.server.services.errors import Busy, Conflict, Invalid, NotFound, ServiceError, TooMuch
from judder.server.services.keys import Refused
from judder.server.storage.store import StoreError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

STORE_RETRY_AFTER_S = 5

ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"))
log = structlog.get_logger()


STATUS: dict[type[ServiceError], int] = {
    Invalid: 400,
    NotFound: 404,
    Conflict: 409,
    TooMuch: 429,
    Busy: 503,
}


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
        answer = error_reply(400, "The body cannot be read.", "Send it as its Transfer-Encoding says.")
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
