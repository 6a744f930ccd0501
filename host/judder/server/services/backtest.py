"""A model asked about a board's last windows, before it is put there: would it have told people of them?"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from judder_core.decision import ALARM, NOTICE
from judder_core.errors import CoreError
from judder_core.model import AnyModel
from judder_core.window import FLAG_LOST

from judder.data.windows import Windows
from judder.errors import JudderError
from judder.model.scoring import score_windows
from judder.server.services.models import board_detector
from judder.server.storage.rows import StoredWindow
from judder.server.storage.store import Store, Unit

WINDOWS = 1000
"""A quarter of an hour, as a rule."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """windows: how many were judged; notices, alarms: during how many of them it would have been at that
    level.
    """

    windows: int
    notices: int
    alarms: int

    def __str__(self) -> str:
        """Return it as a sentence.

        >>> str(Backtest(1000, 12, 0))
        'Of the last 1000 windows it would have alarmed in 0, and given notice in 12.'
        """
        return (
            f"Of the last {self.windows} windows it would have alarmed in {self.alarms},"
            f" and given notice in {self.notices}."
        )


async def backtest(store: Store, device: str, model: AnyModel, kind: str | None) -> Backtest:
    """Return what model says of the last windows of device that fit it and lost no samples. kind: of the
    detector that the board runs.

    Raises JudderError where it cannot judge them.
    """
    rows = await store.read(lambda unit: _last(unit, device))
    fitting = [row for row in rows if _fits(row, model)]
    if not fitting:
        return Backtest(0, 0, 0)
    return await asyncio.to_thread(_judge, fitting, model, kind)


def _last(unit: Unit, device: str) -> list[StoredWindow]:
    """Return a board's last windows in the order in which they were sampled."""
    heads = unit.windows.newest(WINDOWS, device)
    found = [unit.windows.find(head.device, head.boot_id, head.seq) for head in reversed(heads)]
    starts = {row.boot_id: k for k, row in reversed([*enumerate(heads)])}
    rows = [row for row in found if row]
    return sorted(rows, key=lambda row: (-starts[row.boot_id], row.seq))


def _fits(row: StoredWindow, model: AnyModel) -> bool:
    is_whole = row.typecode == "h" and not row.flags & FLAG_LOST
    return is_whole and model.fits(len(row.counts) // 6, row.sample_rate_hz) is None


def _judge(rows: Sequence[StoredWindow], model: AnyModel, kind: str | None) -> Backtest:
    try:
        level = score_windows(model, _as_windows(rows, model), board_detector(model, kind)).level
    except (CoreError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise JudderError(
            f"Model {model.model_id} cannot judge this board's windows: {error}.", hint="Train another."
        ) from error
    return Backtest(len(rows), int((level == NOTICE).sum()), int((level == ALARM).sum()))


def _as_windows(rows: Sequence[StoredWindow], model: AnyModel) -> Windows:
    samples = np.stack([np.frombuffer(row.counts, "<i2").reshape(-1, 3) for row in rows])
    boots, seqs = np.array([str(row.boot_id) for row in rows]), np.array([row.seq for row in rows])
    scale_g = np.array([row.scale_g for row in rows])
    return Windows(samples, scale_g, boots, boots, seqs, seqs * model.window_len, boots, model.sample_rate_hz)
