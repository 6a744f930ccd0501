"""Who changed what: noted of every request that changes something, and listed."""

import structlog
from aiohttp import web

from judder.server.api.keys import AUDIT
from judder.server.api.parameters import NOTES_LISTED
from judder.server.api.replies import Handler, reply
from judder.server.api.route import READING, ROUTE_OF, WHO, WISH
from judder.server.services.tokens import Role
from judder.server.storage.rows import as_dict
from judder.server.storage.store import StoreError

ABOUT: web.RequestKey[str] = web.RequestKey("about")
"""What the request changed, where path and body do not say it."""

log = structlog.get_logger()


async def list_audit(request: web.Request) -> web.Response:
    """List who did what, the newest first."""
    notes = await request.app[AUDIT].newest(NOTES_LISTED.asked(request))
    return reply({"audit": [as_dict(note) for note in notes]})


@web.middleware
async def note_changes(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Note what was changed, and by whom; what boards send changes nothing."""
    answer = await handler(request)
    route = request.app[ROUTE_OF].get(request.match_info.handler)
    if route and not route.of_boards and WHO in request and request.method not in READING:
        what = route.handler.__name__.replace("_", " ")
        audit = request.app[AUDIT]
        note = audit.note_once if route.least == Role.LOOK else audit.note
        try:
            await note(request[WHO].name, what, _about(request))
        except StoreError as error:  # it is done: whoever asked is to hear so
            log.error("change_not_noted", who=request[WHO].name, what=what, why=str(error))
    return answer


def _about(request: web.Request) -> str:
    if ABOUT in request:
        return request[ABOUT]
    wished = request[WISH].model_dump(exclude_unset=True) if WISH in request else {}
    return ", ".join([*request.match_info.values(), *(f"{name} {value}" for name, value in wished.items())])
