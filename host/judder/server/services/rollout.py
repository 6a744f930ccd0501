"""A model on its way to boards: asked about their last windows, put on one, and then on the others."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from judder_core.model import AnyModel

from judder.server.services.backtest import Backtest, backtest
from judder.server.services.device import Device
from judder.server.services.devices import Devices
from judder.server.services.errors import Conflict
from judder.server.services.models import Models
from judder.server.services.orders import Order
from judder.server.storage.store import Store


@dataclass(frozen=True)
class Rollout:
    store: Store
    devices: Devices
    models: Models
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def order(
        self, names: Sequence[str], model_id: str, now_us: int, *, anyway: bool = False
    ) -> list[Device]:
        """Order a model for the boards called names: the first gets it at once, the others once that has
        passed its trial. Return the boards.

        To ask about the windows of many boards takes long: one order does so at a time. anyway: also where it
        would have alarmed lately. Raises NotFound, and Conflict where a board cannot run it or it would have;
        then nothing is ordered.
        """
        async with self._turn:
            boards, model, _ = self._find(names, model_id)
            tested = [await self._test(board, model, anyway) for board in boards]
            boards, model, orders = self._find(names, model_id)  # they may have gone meanwhile
            for board, order, found in zip(boards, orders, tested, strict=True):
                order.backtest = found
                order.after = None if board is boards[0] else boards[0].id
                await self.devices.order(board, order, now_us)
        return boards

    def _find(self, names: Sequence[str], model_id: str) -> tuple[list[Device], AnyModel, list[Order]]:
        """Return the boards, the model, and an order of it for each. Raises NotFound, Conflict."""
        boards = [self.devices.find(name) for name in dict.fromkeys(names)]
        model = self.models.find(model_id)
        return boards, model, [self.devices.make_order(board, model) for board in boards]

    async def _test(self, board: Device, model: AnyModel, anyway: bool) -> Backtest:
        kind = board.status.get("detector")
        found = await backtest(self.store, board.id, model, kind if isinstance(kind, str) else None)
        if found.alarms and not anyway:
            raise Conflict(
                f"{model.model_id} does not fit how {board.name} shakes: {str(found)[0].lower()}"
                f"{str(found)[1:]}",
                hint='Was the machine faulty then? Order it all the same with --anyway, or "anyway": true.',
            )
        return found
