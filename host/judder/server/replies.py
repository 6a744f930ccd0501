"""What every answer has in common: short JSON with a Content-Length, and errors of one shape."""

import json
import math
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web
from judder_core.errors import CoreError
from judder_core.wire_reader import ChecksumError

from judder.errors import JudderError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MOST_LEVELS = 20
"""Of a JSON body. One that can just be read, 900 deep, could not be put into an answer."""

log = structlog.get_logger()


class RequestError(JudderError):
    """An answer other than 200: its status, one sentence and one hint."""

    def __init__(
        self, status: int, message: str, *, hint: str | None = None, retry_after_s: int | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.retry_after_s = retry_after_s


def reply(value: Any, status: int = 200) -> web.Response:
    """Return value as JSON. Numbers JSON cannot hold are a bug here, not the reader's."""
    body = json.dumps(value, allow_nan=False, separators=(",", ":")).encode()
    return web.Response(body=body, status=status, content_type="application/json")


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
    except RequestError as error:
        return error_reply(error.status, str(error), error.hint, error.retry_after_s)
    except ChecksumError as error:
        return error_reply(422, str(error), error.hint)
    except (CoreError, JudderError) as error:
        return error_reply(400, str(error), error.hint)
    except RecursionError:
        return error_reply(400, "The JSON in the body is nested too deeply.", "Send it flat.")
    except web.HTTPRequestEntityTooLarge as error:
        return error_reply(413, str(error.text), "Send fewer windows in one body.")
    except web.HTTPNotFound:
        return error_reply(404, f"There is no {request.path}.", "host/README.md lists the routes.")
    except web.HTTPMethodNotAllowed as error:
        return error_reply(
            405,
            f"{request.path} does not take {request.method}.",
            f"It takes: {', '.join(sorted(error.allowed_methods))}.",
        )
    except web.HTTPException:
        raise
    except Exception:
        log.exception("request_failed", method=request.method, path=request.path)
        return error_reply(500, "The server failed on this request.", "Its log says why.")


async def read_json(request: web.Request) -> dict[str, Any]:
    """Return the JSON object in the request's body. Raises RequestError where it is none."""
    try:
        value = json.loads(await request.read() or b"{}", parse_float=_finite, parse_constant=_finite)
    except ValueError as error:
        raise RequestError(400, "Body is not JSON.", hint="Send a JSON object.") from error
    if not isinstance(value, dict):
        raise RequestError(400, "Body is not a JSON object.", hint="Send a JSON object.")
    if not _fits(value, MOST_LEVELS):
        raise RecursionError
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


def number(request: web.Request, name: str, default: int, most: int) -> int:
    """Return the whole number ?name=. Raises RequestError unless it is 1 to most."""
    given = request.query.get(name, str(default))
    if not (given.isdecimal() and len(given) <= 10 and 1 <= int(given) <= most):
        raise RequestError(400, f"{name} is {given!r}.", hint=f"Give a whole number from 1 to {most}.")
    return int(given)


def require_length(request: web.Request) -> None:
    """Raise RequestError 411 unless the request says where its body ends."""
    if "Content-Length" not in request.headers and "Transfer-Encoding" not in request.headers:
        raise RequestError(411, "The request has no Content-Length.", hint="Say how many bytes the body has.")
