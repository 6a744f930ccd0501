"""The database of an older Judder is brought up to date where it lies."""

import contextlib
import json
import os
import sqlite3
from pathlib import Path

import pytest
from judder.data.loading import load_recordings
from judder.errors import JudderError
from judder.server.storage.sqlite.connection import FILE_NAME
from judder.server.storage.sqlite.schema import SCHEMA_VERSION
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE

from tests.host.alerting import receiving, until

VERSION_1 = """
DROP TABLE learnings;
ALTER TABLE devices DROP COLUMN ordered_model;
DROP TABLE outbox;
DROP TABLE incidents;
DROP TABLE windows;
CREATE TABLE windows (
    device TEXT NOT NULL, boot_id INTEGER NOT NULL, seq INTEGER NOT NULL,
    received_us INTEGER NOT NULL, timestamp_us INTEGER NOT NULL, flags INTEGER NOT NULL,
    sensor INTEGER NOT NULL, sample_rate_hz REAL NOT NULL, scale_g REAL NOT NULL,
    typecode TEXT NOT NULL, counts BLOB NOT NULL,
    judged_by TEXT, model_id TEXT, score REAL, p_value REAL, anomaly INTEGER, alert INTEGER,
    recording INTEGER REFERENCES recordings (id), pose TEXT,
    UNIQUE (device, boot_id, seq)
) STRICT;
DROP TABLE alerts;
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY, device TEXT NOT NULL, boot_id INTEGER NOT NULL, seq INTEGER NOT NULL,
    judged_by TEXT NOT NULL, model_id TEXT, score REAL, started_us INTEGER NOT NULL, ended_us INTEGER
) STRICT;
INSERT INTO alerts VALUES (1, '020000000002', 1, 7, 'board', NULL, 3.5, 1700000000000000, 1700000001000000);
PRAGMA user_version = 1;
"""


@pytest.fixture
async def database(start_server, tmp_path):
    """Return the path of a new database that a server made and left."""
    await (await start_server(data_dir=tmp_path / "old")).stop()
    return tmp_path / "old" / FILE_NAME


def change(path, script):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


async def test_alerts_of_schema_1_are_kept_and_new_ones_added(start_server, database):
    change(database, VERSION_1)
    server = await start_server(data_dir=database.parent)
    await server.send(flags=FLAG_LOCAL_SCORE | FLAG_ALERT)
    new, old = (await server.client.get("/api/v1/alerts"))["alerts"]
    assert (old["seq"], old["score"], old["why"]) == (7, 3.5, None)
    assert (new["seq"], new["why"]) == (0, None)
    with contextlib.closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


async def test_alerts_of_an_older_judder_are_no_news(start_server, database):
    change(database, VERSION_1)
    async with receiving() as (receiver, url):
        server = await start_server(data_dir=database.parent, webhook_url=url)
        await server.send(flags=FLAG_LOCAL_SCORE | FLAG_ALERT)
        await until(lambda: receiver.got)
    ((_, body, _),) = receiver.got
    assert json.loads(body)["device_id"] == "020000000001"


def columns(path):
    """Return {table: {(column, type)}} of a database."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {t: {row[1:3] for row in connection.execute(f"PRAGMA table_info({t})")} for t in tables}


async def test_a_database_of_schema_1_gets_the_columns_of_a_new_one(start_server, database):
    new = columns(database)
    change(database, VERSION_1)
    assert columns(database) != new
    await start_server(data_dir=database.parent)
    assert columns(database) == new


async def test_what_an_older_judder_recorded_is_read_without_a_server(start_server, database):
    server = await start_server(data_dir=database.parent)
    await server.client.post("/api/v1/recordings", {"condition": "normal"})
    await server.send()
    await server.stop()
    change(database, "ALTER TABLE windows DROP COLUMN p_value_is_bound; PRAGMA user_version = 5;")
    (recording,) = load_recordings(database.parent)
    assert (recording.condition, len(recording.segments)) == ("normal", 1)


async def test_a_database_up_to_date_is_opened_as_it_is(start_server, database):
    await start_server(data_dir=database.parent)


async def test_a_folder_has_one_server_at_a_time(start_server, tmp_path):
    first = await start_server(data_dir=tmp_path / "one")
    with pytest.raises(JudderError, match="in use by another"):
        await start_server(data_dir=tmp_path / "one")
    await first.stop()
    await start_server(data_dir=tmp_path / "one")


async def test_a_newer_database_is_left_alone(start_server, database):
    change(database, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(JudderError, match="newer Judder"):
        await start_server(data_dir=database.parent)


@pytest.mark.parametrize(
    ("content", "hint"),
    [(b"x" * 5000, "damaged"), (b"", "a server's, of this Judder")],
    ids=["not a database", "no tables"],
)
def test_a_file_that_cannot_be_read_is_not_taken_for_a_full_disk(content, hint, tmp_path):
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(JudderError) as caught:
        load_recordings(tmp_path)
    assert hint in caught.value.hint


async def test_a_server_says_that_its_file_is_damaged(start_server, database):
    damaged = bytearray(database.read_bytes())
    damaged[100:400] = b"x" * 300
    database.write_bytes(damaged)
    with pytest.raises(JudderError, match="malformed") as caught:
        await start_server(data_dir=database.parent)
    assert "damaged" in caught.value.hint


async def test_a_folder_whose_name_a_url_would_spell_is_read(start_server, tmp_path):
    folder = tmp_path / "fan 100% #1?"
    server = await start_server(data_dir=folder)
    await server.client.post("/api/v1/recordings", {"condition": "normal"})
    await server.send()
    (recording,) = load_recordings(folder)
    assert len(recording.segments) == 1


async def test_a_file_that_may_not_be_written_is_refused_at_once(start_server, database, monkeypatch):
    database.chmod(0o444)
    # root may write it all the same, and is told what anybody else would be
    monkeypatch.setattr(os, "access", lambda path, mode: bool(Path(path).stat().st_mode & 0o222))
    with pytest.raises(JudderError, match="may not be written"):
        await start_server(data_dir=database.parent)
