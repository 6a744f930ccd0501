"""A backup of a running server, restored elsewhere: row by row what SQLite finds in both."""

import asyncio
import contextlib
import errno
import hashlib
import json
import sqlite3

import pytest
from judder.errors import JudderError
from judder.server.services import backup
from judder.server.services.backup import back_up, check, restore
from judder.server.storage.sqlite.connection import FILE_NAME
from typer.testing import CliRunner

from tests.host.alerting import Board
from tests.host.storing import answered, on_disk


def rows_hash(data_dir, until):
    """Return a hash per table over all rows, windows up to a number."""
    found = {}
    with contextlib.closing(sqlite3.connect(f"file:{data_dir / FILE_NAME}?mode=ro", uri=True)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            where = f" WHERE seq < {until}" if table == "windows" else ""
            rows = connection.execute(f"SELECT * FROM {table}{where} ORDER BY rowid").fetchall()
            found[table] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return found


@pytest.fixture
async def filled(server, model_data):
    await Board(server).at("normal", "alarm", "normal")
    await server.ask("POST", "/api/v1/models", data=model_data)
    await answered(server, range(100, 110))
    return server


async def test_what_is_restored_is_what_was_backed_up(filled, tmp_path):
    await asyncio.to_thread(back_up, tmp_path / "data", tmp_path / "copy")
    await asyncio.to_thread(restore, tmp_path / "copy", tmp_path / "there")
    assert rows_hash(tmp_path / "there", 10**9) == rows_hash(tmp_path / "data", 10**9)
    models = [(path.name, path.read_bytes()) for path in (tmp_path / "data" / "models").iterdir()]
    assert models and sorted((p.name, p.read_bytes()) for p in (tmp_path / "there" / "models").iterdir()) == (
        sorted(models)
    )


async def test_a_backup_under_load_is_of_one_moment_and_nothing_is_refused(server, tmp_path):
    await answered(server, range(50))
    sending = asyncio.create_task(answered(server, range(50, 150)))
    await asyncio.sleep(0.05)
    made = await asyncio.to_thread(back_up, tmp_path / "data", tmp_path / "copy")
    statuses = await sending
    kept = on_disk(tmp_path / "copy")
    assert set(statuses.values()) == {200}
    assert kept == set(range(len(kept))) and 50 <= len(kept) == made.rows["windows"]
    assert rows_hash(tmp_path / "copy", len(kept)) == rows_hash(tmp_path / "data", len(kept))


async def test_a_server_on_what_was_restored_shows_it(filled, start_server, tmp_path):
    await asyncio.to_thread(back_up, tmp_path / "data", tmp_path / "copy")
    await asyncio.to_thread(restore, tmp_path / "copy", tmp_path / "there")
    again = await start_server(data_dir=tmp_path / "there")
    for path in ("/api/v1/alerts", "/api/v1/recordings", "/api/v1/windows?limit=1000"):
        one, other = await filled.client.get(path), await again.client.get(path)
        assert {**one, "data_dir": ""} == {**other, "data_dir": ""}
    assert len((await again.client.get("/api/v1/models"))["models"]) == 1


@pytest.mark.parametrize("name", [FILE_NAME, "models"])
async def test_a_backup_that_was_changed_is_refused(filled, tmp_path, name):
    await asyncio.to_thread(back_up, tmp_path / "data", tmp_path / "copy")
    path = tmp_path / "copy" / name
    path = next(path.iterdir()) if path.is_dir() else path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(JudderError, match="not as it was backed up"):
        await asyncio.to_thread(check, tmp_path / "copy")
    with pytest.raises(JudderError):
        await asyncio.to_thread(restore, tmp_path / "copy", tmp_path / "there")
    assert not (tmp_path / "there").exists()


async def test_a_backup_whose_list_leads_out_of_it_is_none(filled, tmp_path):
    await asyncio.to_thread(back_up, tmp_path / "data", tmp_path / "copy")
    listed = json.loads((tmp_path / "copy" / "backup.json").read_text())
    listed["files"]["../away"] = ""
    (tmp_path / "copy" / "backup.json").write_text(json.dumps(listed))
    with pytest.raises(JudderError, match="no backup"):
        restore(tmp_path / "copy", tmp_path / "there")


@pytest.mark.parametrize(
    "change",
    [
        {"files": [FILE_NAME]},
        {"files": 5},
        {"files": {FILE_NAME: ""}},
        {"files": {"a\0b": ""}},
        {"rows": 5},
        {"format": None},
    ],
)
async def test_a_list_that_nobody_made_is_no_backup(filled, tmp_path, change):
    await asyncio.to_thread(back_up, tmp_path / "data", tmp_path / "copy")
    path = tmp_path / "copy" / "backup.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(JudderError, match="no backup"):
        restore(tmp_path / "copy", tmp_path / "there")


@pytest.mark.parametrize("text", ["", "[" * 100_000, "[]", "\0", '{"format": "judder-backup"}'])
def test_a_foreign_file_is_no_backup(tmp_path, text):
    (tmp_path / "backup.json").write_text(text)
    with pytest.raises(JudderError, match="no backup"):
        restore(tmp_path, tmp_path / "there")


def fail_on(monkeypatch, module, name, at):
    """Let a function of a module fail as on a full disk, at its at-th call."""
    real, calls = getattr(module, name), iter(range(1, 1000))

    def full(*given, **named):
        if next(calls) >= at:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*given, **named)

    monkeypatch.setattr(module, name, full)


@pytest.mark.parametrize("at", [1, 2])
async def test_a_disk_that_gets_full_leaves_nothing_that_a_server_takes_for_its_data(
    filled, tmp_path, monkeypatch, at
):
    await asyncio.to_thread(back_up, tmp_path / "data", tmp_path / "copy")
    (tmp_path / "there").mkdir()
    fail_on(monkeypatch, backup.shutil, "copy2", at)
    with pytest.raises(JudderError, match="No space left"):
        restore(tmp_path / "copy", tmp_path / "there")
    assert not list((tmp_path / "there").iterdir())
    monkeypatch.undo()
    restore(tmp_path / "copy", tmp_path / "there")
    assert on_disk(tmp_path / "there") == on_disk(tmp_path / "data")


async def test_a_folder_that_is_made_for_it_is_its_owners_only(filled, tmp_path):
    await asyncio.to_thread(back_up, tmp_path / "data", tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "there")
    found = [tmp_path / "there", *(tmp_path / "there").iterdir()]
    assert not [path for path in found if path.stat().st_mode & 0o77]


@pytest.mark.parametrize("name", ["copytree", "write_whole"])
async def test_a_backup_that_finds_no_room_is_taken_away(filled, tmp_path, monkeypatch, name):
    fail_on(monkeypatch, backup if name == "write_whole" else backup.shutil, name, 1)
    with pytest.raises(JudderError, match="No space left"):
        await asyncio.to_thread(back_up, tmp_path / "data", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("where", ["copy", "models/copy"])
async def test_a_backup_is_not_put_into_what_it_copies(filled, tmp_path, where):
    with pytest.raises(JudderError, match="is inside"):
        back_up(tmp_path / "data", tmp_path / "data" / where)


async def test_a_folder_that_is_there_is_not_written_into(filled, tmp_path):
    (tmp_path / "copy").mkdir()
    with pytest.raises(JudderError, match="there already"):
        back_up(tmp_path / "data", tmp_path / "copy")
    await asyncio.to_thread(back_up, tmp_path / "data", tmp_path / "other")
    with pytest.raises(JudderError, match="holds a server's data already"):
        restore(tmp_path / "other", tmp_path / "data")


async def test_a_backup_is_its_owners_only(filled, tmp_path):
    await asyncio.to_thread(back_up, tmp_path / "data", tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_mode & 0o77 == 0
    assert (tmp_path / "copy" / FILE_NAME).stat().st_mode & 0o77 == 0


async def test_the_verbs_say_what_was_copied(filled, tmp_path):
    from judder.cli import backup, restore  # noqa: F401
    from judder.cli.app import app

    made = await asyncio.to_thread(
        CliRunner().invoke, app, ["backup", str(tmp_path / "c d"), "--data-dir", str(tmp_path / "data")]
    )
    assert made.exit_code == 0 and "13 windows" in made.output and "'c d'" not in made.stdout
    put = CliRunner().invoke(app, ["restore", str(tmp_path / "c d"), "--data-dir", str(tmp_path / "x")])
    assert put.exit_code == 0 and on_disk(tmp_path / "x") == on_disk(tmp_path / "data")
