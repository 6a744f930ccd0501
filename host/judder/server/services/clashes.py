"""Windows without numbers, or with one that another window has: they get one of the server's own.

Who signs owns its numbers. In the name of boards that do not, anybody may send a window under a number that
is to come: the board's own is then judged, told and stored all the same, and health says that two send so.
"""

from collections import defaultdict
from collections.abc import Sequence

from judder_core.window import Window

from judder.server.services.arrivals import Taking
from judder.server.services.keeping import little_endian
from judder.server.storage.store import Store


class Numbers:
    """boot_id: a new one each start of the server."""

    def __init__(self, boot_id: int) -> None:
        self._boot_id = boot_id
        self._next: defaultdict[str, int] = defaultdict(int)

    def give(self, name: str, window: Window) -> None:
        """Give window the next number of the board called name."""
        window.boot_id, window.seq = self._boot_id, self._next[name]
        self._next[name] += 1


async def tell_apart(takings: Sequence[Taking], store: Store, numbers: Numbers) -> None:
    """Give those of takings another number whose samples are others than of the window that came before."""
    doubtful = [taking for taking in takings if taking.known and not taking.device.signed]
    if not doubtful:
        return
    rows = await store.write(lambda unit: [unit.windows.find(*taking.name) for taking in doubtful])
    for taking, row in zip(doubtful, rows, strict=True):
        if row is not None and row.counts != little_endian(taking.window.counts):
            taking.known, taking.sent_as = None, taking.name
            numbers.give(taking.device.id, taking.window)
