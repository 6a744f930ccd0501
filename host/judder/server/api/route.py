"""What a route is: how it is found, what it takes and gives, and how it refuses."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

from aiohttp import web

from judder.server.api.bodies import read_json
from judder.server.api.parameters import OF_PATHS, Parameter
from judder.server.services.tokens import Role, Who
from judder.server.services.wishes import Wish, parse

IN_BRACES = re.compile(r"\{(\w+)\}")
READING = ("GET", "HEAD", "OPTIONS")
WHO: web.RequestKey[Who] = web.RequestKey("who")
"""Who asks, where that matters."""
WISH: web.RequestKey[Wish] = web.RequestKey("wish")
"""What is wished in the body."""


@dataclass(frozen=True)
class Media:
    """A body that is no JSON of ours. schema: of it; {} where that says nothing."""

    type: str
    what: str
    schema: dict[str, Any]


@dataclass(frozen=True)
class Route:
    """handler: gets the request, and the wish in its body where one is taken.

    gives: the shape of the JSON it answers, or what else it answers. errors: the statuses it has words for,
    beside those that its method, body and path bring along. asks: what may stand behind the question mark.
    of: parameters of the path that are other than usual. is_open: whether it is answered without a token.
    of_boards: whether boards ask it, by a signature. role: what whoever else asks must be allowed; left out,
    LOOK for what only reads and ADMINISTER for all else. has_head: whether HEAD is answered as GET is, less
    the body.
    """

    method: str
    path: str
    handler: Callable[..., Awaitable[web.StreamResponse]]
    gives: type | tuple[Media, ...]
    takes: type[Wish] | Media | None = None
    errors: tuple[int, ...] = ()
    asks: tuple[Parameter, ...] = ()
    of: tuple[Parameter, ...] = ()
    is_open: bool = False
    of_boards: bool = False
    role: Role | None = None
    has_head: bool = True

    @property
    def least(self) -> Role:
        """The least that whoever asks must be allowed."""
        return self.role or (Role.LOOK if self.method in READING else Role.ADMINISTER)

    @property
    def in_path(self) -> list[Parameter]:
        own = {parameter.name: parameter for parameter in self.of}
        return [own.get(name) or OF_PATHS[name] for name in IN_BRACES.findall(self.path)]

    @property
    def refuses(self) -> list[int]:
        """Every status of an error it may answer."""
        found = {403, *self.errors}  # a server that is called by a name of another
        found |= {404} if self.in_path else set()
        found |= {400, 413, 415} if self.takes else set()
        found |= {400} if self.asks or self.of else set()
        found |= set() if self.is_open else {401, 429, 503}  # any may need the disk
        return sorted(found)

    @cached_property
    def definition(self) -> web.RouteDef:
        """The route as the router takes it."""
        path = self.path
        for parameter in self.in_path:
            path = path.replace(f"{{{parameter.name}}}", parameter.segment)
        if self.method == "GET":
            return web.get(path, self.handler, allow_head=self.has_head)
        return web.route(self.method, path, self._reading())

    def _reading(self) -> Callable[..., Awaitable[web.StreamResponse]]:
        """Return the handler with the wish in the body read for it."""
        kind, handler = self.takes, self.handler
        if not isinstance(kind, type):
            return handler

        @wraps(handler)
        async def read(request: web.Request) -> web.StreamResponse:
            request[WISH] = parse(kind, await read_json(request, kind.most_bytes))
            return await handler(request, request[WISH])

        return read


ROUTE_OF: web.AppKey[dict[Any, Route]] = web.AppKey("route_of")
"""Each route by the handler that the router has for it."""
