"""What stands in a request's path and behind its question mark: read, bounded and described in one place."""

import re
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from judder.server.api.replies import RequestError


@dataclass(frozen=True)
class Text:
    """Any text, or what pattern matches. hint: what to give where it does not."""

    name: str
    what: str
    example: str = ""
    pattern: str = ""
    hint: str = ""

    def of(self, request: web.Request) -> str:
        """Return it, as it stands in the path. Raises RequestError unless pattern matches."""
        return self._checked(request.match_info[self.name])

    def _checked(self, given: str) -> str:
        if self.pattern and not re.fullmatch(self.pattern, given):
            raise RequestError(400, f"{given!r} is no {self.name} id.", hint=self.hint)
        return given

    def asked(self, request: web.Request) -> str | None:
        """Return it, as it stands behind the question mark, or None. Raises RequestError as of() does."""
        given = request.query.get(self.name)
        return given if given is None else self._checked(given)

    @property
    def segment(self) -> str:
        """What the router matches."""
        return f"{{{self.name}}}"

    @property
    def schema(self) -> dict[str, Any]:
        pattern = {"pattern": f"^{self.pattern}$"} if self.pattern else {}
        return {"type": "string", "examples": [self.example], **pattern}


@dataclass(frozen=True)
class WholeNumber:
    """A whole number from least to most. default: where it is not given; in a path it always is."""

    name: str
    what: str
    most: int
    least: int = 1
    default: int | None = None

    def of(self, request: web.Request) -> int:
        """Return it, as it stands in the path."""
        return int(request.match_info[self.name])

    def asked(self, request: web.Request) -> int:
        """Return it, as it stands behind the question mark. Raises RequestError outside its bounds."""
        given = request.query.get(self.name, str(self.default))
        is_number = given.isascii() and given.isdecimal() and len(given) <= len(str(self.most))
        if not (is_number and self.least <= int(given) <= self.most):
            raise RequestError(
                400,
                f"{self.name} is {given!r}.",
                hint=f"Give a whole number from {self.least} to {self.most}.",
            )
        return int(given)

    @property
    def segment(self) -> str:
        """What the router matches; a path with anything else leads nowhere."""
        return f"{{{self.name}:[0-9]{{1,{len(str(self.most))}}}}}"

    @property
    def schema(self) -> dict[str, Any]:
        bounds = {"minimum": self.least, "maximum": self.most}
        default = {} if self.default is None else {"default": self.default}
        return {"type": "integer", **bounds, **default, "examples": [self.default or 1]}


Parameter = Text | WholeNumber

MOST_U32 = 2**32 - 1
DEVICE = Text("device", "A board: its MAC as 12 hex digits, or ref- and its address.", "020000000001")
NEW_DEVICE = Text(
    "device",
    "A board by its MAC; one that was never heard of becomes known.",
    "020000000001",
    pattern="[A-Za-z0-9]{1,40}",
    hint="Send the MAC as 12 hex digits.",
)
BOOT_ID = WholeNumber("boot_id", "The board's start that the window is of.", MOST_U32, least=0)
SEQ = WholeNumber("seq", "The window's number in that start.", MOST_U32, least=0)
NUMBER = WholeNumber("number", "The number that it has in the list.", 10**15 - 1, least=0)
MODEL_ID = Text("model_id", "A model's id, or the 8 hex digits that end it.", "attic-fan-3f9c2a1e")
OF_PATHS = {parameter.name: parameter for parameter in (DEVICE, BOOT_ID, SEQ, NUMBER, MODEL_ID)}
"""What the names in braces stand for."""

ALERTS_LISTED = WholeNumber("limit", "How many.", most=1000, default=1000)
WINDOWS_LISTED = WholeNumber("limit", "How many.", most=1000, default=100)
NOTES_LISTED = WholeNumber("limit", "How many.", most=1000, default=100)
OF_DEVICE = Text("device", "Of this board only.", "020000000001")
SKETCH = Text(
    "device",
    "What a sketch of the reference is called; its address where it does not say.",
    "attic",
    pattern="[A-Za-z0-9_-]{1,40}",
    hint="Name it in letters and digits.",
)
SECONDS = WholeNumber("seconds", "How far back.", most=31 * 86_400, default=3600)
POINTS = WholeNumber("points", "In how many steps at most.", most=2000, default=300)
HOURS = WholeNumber("hours", "Sums of so many hours back.", most=9600, least=0, default=48)
DAYS = WholeNumber("days", "Sums of so many days back.", most=3650, least=0, default=366)
