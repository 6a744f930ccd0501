"""The contract of every store, for keys, tokens, sessions and the audit list."""

from dataclasses import replace

import pytest
from judder.server.storage.access import AUDIT_KEPT, AuditRow, KeyRow, SessionRow, TokenRow

ROWS = {
    "keys": (KeyRow(0, "020000000001", "ab" * 32, 5), KeyRow(0, "020000000002", "cd" * 32, 6, 7, True)),
    "tokens": (TokenRow(0, "anna", "look", "ef" * 32, 5), TokenRow(0, "ben", "administer", "01" * 32, 6)),
    "sessions": (SessionRow(0, "23" * 32, "ef" * 32, 5), SessionRow(0, "45" * 32, "01" * 32, 6)),
}


def of(unit, topic):
    return getattr(unit, topic)


async def add_all(store, topic):
    return [await store.write(lambda unit, row=row: of(unit, topic).add(row)) for row in ROWS[topic]]


async def all_of(store, topic):
    return await store.read(lambda unit: of(unit, topic).all())


@pytest.mark.parametrize("topic", ROWS)
async def test_rows_come_back_as_they_were_the_oldest_first(store, topic):
    numbers = await add_all(store, topic)
    wanted = [replace(row, id=number) for row, number in zip(ROWS[topic], numbers, strict=True)]
    assert await all_of(store, topic) == wanted


@pytest.mark.parametrize("topic", ROWS)
async def test_a_row_takes_the_place_of_that_of_its_number(store, topic):
    first, _ = await add_all(store, topic)
    other = replace(ROWS[topic][1], id=first)
    await store.write(lambda unit: of(unit, topic).put(other))
    assert (await all_of(store, topic))[0] == other


@pytest.mark.parametrize("topic", ROWS)
async def test_a_row_of_a_number_that_is_not_there_is_not_kept(store, topic):
    await store.write(lambda unit: of(unit, topic).put(replace(ROWS[topic][0], id=7)))
    assert await all_of(store, topic) == []


@pytest.mark.parametrize("topic", ROWS)
async def test_the_number_of_a_dropped_row_is_given_to_no_other(store, topic):
    _, last = await add_all(store, topic)
    await store.write(lambda unit: of(unit, topic).drop(last))
    assert [row.id for row in await all_of(store, topic)] == [last - 1]
    assert await store.write(lambda unit: of(unit, topic).add(ROWS[topic][0])) > last


async def test_notes_are_listed_the_newest_first(store):
    for k in range(3):
        await store.write(lambda unit, k=k: unit.audit.note(AuditRow(0, k, "anna", "add key", f"board {k}")))
    found = await store.read(lambda unit: unit.audit.newest(2))
    assert [(note.at_us, note.who, note.what, note.about) for note in found] == [
        (2, "anna", "add key", "board 2"),
        (1, "anna", "add key", "board 1"),
    ]


async def test_of_many_notes_the_oldest_make_room(store):
    def work(unit):
        for k in range(AUDIT_KEPT + 5):
            unit.audit.note(AuditRow(0, k, "anna", "look", ""))

    await store.write(work)
    found = await store.read(lambda unit: unit.audit.newest(2 * AUDIT_KEPT))
    assert (len(found), found[-1].at_us) == (AUDIT_KEPT, 5)
