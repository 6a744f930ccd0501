"""What every store holds of dropping windows, and of what it keeps of them: sums, gaps, forgotten boards."""

from dataclasses import replace

import pytest
from judder.server.storage.rows import (
    TRASHED,
    Ages,
    DeviceRow,
    Forgotten,
    Gap,
    LearningRow,
    Lived,
    Scored,
    Sum,
    as_dict,
)

from tests.host.stores import ANSWER, add, alert, begin, recording, window

MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US


def at(minute, second, **more):
    """Return a window that came at that time; it is numbered by the second."""
    seq = minute * 60 + second
    return window(seq, received_us=minute * MINUTE_US + second * 1_000_000 + 1, **more)


async def seqs(store):
    return sorted(w.seq for w in await store.read(lambda unit: unit.windows.newest(999)))


async def test_thinning_leaves_the_first_window_of_each_minute_and_board(store):
    await add(store, at(1, 0), at(1, 1), at(1, 2, device="pump"), at(2, 3), at(2, 4), at(3, 0))
    assert await store.write(lambda unit: unit.windows.thin(3 * MINUTE_US, 99)) == 5
    assert await seqs(store) == [60, 62, 123, 180]


async def test_thinning_goes_on_where_it_stopped(store):
    await add(store, *(at(1, second) for second in range(5)))
    assert [await store.write(lambda unit: unit.windows.thin(HOUR_US, 2)) for _ in range(4)] == [2, 2, 1, 0]
    assert await seqs(store) == [60]


async def test_thinning_takes_the_oldest_first(store):
    await add(store, at(1, 9), at(1, 3), at(1, 5))
    await store.write(lambda unit: unit.windows.thin(HOUR_US, 2))
    assert await seqs(store) == [63, 69]


async def test_thinning_leaves_recordings_and_what_alerts_began_with(store):
    number = await store.write(lambda unit: unit.recordings.start(recording()))
    told = as_dict(ANSWER)
    await add(store, at(1, 0), at(1, 1, recording=number), at(1, 2, **told), at(1, 3, **told))
    await begin(store, alert(62))
    await store.write(lambda unit: unit.windows.thin(HOUR_US, 99))
    assert await seqs(store) == [60, 61, 62]


async def test_ages_tell_whole_windows_from_those_of_a_minute(store):
    number = await store.write(lambda unit: unit.recordings.start(recording()))
    assert await store.read(lambda unit: unit.windows.ages()) == Ages(None, None)
    await add(store, at(0, 1, recording=number), at(1, 0), at(1, 1), at(2, 0))
    await store.write(lambda unit: unit.windows.thin(2 * MINUTE_US, 99))
    assert await store.read(lambda unit: unit.windows.ages()) == Ages(2 * MINUTE_US + 1, MINUTE_US + 1)


async def test_windows_of_a_minute_are_dropped_by_age_and_whole_ones_stay(store):
    await add(store, at(1, 0), at(2, 0), at(3, 0), at(3, 1))
    await store.write(lambda unit: unit.windows.thin(3 * MINUTE_US, 99))
    assert await store.write(lambda unit: unit.windows.drop_minutes(9 * MINUTE_US, 1)) == 1
    assert await seqs(store) == [120, 180, 181]
    assert await store.write(lambda unit: unit.windows.drop_minutes(9 * MINUTE_US, 9)) == 1
    assert await seqs(store) == [180, 181]


async def test_the_windows_of_a_board_are_dropped_but_for_recordings_and_newer_ones(store):
    number = await store.write(lambda unit: unit.recordings.start(recording()))
    await add(store, at(1, 0), at(1, 1), at(1, 2, recording=number), at(1, 3, device="pump"), at(2, 0))
    assert await store.write(lambda unit: unit.windows.drop_of("fan", 2 * MINUTE_US, 1)) == 1
    assert await store.write(lambda unit: unit.windows.drop_of("fan", 2 * MINUTE_US, 9)) == 1
    assert await seqs(store) == [62, 63, 120]


async def test_a_recording_is_dropped_in_steps_and_then_forgotten_with_what_was_learned(store):
    number, other = [await store.write(lambda unit: unit.recordings.start(recording())) for _ in "12"]
    await store.write(lambda unit: unit.learnings.save(LearningRow(number, "fan", "done", None, None, [])))
    await add(store, window(1, recording=number), window(2, recording=number), window(3, recording=other))
    dropped = [await store.write(lambda unit: unit.windows.drop_recorded(number, 1)) for _ in range(3)]
    assert (dropped, await seqs(store)) == ([1, 1, 0], [3])
    await store.write(lambda unit: unit.recordings.drop(number))
    assert [row.id for row, _ in await store.read(lambda unit: unit.recordings.all())] == [other]
    assert await store.read(lambda unit: unit.learnings.all()) == []


async def test_a_recording_in_the_trash_is_read_by_nobody(store):
    number = await store.write(lambda unit: unit.recordings.start(recording()))
    await add(store, window(1, recording=number))
    await store.write(lambda unit: unit.recordings.change(number, state=TRASHED, trashed_us=5))
    assert await store.read(lambda unit: unit.windows.recorded()) == []
    ((row, held),) = await store.read(lambda unit: unit.recordings.all())
    assert (row, held) == (replace(recording(), id=number, state=TRASHED, trashed_us=5), 1)


async def test_when_windows_came_is_known_of_the_last_of_all_and_of_the_oldest_of_a_board(store):
    assert await store.read(lambda unit: unit.windows.newest_us()) is None
    assert await store.read(lambda unit: unit.windows.oldest_of_us("fan")) is None
    await add(store, at(2, 0), at(3, 0), at(1, 0, device="pump"))
    assert await store.read(lambda unit: unit.windows.newest_us()) == MINUTE_US + 1
    assert await store.read(lambda unit: unit.windows.oldest_of_us("fan")) == 2 * MINUTE_US + 1


async def test_what_a_sum_needs_of_a_board_is_read_by_time(store):
    await add(store, at(1, 0), at(1, 1, **as_dict(ANSWER)), at(2, 0), at(1, 3, device="pump"))
    found = await store.read(lambda unit: unit.windows.scored("fan", MINUTE_US, 2 * MINUTE_US))
    assert sorted(found, key=str) == [Scored(2.5, 2.0, "alarm"), Scored(None, None, None)]


def a_sum(begin_us, device="fan", step_us=HOUR_US, windows=3):
    return Sum(device, step_us, begin_us, windows, 2, 1, 0, 1.5, 2.25, [0, 1, 1])


async def test_a_sum_takes_the_place_of_the_one_before(store):
    for one in (a_sum(0), a_sum(0, windows=9), a_sum(0, device="pump"), a_sum(0, step_us=1)):
        await store.write(lambda unit, one=one: unit.sums.keep(one))
    found = await store.read(lambda unit: unit.sums.between("fan", HOUR_US, 0, 1))
    assert found == [a_sum(0, windows=9)]


async def test_sums_are_found_by_board_step_and_time(store):
    for hour in (3, 1, 2):
        await store.write(lambda unit, hour=hour: unit.sums.keep(a_sum(hour * HOUR_US)))
    found = await store.read(lambda unit: unit.sums.between("fan", HOUR_US, HOUR_US, 3 * HOUR_US))
    assert [one.begin_us for one in found] == [HOUR_US, 2 * HOUR_US]
    newest = [
        await store.read(lambda unit, name=name: unit.sums.newest_us(name, HOUR_US)) for name in ("fan", "x")
    ]
    assert newest == [3 * HOUR_US, None]


async def test_old_sums_of_a_step_are_dropped(store):
    for one in (a_sum(1), a_sum(2), a_sum(3), a_sum(1, step_us=1)):
        await store.write(lambda unit, one=one: unit.sums.keep(one))
    assert [await store.write(lambda unit: unit.sums.prune(HOUR_US, 3, 1)) for _ in range(3)] == [1, 1, 0]
    assert await store.read(lambda unit: unit.sums.newest_us("fan", 1)) == 1
    assert await store.read(lambda unit: unit.sums.between("fan", HOUR_US, 0, 9)) == [a_sum(3)]


async def test_what_was_dropped_is_counted_and_what_stays_for_its_minute_is_not(store):
    await add(store, *(at(1, second) for second in range(5)), at(2, 0), at(3, 0), at(3, 1))
    await store.write(lambda unit: unit.windows.thin(3 * MINUTE_US, 99))
    assert await store.read(lambda unit: unit.windows.dropped()) == 4
    await store.write(lambda unit: unit.windows.drop_minutes(2 * MINUTE_US, 99))
    await store.write(lambda unit: unit.windows.drop_of("fan", HOUR_US, 99))
    assert await store.read(lambda unit: unit.windows.dropped()) == 8


async def test_how_long_a_server_ran_comes_newest_first_without_what_is_older_than_wanted(store):
    for lived_us in (10, 20, 20, 30):
        await store.write(lambda unit, at=lived_us: unit.upkeep.note_lived(Lived(at, 900 - at), since_us=15))
    found = await store.read(lambda unit: unit.upkeep.lived())
    assert found == [Lived(30, 870), Lived(20, 880), Lived(20, 880)]


async def test_gaps_come_newest_first(store):
    for gap in (Gap(1, 2), Gap(8, 9), Gap(4, 5)):
        await store.write(lambda unit, gap=gap: unit.upkeep.note_gap(gap))
    assert await store.read(lambda unit: unit.upkeep.gaps()) == [Gap(8, 9), Gap(4, 5), Gap(1, 2)]


async def test_a_forgotten_board_is_known_until_it_is_gone(store):
    for board in (Forgotten("pump", 3), Forgotten("fan", 1), Forgotten("fan", 2)):
        await store.write(lambda unit, board=board: unit.upkeep.forget(board))
    assert await store.read(lambda unit: unit.upkeep.forgotten()) == [
        Forgotten("fan", 2),
        Forgotten("pump", 3),
    ]
    await store.write(lambda unit: unit.upkeep.forgot("fan"))
    assert await store.read(lambda unit: unit.upkeep.forgotten()) == [Forgotten("pump", 3)]


async def test_what_is_known_of_a_board_is_dropped_and_of_no_other(store):
    def fill(unit):
        for name in ("fan", "pump"):
            unit.devices.save(DeviceRow(name, {}, 1, label="attic"))
            number = unit.alerts.begin(alert(device=name))
            unit.incidents.adopt(unit.alerts.find(number), None)
            unit.sums.keep(a_sum(1, device=name))
            unit.learnings.save(LearningRow(unit.recordings.start(recording()), name, "done", None, None, []))

    def drop(unit):
        unit.devices.drop("fan")
        unit.alerts.drop_of("fan")
        unit.sums.drop_of("fan")
        unit.learnings.drop_of("fan")

    await store.write(fill)
    await store.write(drop)
    assert await store.read(lambda unit: unit.devices.all()) == [DeviceRow("pump", {}, 1, label="attic")]
    assert [one.device for one in await store.read(lambda unit: unit.alerts.newest(9))] == ["pump"]
    assert await store.read(lambda unit: unit.incidents.find_open("fan")) is None
    assert await store.read(lambda unit: unit.sums.newest_us("fan", HOUR_US)) is None
    assert [row.device for row in await store.read(lambda unit: unit.learnings.all())] == ["pump"]


async def test_an_alert_is_dropped_alone(store):
    one, other = await begin(store, alert(1)), await begin(store, alert(2))
    await store.write(lambda unit: unit.alerts.drop(one))
    assert [found.id for found in await store.read(lambda unit: unit.alerts.newest(9))] == [other]


@pytest.mark.parametrize("spare", [0, 10**9])
async def test_tidying_loses_nothing(store, spare):
    await add(store, *(window(seq) for seq in range(50)))
    await store.write(lambda unit: unit.windows.drop_of("fan", 1020, 99))
    await store.tidy(spare)
    await store.make_room()
    assert len(await seqs(store)) == 30


async def test_tidying_gives_the_room_of_dropped_rows_back_step_by_step(store):
    await store.tidy(0)
    await add(store, *(window(seq, counts=bytes(60_000)) for seq in range(100)))
    await store.make_room()
    await store.tidy(0)
    before = await store.space()
    await store.write(lambda unit: unit.windows.drop_of("fan", 2**60, 999))
    while await store.tidy(0):
        pass
    await store.make_room()
    assert before.files - (await store.space()).files > 5_500_000


async def test_space_grows_with_what_is_kept(store):
    before = await store.space()
    await add(store, *(window(seq, counts=bytes(6000)) for seq in range(20)))
    after = await store.space()
    assert after.used - before.used >= 120_000
    assert after.files >= after.used and after.free > 0


async def test_a_sound_store_has_no_troubles(store):
    await add(store, window(1))
    assert store.troubles() == []
