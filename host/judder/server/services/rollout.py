"""A model on its way to boards: asked about their last windows, put on one, and then on the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from judder_core.model import AnyModel

from judder.server.services.backtest import backtest
from judder.server.services.device import Device
from judder.server.services.devices import Devices
from judder.server.services.errors import Conflict
from judder.server.services.orders import Order
from judder.server.storage.store import Store


@dataclass(frozen=True)
class Rollout:
    store: Store
    devices: Devices

    async def order(
        self, boards: Sequence[Device], model: AnyModel, now_us: int, *, anyway: bool = False
    ) -> None:
        """Order model for boards: the first gets it at once, the others once that has passed its trial.

        anyway: also where it would have alarmed lately. Raises Conflict, and orders nothing, where a board
        cannot run it, or where it would have.
        """
        orders = [await self._make(board, model, anyway) for board in boards]
        for board, order in zip(boards, orders, strict=True):
            order.after = None if board is boards[0] else boards[0].id
            await self.devices.order(board, order, now_us)

    async def _make(self, board: Device, model: AnyModel, anyway: bool) -> Order:
        order = self.devices.make_order(board, model)
        kind = board.status.get("detector")
        order.backtest = await backtest(self.store, board.id, model, kind if isinstance(kind, str) else None)
        if order.backtest.alarms and not anyway:
            raise Conflict(
                f"{model.model_id} does not fit how {board.name} shakes: {str(order.backtest)[0].lower()}"
                f"{str(order.backtest)[1:]}",
                hint='Was the machine faulty then? Order it all the same with "anyway": true.',
            )
        return order
