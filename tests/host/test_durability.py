"""What is answered stays, whatever happens to the disk: full, deleted, damaged, emptied; and it is said.

The oracle is the list of windows that were answered 200, beside what a reader of its own finds in the file.
"""

import asyncio
import shutil

import pytest
from judder.server.api.keys import RETENTION, STORE
from judder.server.storage.sqlite.connection import FILE_NAME, LOCK_NAME
from judder.server.storage.sqlite.damage import Rescue

from tests.host.storing import answered, ok, on_disk, post, refusing, work

MB = 1_000_000


async def test_a_database_that_is_deleted_while_the_server_runs_is_written_again(start_server, tmp_path):
    server = await start_server()
    first = await answered(server, range(10))
    for file in (tmp_path / "data").glob(f"{FILE_NAME}*"):
        file.unlink()
    then = await answered(server, range(10, 20))
    assert ok(first) | ok(then) == on_disk(tmp_path / "data") == set(range(20))
    assert "deleted while the server ran" in server.app[STORE].troubles()[0]
    await server.stop()
    assert len(await (await start_server()).stored()) == 20


async def test_a_server_cut_off_while_it_writes_a_deleted_database_again_goes_on_with_it(
    start_server, tmp_path, monkeypatch
):
    server = await start_server()
    await answered(server, range(10))
    for file in (tmp_path / "data").glob(f"{FILE_NAME}*"):
        file.unlink()
    monkeypatch.setattr(
        Rescue, "put_back", lambda rescue: shutil.copytree(tmp_path / "data", tmp_path / "cut")
    )
    await post(server, 10)
    monkeypatch.undo()
    (tmp_path / "cut" / LOCK_NAME).unlink(missing_ok=True)
    again = await start_server(data_dir=tmp_path / "cut")
    assert "its copy was put back" in again.app[STORE].troubles()[0]
    assert on_disk(tmp_path / "cut") == set(range(10))


async def test_a_folder_that_is_deleted_while_the_server_runs_is_written_again(start_server, tmp_path):
    server = await start_server()
    await answered(server, range(10))
    shutil.rmtree(tmp_path / "data")
    assert await post(server, 10) == 200
    assert on_disk(tmp_path / "data") == set(range(11))


async def test_a_wal_that_is_deleted_while_the_server_runs_loses_nothing(start_server, tmp_path):
    server = await start_server()
    await answered(server, range(10))
    (tmp_path / "data" / f"{FILE_NAME}-wal").unlink()
    assert await post(server, 10) == 200
    assert on_disk(tmp_path / "data") == set(range(11))


@pytest.fixture
async def cut(start_server, tmp_path, monkeypatch):
    """Return the folder of a server that was cut off with 10 windows in its WAL."""
    monkeypatch.setattr("judder.server.storage.sqlite.files.NOTE_EVERY_S", 0)
    server = await start_server()
    await answered(server, range(10))
    await server.app[STORE].tidy(0)
    shutil.copytree(tmp_path / "data", tmp_path / "cut")
    await server.stop()
    return tmp_path / "cut"


async def test_a_wal_that_was_lost_between_two_runs_is_said(start_server, cut):
    (cut / f"{FILE_NAME}-wal").unlink()
    server = await start_server(data_dir=cut)
    assert "At least 10 windows" in server.app[STORE].troubles()[0]


async def test_a_database_that_was_emptied_is_said(start_server, cut):
    for file in cut.glob(f"{FILE_NAME}*"):
        file.unlink()
    (cut / FILE_NAME).touch()
    server = await start_server(data_dir=cut)
    assert "At least 10 windows" in server.app[STORE].troubles()[0]
    assert await post(server, 11) == 200


async def test_a_crash_that_lost_nothing_is_no_trouble(start_server, cut):
    server = await start_server(data_dir=cut)
    assert server.app[STORE].troubles() == [] and len(await server.stored()) == 10


def damage_header(data):
    data[100:400] = b"x" * 300


def damage_magic(data):
    data[:16] = bytes(16)


def damage_pages(data):
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = b"\xee" * 64


@pytest.mark.parametrize("damage", [damage_header, damage_magic, damage_pages])
async def test_a_damaged_database_is_set_aside_and_said(start_server, tmp_path, damage):
    server = await start_server()
    await answered(server, range(5))
    await server.stop()
    path = tmp_path / "data" / FILE_NAME
    data = bytearray(path.read_bytes())
    damage(data)
    path.write_bytes(data)
    again = await start_server()
    assert "was damaged" in again.app[STORE].troubles()[0] and len(again.app[STORE].troubles()) == 1
    (aside,) = (tmp_path / "data").glob(f"damaged-*-{FILE_NAME}")
    assert aside.read_bytes() == bytes(data)
    assert await post(again, 0) == 200


async def test_a_prune_beside_windows_leaves_a_bounded_wal(start_server, tmp_path, quick):
    server = await start_server(keep_gb=0.002)
    statuses = await answered(server, range(300))
    await work(server)
    assert set(statuses.values()) == {200}
    space = await server.app[STORE].space()
    assert space.used <= 2.1 * MB and space.waiting <= 16 * MB


async def test_windows_that_come_while_old_ones_are_dropped_are_all_kept(start_server, tmp_path, quick):
    server = await start_server(keep_gb=0.004)
    pruning = asyncio.create_task(server.app[RETENTION].run())
    await answered(server, range(200))
    pruning.cancel()
    kept = on_disk(tmp_path / "data")
    assert set(range(150, 200)) <= kept


async def test_a_disk_that_refuses_to_write_is_503_and_all_is_well_when_it_writes_again(
    start_server, tmp_path
):
    server = await start_server()
    before = await answered(server, range(10))
    with refusing(4096):
        refused = await answered(server, range(10, 20))
        health, _ = await server.ask("GET", "/healthz")
    assert set(refused.values()) == {503} and health in (200, 503)
    assert on_disk(tmp_path / "data") == ok(before)
    after = await answered(server, range(10, 20))
    assert set(after.values()) == {200} and on_disk(tmp_path / "data") == set(range(20))


async def test_a_file_that_became_read_only_is_503(start_server, tmp_path):
    server = await start_server()
    await answered(server, range(3))
    store = server.app[STORE]
    await store._on_thread(lambda: store._files.writer.execute("PRAGMA query_only=ON"))
    assert set((await answered(server, range(3, 6))).values()) == {503}
    await store._on_thread(lambda: store._files.writer.execute("PRAGMA query_only=OFF"))
    assert set((await answered(server, range(3, 6))).values()) == {200}
    assert on_disk(tmp_path / "data") == set(range(6))
