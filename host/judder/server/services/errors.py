"""Why a service refuses. The table in server/api/replies says which HTTP status each is.

ServiceError
|-- Invalid    the request makes no sense as it is
|-- NotFound   there is no such thing
|-- Conflict   not now: something else is so that it cannot be
|-- Busy       not now: later it can
`-- TooMuch    not now: whoever asks has had its share
"""

from judder.errors import JudderError


class ServiceError(JudderError):
    """One sentence, and one hint."""


class Invalid(ServiceError):
    """The request makes no sense as it is."""


class NotFound(ServiceError):
    """There is no such thing."""


class Conflict(ServiceError):
    """Something else is so that this cannot be."""


class Busy(ServiceError):
    """The server cannot now, and can after retry_after_s seconds."""

    def __init__(self, message: str, *, hint: str | None = None, retry_after_s: int = 1) -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s


class TooMuch(Busy):
    """Whoever asks has had its share, for retry_after_s seconds."""
