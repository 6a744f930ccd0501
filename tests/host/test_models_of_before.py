"""A model of version 1 judges as it did when there was one level: the server of then said the same."""

import sqlite3
from array import array
from pathlib import Path

import pytest
from judder_core import wire
from judder_core.window import Window

DATA = Path(__file__).parents[1] / "data"
MODEL = DATA / "fan-3bbd05be.judder.json"
"""What was in service when the windows of judder-schema-6.sql came."""
SAME = ("judged_by", "model_id", "threshold", "combined_threshold", "p_value_is_bound", "anomaly", "why")
NUMBERS = ("score", "combined_score", "p_value")


@pytest.fixture(scope="module")
def then():
    """Return the windows that the host judged, and what was said of them, in the order in which they came."""
    with sqlite3.connect(":memory:") as database:
        database.row_factory = sqlite3.Row
        database.executescript((DATA / "judder-schema-6.sql").read_text())
        return database.execute(
            "SELECT * FROM windows WHERE judged_by = 'host' ORDER BY received_us, rowid"
        ).fetchall()


def as_frame(row):
    window = Window(
        *(array("h", row["counts"]), row["scale_g"], row["sample_rate_hz"], bytes.fromhex(row["device"])),
        *(row["boot_id"], row["seq"], row["timestamp_us"], row["flags"]),
    )
    return bytes(wire.encode_window(window))


@pytest.fixture
async def now(start_server, then):
    """Return what is said of the same windows now."""
    server = await start_server(model=MODEL)
    return [await server.client.send("/api/v1/windows", as_frame(row), wire.CONTENT_TYPE) for row in then]


async def test_scores_and_words_are_those_of_then(now, then):
    assert len(then) > 20
    for answer, row in zip(now, then, strict=True):
        for name in SAME:
            was = bool(row[name]) if name in ("anomaly", "p_value_is_bound") else row[name]
            assert answer[name] == was, name
        for name in NUMBERS:
            assert answer[name] == (None if row[name] is None else pytest.approx(row[name], rel=1e-6)), name


async def test_states_and_the_alert_are_those_of_then_and_there_is_no_notice(now, then):
    words = {"suspect": "alarm"}
    for answer, row in zip(now, then, strict=True):
        assert answer["state"] == words.get(row["state"], row["state"])
        assert answer["alarming"] == bool(row["alarming"]) and answer["alert"] == bool(row["alert"])
        assert answer["level"] == ("alarm" if row["alert"] else "normal")
    assert {row["state"] for row in then} == {"normal", "disturbed", "suspect", "mounting changed"}
    assert all(answer["alarm_score"] is answer["alarm_threshold"] is None for answer in now)


async def test_a_changed_mounting_still_keeps_it_from_alerting(now):
    changed = [answer for answer in now if answer["state"] == "mounting changed"]
    assert changed and all(answer["mounting_changed"] and answer["level"] == "normal" for answer in changed)
