"""What every store promises, whatever it keeps things in: units of work, windows, recordings, boards."""

import asyncio
import threading
from dataclasses import fields, replace

import pytest
from judder.server.storage.rows import (
    Answer,
    DeviceRow,
    LearningRow,
    ScoreStep,
    WindowHead,
    as_dict,
)
from judder.server.storage.store import StoreError

from tests.host.stores import ANSWER, LASTING, STORES, add, alert, begin, recording, window

# Units of work


async def test_a_unit_that_fails_in_the_middle_leaves_nothing(store):
    number = await begin(store, alert())

    def fail(unit):
        unit.windows.add(window(1))
        unit.alerts.end(number, 99)
        unit.alerts.join(number, unit.alerts.begin(alert(2)))
        unit.incidents.drop_empty()
        unit.outbox.post("key", ["mail"], "{}", 7)
        unit.devices.save(DeviceRow("fan", {}, 1))
        unit.recordings.start(recording())
        unit.learnings.save(LearningRow(1, "fan", "recording", None, None, []))
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await store.write(fail)

    def all_there_is(unit):
        tables = unit.windows.newest(9), unit.devices.all(), unit.recordings.all(), unit.learnings.all()
        return tables, unit.alerts.newest(9), unit.outbox.next("mail")

    assert await store.read(all_there_is) == (([], [], [], []), [replace(alert(), id=number)], None)


async def test_a_unit_sees_what_it_wrote_itself(store):
    def work(unit):
        number = unit.alerts.begin(alert())
        return unit.alerts.find(number)

    assert (await store.write(work)).why == "y: louder"


async def test_works_that_are_written_together_are_all_kept_and_one_that_fails_fails_alone(store):
    def fail(unit):
        unit.windows.add(window(99))
        raise ValueError("in the middle")

    works = [lambda unit, seq=seq: unit.windows.add(window(seq)) for seq in range(3)]
    first, failed, *rest = await store.write_each([works[0], fail, *works[1:]])
    assert isinstance(failed, ValueError) and [first, *rest] == [True] * 3
    kept = await store.read(lambda unit: unit.windows.newest(9))
    assert sorted(each.seq for each in kept) == [0, 1, 2]


async def test_units_that_come_together_are_all_kept_and_one_that_fails_fails_alone(store):
    def fail(unit):
        unit.windows.add(window(99))
        raise ValueError

    works = [lambda unit, seq=seq: unit.windows.add(window(seq)) for seq in range(20)]
    results = await asyncio.gather(
        *map(store.write, [*works[:10], fail, *works[10:]]), return_exceptions=True
    )
    assert [type(result) for result in results] == [bool] * 10 + [ValueError] + [bool] * 10
    assert await store.read(lambda unit: unit.windows.numbers("fan", 1, 0, 99)) == list(range(20))


async def test_units_are_done_in_the_order_in_which_they_came(store):
    async def save(k):
        await store.write(lambda unit: unit.devices.save(DeviceRow("fan", {"k": k}, k)))

    await asyncio.gather(*(save(k) for k in range(50)))
    assert (await store.read(lambda unit: unit.devices.find("fan"))).status_us == 49


async def test_what_was_written_is_there_for_the_next_reader(store):
    for seq in range(20):
        await add(store, window(seq))
        assert await store.read(lambda unit, seq=seq: unit.windows.find("fan", 1, seq))


async def test_reading_changes_nothing(store):
    with pytest.raises(StoreError):
        await store.read(lambda unit: unit.windows.add(window(1)))
    assert await store.read(lambda unit: unit.windows.newest(9)) == []


async def test_nothing_waits_once_all_is_answered(store):
    await asyncio.gather(*(add(store, window(seq)) for seq in range(20)))
    assert store.waiting() == 0


@pytest.mark.parametrize("name", LASTING)
async def test_what_was_written_is_there_after_a_restart(name, tmp_path):
    for expected in ([], ["fan"]):
        store = STORES[name](tmp_path)
        await store.open()
        found = await store.read(lambda unit: [row.id for row in unit.devices.all()])
        await store.write(lambda unit: unit.devices.save(DeviceRow("fan", {}, 1)))
        await store.close()
        assert found == expected


@pytest.mark.parametrize("name", STORES)
async def test_closing_waits_for_what_is_being_written(name, tmp_path):
    store = STORES[name](tmp_path)
    await store.open()
    writes = [asyncio.ensure_future(add(store, window(seq))) for seq in range(50)]
    await asyncio.sleep(0)
    await store.close()
    assert [write.result() for write in writes] == [[True]] * 50


@pytest.mark.parametrize("name", LASTING)
async def test_reading_is_of_one_moment_and_holds_up_no_writing(name, tmp_path):
    store = STORES[name](tmp_path)
    await store.open()
    has_begun, may_end = threading.Event(), threading.Event()

    def read(unit):
        before = unit.windows.newest(9)
        has_begun.set()
        assert may_end.wait(30)
        return before, unit.windows.newest(9)

    reading = asyncio.ensure_future(store.read(read))
    await asyncio.to_thread(has_begun.wait, 30)
    assert await add(store, window(1)) == [True]
    may_end.set()
    assert await reading == ([], [])
    await store.close()


# Windows


async def test_a_window_is_found_as_it_was_kept(store):
    kept = window(7, **as_dict(ANSWER), pose="upright", typecode="f", counts=b"\x00\xff" * 6)
    await add(store, kept)
    assert await store.read(lambda unit: unit.windows.find("fan", 1, 7)) == kept
    assert await store.read(lambda unit: unit.windows.answer("fan", 1, 7)) == ANSWER


@pytest.mark.parametrize("name", [field.name for field in fields(Answer)])
async def test_each_field_of_an_answer_comes_back_with_its_type(store, name):
    answer = replace(Answer(), **{name: getattr(ANSWER, name)})
    await add(store, window(1, **as_dict(answer)))
    found = await store.read(lambda unit: unit.windows.answer("fan", 1, 1))
    assert as_dict(found) == as_dict(answer) and type(getattr(found, name)) is type(getattr(ANSWER, name))


async def test_a_window_that_comes_twice_stays_as_it_was(store):
    assert await add(store, window(7, **as_dict(ANSWER)), window(7, received_us=5)) == [True, False]
    assert await add(store, window(7, received_us=5)) == [False]
    assert await store.read(lambda unit: unit.windows.find("fan", 1, 7)) == window(7, **as_dict(ANSWER))


async def test_a_window_that_never_came_has_no_answer(store):
    await add(store, window(7))
    for name in (("fan", 1, 8), ("fan", 2, 7), ("pump", 1, 7)):
        assert await store.read(lambda unit, name=name: unit.windows.answer(*name)) is None
        assert await store.read(lambda unit, name=name: unit.windows.find(*name)) is None


async def test_the_newest_windows_come_first_and_without_their_samples(store):
    await add(store, window(3), window(1, "pump"), window(2))
    found = await store.read(lambda unit: unit.windows.newest(2))
    assert [(w.device, w.seq, type(w)) for w in found] == [("fan", 2, WindowHead), ("pump", 1, WindowHead)]
    assert [w.seq for w in await store.read(lambda unit: unit.windows.newest(9, "fan"))] == [2, 3]


async def test_scores_keep_the_highest_of_each_step(store):
    low = replace(
        ANSWER, combined_score=1.0, combined_threshold=2.0, p_value=0.5, level="notice", alert=False
    )
    scored = enumerate([(100, ANSWER), (109, low), (95, ANSWER), (130, Answer())])
    await add(store, *(window(seq, received_us=at_us, **as_dict(answer)) for seq, (at_us, answer) in scored))
    await add(store, window(9, "pump", received_us=105, **as_dict(ANSWER)))
    assert await store.read(lambda unit: unit.windows.scores("fan", 100, 10)) == [
        ScoreStep(0, 109, 2.5, 2.0, 2.4, 2.2, 0.012, "alarm", True, 2),
        ScoreStep(3, 130, None, None, None, None, None, None, False, 1),
    ]


async def test_the_numbers_of_a_start_are_its_own_and_rising(store):
    await add(store, window(5), window(3), window(4, "pump"), window(6, boot_id=2), window(9))
    assert await store.read(lambda unit: unit.windows.numbers("fan", 1, 3, 8)) == [3, 5]


# Recordings, boards and what they learn


async def test_recorded_windows_come_by_recording_board_pose_and_time(store):
    one = await store.write(lambda unit: unit.recordings.start(recording("low/normal")))
    two = await store.write(lambda unit: unit.recordings.start(recording("off")))
    mine = [
        window(4, recording=two),
        window(3, recording=one, pose="b"),
        window(2, recording=one, pose="a", received_us=9),
        window(1, recording=one, pose="a", received_us=8),
        window(8, "a fan", recording=one),
    ]
    await add(store, *mine, window(5))
    found = await store.read(lambda unit: unit.windows.recorded())
    low = [("low/normal", seq) for seq in (8, 1, 2, 3)]
    assert [(condition, w.seq) for condition, w in found] == [*low, ("off", 4)]
    assert found[-1][1] == mine[0]


async def test_a_recording_is_changed_where_it_is_told_to(store):
    number = await store.write(lambda unit: unit.recordings.start(recording(wanted=3, device="fan")))
    await store.write(lambda unit: unit.recordings.change(number, state="stopped", pose="upright"))
    expected = replace(recording(wanted=3, device="fan"), id=number, state="stopped", pose="upright")
    assert await store.read(lambda unit: unit.recordings.all()) == [(expected, 0)]


@pytest.mark.parametrize(("wanted", "state"), [(1, "done"), (2, "done"), (3, "running"), (None, "running")])
async def test_a_recording_ends_once_it_holds_what_it_wants(store, wanted, state):
    number = await store.write(lambda unit: unit.recordings.start(recording(wanted=wanted)))
    other = await store.write(lambda unit: unit.recordings.start(recording(wanted=1)))
    await add(store, window(1, recording=number), window(2, recording=number), window(3, recording=other))
    await store.write(lambda unit: unit.recordings.end_full(number, "done"))
    found = await store.read(lambda unit: unit.recordings.all())
    assert [(row.id, row.state, held) for row, held in found] == [(number, state, 2), (other, "running", 1)]


async def test_a_boards_last_report_replaces_the_one_before(store):
    first, last = DeviceRow("fan", {"name": "attic"}, 1, "m-1"), DeviceRow("fan", {"deep": [{"a": None}]}, 2)
    for row in (first, DeviceRow("a pump", {}, 3), last):
        await store.write(lambda unit, row=row: unit.devices.save(row))
    assert await store.read(lambda unit: unit.devices.all()) == [DeviceRow("a pump", {}, 3), last]
    assert await store.read(lambda unit: unit.devices.find("nobody")) is None


async def test_a_learning_is_kept_by_its_recording(store):
    numbers = [await store.write(lambda unit: unit.recordings.start(recording())) for _ in "12"]
    first = LearningRow(numbers[0], "fan", "done", "m-1", None, ["odd", "\u202eodd"])
    second = LearningRow(numbers[1], "fan", "failed", None, "It was stopped.", [])
    for row in (second, replace(first, state="training"), first):
        await store.write(lambda unit, row=row: unit.learnings.save(row))
    assert await store.read(lambda unit: unit.learnings.all()) == [first, second]
