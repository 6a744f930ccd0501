"""What belongs together is stored together: where one part cannot be kept, none is.

The server runs on a store in memory, of which a test makes one verb refuse.
"""

from dataclasses import replace

import pytest
from judder.server.storage.memory.store import MemoryStore
from judder.server.storage.store import StoreError
from judder_core import wire
from judder_core.window import FLAG_ALERT, FLAG_BACKLOG, FLAG_LOCAL_SCORE

from tests.host.alerting import ALERT, DEVICE, receiving, until
from tests.host.conftest import frame

FRAMES = {"Content-Type": wire.CONTENT_TYPE}
LATE = FLAG_LOCAL_SCORE | FLAG_BACKLOG | FLAG_ALERT
ABLE = {"commands": ["model"], "boot_id": 1, "window_len": 64, "nominal_rate_hz": 250.0}


class Refusing:
    """Verbs of a unit, but one that the disk refuses."""

    def __init__(self, verbs, refused):
        self._verbs = verbs
        self._refused = refused

    def __getattr__(self, name):
        if name == self._refused:
            raise StoreError("The disk refused: it is full.")
        return getattr(self._verbs, name)


class Disk(MemoryStore):
    def refuse(self, topic, verb):
        """Refuse one verb of a topic of the unit; return what lets it be again."""
        unit = self._unit
        self._unit = replace(unit, **{topic: Refusing(getattr(unit, topic), verb)})
        return lambda: setattr(self, "_unit", unit)


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
async def server(start_server, disk, monkeypatch):
    monkeypatch.setattr("judder.server.app.store_in", lambda data_dir: disk)
    return await start_server()


async def post(server, **fields):
    return await server.ask("POST", "/api/v1/windows", data=bytes(frame(**fields)), headers=FRAMES)


async def alerts(server):
    return (await server.client.get("/api/v1/alerts"))["alerts"]


async def recordings(server):
    return (await server.client.get("/api/v1/recordings"))["recordings"]


async def test_a_window_and_the_alert_it_begins_are_one(server, disk):
    repair = disk.refuse("alerts", "begin")
    status, error = await post(server, flags=ALERT)
    assert status == 503 and "full" in error["error"]
    assert (await server.stored(), await alerts(server)) == ([], [])
    repair()
    assert (await post(server, flags=ALERT))[0] == 200
    assert [window["seq"] for window in await server.stored()] == [0]
    assert [(alert["seq"], alert["ended_us"]) for alert in await alerts(server)] == [(0, None)]


async def test_a_window_and_the_alert_it_ends_are_one(server, disk):
    await server.send(flags=ALERT)
    repair = disk.refuse("alerts", "end")
    assert (await post(server, seq=1, flags=FLAG_LOCAL_SCORE))[0] == 503
    assert len(await server.stored()) == 1 and (await alerts(server))[0]["ended_us"] is None
    repair()
    assert (await post(server, seq=1, flags=FLAG_LOCAL_SCORE))[0] == 200
    assert (await alerts(server))[0]["ended_us"]


async def test_a_late_alert_and_the_one_it_joins_are_one(server, disk):
    await server.send(seq=6, flags=ALERT)
    await server.send(seq=4, flags=LATE, timestamp_us=4_000_000)
    before = await alerts(server)
    repair = disk.refuse("alerts", "join")
    assert (await post(server, seq=5, flags=LATE, timestamp_us=5_000_000))[0] == 503
    assert await alerts(server) == before and len(before) == 2
    repair()
    assert (await post(server, seq=5, flags=LATE, timestamp_us=5_000_000))[0] == 200
    (joined,) = await alerts(server)
    assert (joined["id"], joined["seq"], joined["ended_us"]) == (1, 4, None)


async def test_the_last_window_of_a_recording_and_its_end_are_one(server, disk):
    await server.client.post("/api/v1/recordings", {"condition": "normal", "windows": 2})
    await server.send(seq=0)
    repair = disk.refuse("recordings", "end_full")
    assert (await post(server, seq=1))[0] == 503
    (recording,) = await recordings(server)
    assert (recording["state"], recording["recorded"]) == ("running", 1) and len(await server.stored()) == 1
    repair()
    assert (await post(server, seq=1))[0] == 200
    ((kept, held),) = await disk.read(lambda unit: unit.recordings.all())
    assert (kept.state, held, (await recordings(server))[0]["state"]) == ("done", 2, "done")


async def test_a_learning_and_its_recording_begin_as_one(server, disk):
    await server.ask("POST", f"/api/v1/devices/{DEVICE}/status", json=ABLE)
    repair = disk.refuse("learnings", "save")
    status, _ = await server.ask("POST", f"/api/v1/devices/{DEVICE}/learn", json={"windows": 60})
    assert status == 503 and await recordings(server) == []
    repair()
    status, _ = await server.ask("POST", f"/api/v1/devices/{DEVICE}/learn", json={"windows": 60})
    assert status == 200 and len(await recordings(server)) == 1


async def test_a_learning_and_its_recording_stop_as_one(server, disk):
    await server.ask("POST", f"/api/v1/devices/{DEVICE}/status", json=ABLE)
    await server.ask("POST", f"/api/v1/devices/{DEVICE}/learn", json={"windows": 60})
    repair = disk.refuse("learnings", "save")
    assert (await server.ask("DELETE", f"/api/v1/devices/{DEVICE}/learn"))[0] == 503
    ((kept, _),) = await disk.read(lambda unit: unit.recordings.all())
    (learning,) = await disk.read(lambda unit: unit.learnings.all())
    assert (kept.state, learning.state) == ("running", "recording")
    repair()
    assert (await server.ask("DELETE", f"/api/v1/devices/{DEVICE}/learn"))[0] == 200
    ((kept, _),) = await disk.read(lambda unit: unit.recordings.all())
    (learning,) = await disk.read(lambda unit: unit.learnings.all())
    assert (kept.state, learning.state, learning.error) == ("stopped", "failed", "It was stopped.")


async def test_the_pose_and_the_state_of_a_recording_change_as_one(server, disk):
    await server.client.post("/api/v1/recordings", {"condition": "normal"})
    before = await recordings(server)
    repair = disk.refuse("recordings", "change")
    path, wish = "/api/v1/recordings/1", {"pose": "upright", "state": "stopped"}
    assert (await server.ask("PATCH", path, json=wish))[0] == 503
    assert await recordings(server) == before
    repair()
    assert (await server.client.patch(path, wish))["pose"] == "upright"


async def test_a_server_on_a_store_in_memory_tells_of_an_alert(start_server, disk, monkeypatch):
    monkeypatch.setattr("judder.server.app.store_in", lambda data_dir: disk)
    async with receiving() as (receiver, url):
        server = await start_server(webhook_url=url)
        await server.send(flags=ALERT)
        await until(lambda: receiver.got)

    assert len(receiver.got) == 1
