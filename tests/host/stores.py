"""Every store there is, and what the tests of their contract put into them. A new one joins STORES."""

from judder.server.storage.memory.store import MemoryStore
from judder.server.storage.rows import (
    Alert,
    Answer,
    RecordingRow,
    StoredWindow,
)
from judder.server.storage.sqlite.store import SqliteStore

STORES = {"sqlite": SqliteStore, "memory": lambda folder: MemoryStore()}
LASTING = ("sqlite",)
"""Stores that outlive the server, and are read while they are written."""

ANSWER = Answer(
    **dict(judged_by="host", model_id="fan-1", score=4.5, threshold=3.0, combined_score=2.5),
    **dict(
        combined_threshold=2.0, alarm_score=2.4, alarm_threshold=2.2, p_value=0.012, p_value_is_bound=True
    ),
    **dict(anomaly=True, window_level="alarm", level="alarm", mode="low", mounting_changed=True),
    **dict(state="alarm", why="x: louder", alert=True),
)


def window(seq, device="fan", boot_id=1, received_us=None, **more):
    return StoredWindow(
        **{
            **dict(device=device, boot_id=boot_id, seq=seq, received_us=received_us or 1000 + seq),
            **dict(timestamp_us=seq, flags=3, sensor=1, sample_rate_hz=250.5, scale_g=1 / 2048),
            **dict(typecode="h", counts=bytes([seq % 256, 0] * 3)),
            **more,
        }
    )


def alert(seq=1, device="fan", started_us=10, level="alarm", **more):
    return Alert(0, device, 1, seq, "board", None, 3.5, started_us, level, why="y: louder", **more)


def recording(condition="normal", wanted=None, device=None):
    return RecordingRow(0, condition, device, wanted, None, "running", 5)


async def add(store, *windows):
    def work(unit):
        return [unit.windows.add(window) for window in windows]

    return await store.write(work)


async def begin(store, alert):
    return await store.write(lambda unit: unit.alerts.begin(alert))
