"""A disk that is full, really: a small one of its own. Left out where no disk may be mounted."""

import contextlib
import time

import pytest
from judder.server.storage.sqlite.connection import FILE_NAME

from tests.host.alerting import DEVICE
from tests.host.small_disk import fill, small_disk
from tests.host.storing import answered, ok, on_disk, post, work


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "disk", 64) as folder:
        yield folder


async def test_a_full_disk_answers_503_and_loses_no_window_that_was_answered(disk, start_server):
    server = await start_server(data_dir=disk / "data")
    before = await answered(server, range(20))
    filler = fill(disk)
    full = await answered(server, range(20, 60))
    assert set(before.values()) == {200} and set(full.values()) <= {200, 503} and 503 in full.values()
    assert on_disk(disk / "data") == ok(before) | ok(full)
    filler.unlink()
    after = await answered(server, range(20, 60))
    assert set(after.values()) == {200} and on_disk(disk / "data") == set(range(60))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"/api/v1/devices/{DEVICE}/status", {"name": "fan", "place": "x" * 60}),
        ("POST", "/api/v1/recordings", {"condition": "normal"}),
        ("POST", f"/api/v1/devices/{DEVICE}/learn", {"windows": 60}),
    ],
)
async def test_what_else_needs_a_full_disk_is_503_with_a_time_to_come_again(
    disk, start_server, method, path, body
):
    server = await start_server(data_dir=disk / "data")
    await server.ask("POST", f"/api/v1/devices/{DEVICE}/status", json={"commands": ["model"], "name": "fan"})
    fill(disk)
    while await post(server, seq := int(time.monotonic_ns() % 2**31)) == 200:
        pass
    statuses = set()
    for _ in range(300):  # small writes find room in the WAL for a while
        status, answer = await server.ask(method, path, json=body)
        statuses.add(status)
        if status == 503:
            break
        if path.endswith("recordings"):
            await server.ask("PATCH", f"/api/v1/recordings/{answer.get('id', 1)}", json={"state": "stopped"})
        if path.endswith("learn"):
            await server.ask("DELETE", path)
    assert seq and 503 in statuses and 500 not in statuses


async def test_a_full_disk_frees_itself_by_its_oldest_windows(disk, start_server, quick):
    server = await start_server(data_dir=disk / "data")
    await answered(server, range(200))
    await work(server)
    fill(disk)
    for seq in range(200, 1000):  # until it is full, or frees itself meanwhile
        if await post(server, seq) == 503:
            break
    await work(server)
    again = await answered(server, range(1000, 1020))
    assert set(again.values()) == {200}
    assert set(again) <= on_disk(disk / "data")


async def test_a_deleted_database_that_finds_no_room_is_503_until_there_is(disk, start_server):
    server = await start_server(data_dir=disk / "data")
    await answered(server, range(100))
    with contextlib.suppress(FileNotFoundError):
        (disk / "data" / "reserve").unlink()
    for file in (disk / "data").glob(f"{FILE_NAME}*"):
        file.unlink()
    filler = fill(disk)
    assert await post(server, 100) == 503
    filler.unlink()
    (disk / "data" / f"again-{FILE_NAME}").unlink(missing_ok=True)
    assert await post(server, 100) == 200
    assert on_disk(disk / "data") == set(range(101))
