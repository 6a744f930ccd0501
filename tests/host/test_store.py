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
DROP TABLE sums;
DROP TABLE gaps;
DROP TABLE lived;
DROP TABLE dropped;
DROP TABLE forgotten;
ALTER TABLE recordings DROP COLUMN trashed_us;
ALTER TABLE devices DROP COLUMN label;
DROP TABLE learnings;
ALTER TABLE devices DROP COLUMN ordered_model;
ALTER TABLE devices DROP COLUMN ordered_before;
ALTER TABLE devices DROP COLUMN ordered_after;
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
DROP TABLE troubles; DROP TABLE keys; DROP TABLE tokens; DROP TABLE sessions; DROP TABLE audit;
DROP TABLE alerts;
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY, device TEXT NOT NULL, boot_id INTEGER NOT NULL, seq INTEGER NOT NULL,
    judged_by TEXT NOT NULL, model_id TEXT, score REAL, started_us INTEGER NOT NULL, ended_us INTEGER
) STRICT;
INSERT INTO alerts VALUES (1, '020000000002', 1, 7, 'board', NULL, 3.5, 1700000000000000, 1700000001000000);
PRAGMA user_version = 1;
"""


VERSION_6 = Path(__file__).parents[1] / "data" / "judder-schema-6.sql"
"""What Judder wrote when there was one level, as sqlite3's .dump shows it. Board ...01 has no model and is
judged by the host: normal, then suspect, its alert on. Board ...02 hangs another way. Board ...03 has a model
that the server does not know; its alert is over, and people were told.
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


def soon_after():
    """Return when a server takes over what is in VERSION_6: a week later it would drop the windows."""
    return 1_796_060_900.0


@pytest.fixture
def of_version_6(tmp_path):
    """Return the path of a database that a server of before wrote."""
    path = tmp_path / "six" / FILE_NAME
    path.parent.mkdir()
    change(path, f"{VERSION_6.read_text()} PRAGMA user_version = 6;")
    return path


def before(path, select):
    """Return what a database of before says of its windows, in their order."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT {select} FROM windows ORDER BY device, boot_id, seq").fetchall()


async def test_windows_of_one_level_get_the_levels_and_words_of_two(start_server, of_version_6):
    old = before(of_version_6, "judged_by, alarming, state, alert")
    server = await start_server(soon_after, data_dir=of_version_6.parent)
    found = sorted(await server.stored(), key=lambda w: (w["device"], w["boot_id"], w["seq"]))
    assert {state for _, _, state, _ in old} == {"normal", "disturbed", "suspect", "mounting changed", None}
    for window, (judged_by, alarming, state, alert) in zip(found, old, strict=True):
        assert window["level"] == ("alarm" if alert else "normal" if judged_by else None)
        assert window["window_level"] == {1: "alarm", 0: "normal", None: None}[alarming]
        assert window["state"] == {"suspect": "alarm"}.get(state, state)
        assert window["mounting_changed"] is (state == "mounting changed" if judged_by else None)
        assert window["alert"] is bool(alert)


async def test_nothing_else_of_old_windows_changes(start_server, of_version_6):
    kept = "device, seq, boot_id, score, combined_score, threshold, p_value, anomaly, why, hex(counts)"
    old = before(of_version_6, kept)
    await (await start_server(soon_after, data_dir=of_version_6.parent)).stop()
    assert before(of_version_6, kept) == old


async def test_alerts_of_one_level_are_alarms_that_people_know_of(start_server, of_version_6):
    async with receiving() as (receiver, url):
        server = await start_server(
            soon_after, data_dir=of_version_6.parent, webhook_url=url, alert_cooldown_s=0
        )
        alerts = (await server.client.get("/api/v1/alerts"))["alerts"]
        boards = {
            board["device_id"]: board for board in (await server.client.get("/api/v1/devices"))["devices"]
        }
        await server.send(seq=99, flags=FLAG_LOCAL_SCORE)
        await until(lambda: receiver.got)
    found = {(alert["device"], alert["level"], alert["ended_us"] is None) for alert in alerts}
    assert found == {("020000000001", "alarm", True), ("020000000003", "alarm", False)}
    assert (boards["020000000001"]["level"], boards["020000000001"]["alert"]) == ("alarm", True)
    assert [json.loads(body)["kind"] for _, body, _ in receiver.got] == ["recovered"]


async def test_a_database_of_schema_6_gets_the_columns_and_indexes_of_a_new_one(
    start_server, database, of_version_6
):
    new = columns(database), indexed(database)
    assert columns(of_version_6) != new[0] and indexed(of_version_6) != new[1]
    await start_server(soon_after, data_dir=of_version_6.parent)
    assert (columns(of_version_6), indexed(of_version_6)) == new


def indexed(path):
    """Return {index: its columns} of a database."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")
        ]
        return {n: [row[2] for row in connection.execute(f"PRAGMA index_info({n})")] for n in names}


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
