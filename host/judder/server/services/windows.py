"""Windows that are on disk, read again: the newest ones, one with its samples, the scores of a long time."""

from typing import Any

import numpy as np

from judder.server.services.errors import NotFound
from judder.server.storage.rows import ScoreStep, StoredWindow, WindowHead, as_dict
from judder.server.storage.store import Store

DIGITS = 6
"""Of g. A count of the finest sensor is 0.00006 g."""


class Windows:
    """What was taken in."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def newest(self, limit: int, device: str | None) -> list[WindowHead]:
        """Return the last windows that came, the newest first; of one board where device is given."""
        return await self._store.read(lambda unit: unit.windows.newest(limit, device))

    async def with_samples(self, device: str, boot_id: int, seq: int) -> dict[str, Any]:
        """Return a window as JSON has it, with x, y, z in g in the place of its counts. Raises NotFound."""
        found = await self._store.read(lambda unit: unit.windows.find(device, boot_id, seq))
        if found is None:
            raise NotFound(
                f"There is no window {seq} of {device}.",
                hint="Windows of no recording are kept for keep_days.",
            )
        return _with_samples(found)

    async def scores(self, device: str, seconds: int, points: int, now_us: int) -> list[ScoreStep]:
        """Return a board's scores of the last seconds in at most points steps, the highest of each."""
        since_us, step_us = now_us - seconds * 1_000_000, max(1, seconds * 1_000_000 // points)
        return await self._store.read(lambda unit: unit.windows.scores(device, since_us, step_us))


def _with_samples(window: StoredWindow) -> dict[str, Any]:
    shown = as_dict(window)
    counts = np.frombuffer(shown.pop("counts"), "<i2" if shown.pop("typecode") == "h" else "<f4")
    samples = counts.reshape(-1, 3) * window.scale_g
    axes = np.round(samples.astype(np.float64).T, DIGITS).tolist()
    return {**shown, **dict(zip("xyz", axes, strict=True))}
