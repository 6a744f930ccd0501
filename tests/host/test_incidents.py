"""What people are told of: an incident once, again until somebody has seen it, and when it is over."""

import json
from dataclasses import replace

import pytest
from judder.server.notify.incidents import Rules, follow
from judder.server.storage.memory.store import MemoryStore
from judder.server.storage.rows import Alert, DeviceRow
from judder.server.storage.sqlite.store import SqliteStore

MINUTE = 60_000_000
RULES = Rules(cooldown_us=5 * MINUTE, repeat_us=60 * MINUTE, url="http://judder.local:1337")


class Machine:
    """One board's alerts in a store, and what is told of them. Times are in minutes.

    got: the messages of each channel so far.
    """

    def __init__(self, store):
        self.read, self.write = store.read, store.write
        self.rules = RULES
        self.got = {"webhook": []}

    async def begin(self, at, device="fan", level="alarm", **more):
        alert = make_alert(at, device, level, **more)
        return await self.write(lambda unit: unit.alerts.begin(alert))

    async def rise(self, number, at):
        await self.write(lambda unit: unit.alerts.rise(number, make_alert(at)))

    async def end(self, number, at):
        await self.write(lambda unit: unit.alerts.end(number, at * MINUTE))

    async def acknowledge(self, number, at):
        await self.write(lambda unit: unit.alerts.acknowledge(number, at * MINUTE))

    async def told(self, *times):
        """Follow at each of times; return what was told then, one list a time."""
        return [[message["kind"] for message in await self._told(at * MINUTE)] for at in times]

    async def _told(self, now_us):
        await self.write(lambda unit: follow(unit, self.rules, self.got, now_us))
        new = {name: await self.write(lambda unit, name=name: _carried(unit, name)) for name in self.got}
        for name, messages in new.items():
            self.got[name] += messages
        return new.get("webhook", [])


def make_alert(at, device="fan", level="alarm", **more):
    why = "x: energy at 20-25 Hz 6x normal"
    return Alert(0, device, 1, 1, "board", None, None, at * MINUTE, level, why=why, **more)


def _carried(unit, channel):
    messages = []
    while letter := unit.outbox.next(channel):
        messages.append(json.loads(letter.message))
        unit.outbox.delivered(letter.id, letter.due_us)
    return messages


@pytest.fixture(params=["sqlite", "memory"])
async def machine(request, tmp_path):
    store = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path)
    await store.open()
    yield Machine(store)
    await store.close()


async def test_an_alert_is_told_once(machine):
    await machine.begin(at=1)
    assert await machine.told(1, 2, 3) == [["alert"], [], []]


async def test_an_incident_nobody_saw_is_told_again_every_hour(machine):
    await machine.begin(at=1)
    assert await machine.told(1, 60, 61, 62, 121) == [["alert"], [], ["reminder"], [], ["reminder"]]


async def test_a_channel_that_was_away_for_a_day_gets_one_message_for_one_alarm(machine):
    await machine.begin(at=1)
    machine.got["mail"] = []
    for at in range(1, 24 * 60):
        await machine.write(lambda unit, at=at: follow(unit, machine.rules, ["mail", "webhook"], at * MINUTE))
        await machine.write(lambda unit: _carried(unit, "webhook"))
    kinds = [message["kind"] for message in await machine.write(lambda unit: _carried(unit, "mail"))]
    assert kinds == ["alert"]
    assert await machine.told(24 * 60 + 1) == [["reminder"]]


async def test_acknowledging_silences_the_reminders(machine):
    number = await machine.begin(at=1)
    assert await machine.told(1) == [["alert"]]
    await machine.acknowledge(number, at=2)
    assert await machine.told(61, 600) == [[], []]


async def test_an_acknowledged_incident_still_says_that_it_is_over(machine):
    number = await machine.begin(at=1)
    await machine.told(1)
    await machine.acknowledge(number, at=2)
    await machine.end(number, at=3)
    assert await machine.told(7, 8) == [[], ["recovered"]]


async def test_recovery_is_told_once_after_the_cool_down(machine):
    await machine.end(await machine.begin(at=1), at=10)
    assert await machine.told(10, 14, 15, 16) == [["alert"], [], ["recovered"], []]


async def test_a_fan_that_hovers_about_its_threshold_is_one_incident(machine):
    told = []
    for k in range(20):
        number = await machine.begin(at=3 * k)
        told += await machine.told(3 * k + 1)
        await machine.end(number, at=3 * k + 2)
        told += await machine.told(3 * k + 2)
    assert [kind for kinds in told for kind in kinds] == ["alert"]
    assert await machine.told(3 * 19 + 2 + 5) == [["recovered"]]


async def test_an_alert_after_enough_calm_is_an_incident_of_its_own(machine):
    await machine.end(await machine.begin(at=1), at=2)
    await machine.told(2)
    await machine.begin(at=9)
    assert await machine.told(9) == [["recovered", "alert"]]


async def test_an_incident_of_a_backlog_is_over_once_no_more_of_it_comes(machine):
    late = await machine.begin(at=1)
    await machine.end(late, at=2)
    assert await machine.told(60) == [["alert"]]
    await machine.end(late, at=20)
    assert await machine.told(61, 64, 65) == [[], [], ["recovered"]]
    assert machine.got["webhook"][-1]["ended_us"] == 20 * MINUTE


async def test_an_alert_that_proved_part_of_another_keeps_none_after_it_quiet(machine):
    late = await machine.begin(at=1)
    assert await machine.told(2) == [["alert"]]
    following = await machine.begin(at=3)
    await machine.write(lambda unit: unit.alerts.join(late, following))
    assert await machine.told(3) == [["alert"]]


async def test_alerts_raised_while_the_messenger_was_away_are_told_when_it_is_back(machine):
    await machine.begin(at=1, device="left")
    await machine.begin(at=2, device="right")
    assert await machine.told(500) == [["alert", "alert"]]


async def test_two_boards_have_incidents_of_their_own(machine):
    left = await machine.begin(at=1, device="left")
    await machine.begin(at=1, device="right")
    await machine.told(1)
    await machine.end(left, at=2)
    assert await machine.told(7) == [["recovered"]]
    assert machine.got["webhook"][-1]["device_id"] == "left"


async def test_each_channel_gets_each_message_under_the_same_key(machine):
    machine.got = {"webhook": [], "mail": []}
    await machine.begin(at=1)
    await machine.told(1)
    assert machine.got["webhook"] == machine.got["mail"] != []


async def test_without_a_channel_incidents_are_followed_and_nothing_waits(machine):
    machine.got = {}
    await machine.begin(at=1)
    await machine.told(1)
    assert await machine.read(lambda unit: unit.outbox.waiting()) == {}
    (incident,) = await machine.read(lambda unit: unit.incidents.open())
    assert incident.told_us == MINUTE


async def test_no_reminders_come_where_none_are_wished_for(machine):
    machine.rules = Rules(cooldown_us=0, repeat_us=0)
    await machine.begin(at=1)
    assert await machine.told(1, 100000) == [["alert"], []]


async def test_a_message_names_the_board_and_what_drove_the_alert(machine):
    fan = DeviceRow("fan", {"name": "attic fan", "place": "attic"}, 0)
    await machine.write(lambda unit: unit.devices.save(fan))
    await machine.begin(at=1)
    await machine.told(1)
    (message,) = machine.got["webhook"]
    assert (message["name"], message["place"]) == ("attic fan", "attic")
    assert message["why"] == "x: energy at 20-25 Hz 6x normal" and message["url"] == RULES.url


# Two levels


async def test_a_notice_is_told_once_and_not_again(machine):
    await machine.begin(at=1, level="notice")
    assert await machine.told(1, 61, 600) == [["notice"], [], []]
    assert machine.got["webhook"][0]["level"] == "notice"


async def test_a_notice_that_rises_is_one_incident_told_again(machine):
    number = await machine.begin(at=1, level="notice")
    assert await machine.told(1) == [["notice"]]
    await machine.rise(number, at=9)
    assert await machine.told(9, 10, 69) == [["alert"], [], ["reminder"]]
    first, second, _ = machine.got["webhook"]
    assert first["fault"] == second["fault"] and second["level"] == "alarm"
    assert (second["started_us"], second["raised_us"]) == (MINUTE, 9 * MINUTE)
    await machine.end(number, at=70)
    assert await machine.told(75) == [["recovered"]]


async def test_an_alarm_after_a_notice_of_the_same_incident_is_told(machine):
    await machine.end(await machine.begin(at=1, level="notice"), at=2)
    assert await machine.told(2) == [["notice"]]
    await machine.begin(at=4)
    assert await machine.told(4) == [["alert"]]


async def test_a_notice_after_an_alarm_of_the_same_incident_is_no_news(machine):
    await machine.end(await machine.begin(at=1), at=2)
    assert await machine.told(2) == [["alert"]]
    await machine.begin(at=4, level="notice")
    assert await machine.told(4) == [[]]


async def test_a_notice_that_rose_before_anybody_was_told_is_told_as_an_alarm_only(machine):
    await machine.rise(await machine.begin(at=1, level="notice"), at=2)
    assert await machine.told(3, 4) == [["alert"], []]


async def test_who_has_seen_the_notice_is_still_reminded_of_the_alarm(machine):
    number = await machine.begin(at=1, level="notice")
    await machine.told(1)
    await machine.acknowledge(number, at=2)
    await machine.rise(number, at=3)
    assert await machine.told(3, 63) == [["alert"], ["reminder"]]


async def test_an_alarm_that_comes_back_after_it_was_seen_is_told_once_more_and_reminded_of(machine):
    number = await machine.begin(at=1)
    assert await machine.told(1) == [["alert"]]
    await machine.acknowledge(number, at=2)
    await machine.end(number, at=4)
    await machine.begin(at=4)
    assert await machine.told(4, 5, 64) == [["alert"], [], ["reminder"]]


async def test_a_notice_that_rises_after_an_alarm_was_seen_is_told(machine):
    number = await machine.begin(at=1)
    await machine.told(1)
    await machine.acknowledge(number, at=2)
    await machine.end(number, at=3)
    notice = await machine.begin(at=4, level="notice")
    assert await machine.told(4) == [[]]
    await machine.rise(notice, at=5)
    assert await machine.told(5, 6) == [["alert"], []]


async def test_an_alarm_seen_once_more_is_quiet_again(machine):
    for at in (1, 4):
        number = await machine.begin(at=at)
        await machine.told(at)
        await machine.acknowledge(number, at=at + 1)
        await machine.end(number, at=at + 2)
    assert await machine.told(7, 11, 12) == [[], ["recovered"], []]


async def test_of_a_notice_nobody_is_told_who_wants_alarms_only(machine):
    machine.rules = replace(RULES, least="alarm")
    await machine.end(await machine.begin(at=1, level="notice"), at=2)
    assert await machine.told(2, 7, 8) == [[], [], []]
    assert await machine.read(lambda unit: unit.incidents.open()) == []


async def test_who_wants_alarms_only_is_told_of_the_notice_that_rose(machine):
    machine.rules = replace(RULES, least="alarm")
    number = await machine.begin(at=1, level="notice")
    assert await machine.told(1) == [[]]
    await machine.rise(number, at=9)
    assert await machine.told(9) == [["alert"]]


async def test_a_message_knows_the_baseline_and_the_mounting(machine):
    await machine.begin(at=1, level="notice", baseline_s=420.0, mounting_changed=True)
    await machine.told(1)
    (message,) = machine.got["webhook"]
    assert (message["baseline_s"], message["mounting_changed"]) == (420.0, True)
