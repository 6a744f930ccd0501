"""What every store promises of alerts, incidents and messages."""

from dataclasses import replace

import pytest
from judder.server.storage.rows import Trouble

from tests.host.stores import alert, begin

# Alerts and incidents


async def test_an_alert_is_found_as_it_began_and_ended(store):
    number = await begin(store, alert(started_us=10))
    assert await store.read(lambda unit: unit.alerts.on()) == [replace(alert(), id=number)]
    await store.write(lambda unit: unit.alerts.end(number, 20))
    assert await store.read(lambda unit: unit.alerts.on()) == []
    assert (await store.read(lambda unit: unit.alerts.find(number))).ended_us == 20
    assert await store.read(lambda unit: unit.alerts.find(number + 1)) is None


async def test_the_newest_alerts_come_first(store):
    numbers = [await begin(store, alert(seq)) for seq in range(4)]
    found = await store.read(lambda unit: unit.alerts.newest(3))
    assert [alert.id for alert in found] == numbers[:0:-1]


async def test_the_first_acknowledgement_of_an_alert_counts(store):
    number = await begin(store, alert())
    for at_us in (30, 40):
        await store.write(lambda unit, at_us=at_us: unit.alerts.acknowledge(number, at_us))
    assert (await store.read(lambda unit: unit.alerts.find(number))).acknowledged_us == 30


async def test_a_joined_alert_begins_where_the_late_one_did_and_ends_where_it_does(store):
    following = await begin(store, alert(9, started_us=90, ended_us=95))
    late = await begin(store, replace(alert(5, started_us=50, ended_us=89), score=7.5, why="late"))
    await store.write(lambda unit: unit.alerts.join(late, following))
    (found,) = await store.read(lambda unit: unit.alerts.newest(9))
    assert found == replace(alert(5, started_us=50), id=following, ended_us=95, score=7.5, why="late")


async def test_a_notice_rises_once_with_the_verdict_of_that_and_is_seen_anew(store):
    number = await begin(store, alert(level="notice", acknowledged_us=15))
    by = replace(alert(5, started_us=50), score=7.5, why="risen", mounting_changed=True)
    risen = await store.write(lambda unit: unit.alerts.rise(number, by))
    verdict = {"score": 7.5, "why": "risen", "mounting_changed": True}
    assert risen == replace(alert(raised_us=50), id=number, **verdict)
    assert await store.read(lambda unit: unit.alerts.find(number)) == risen
    assert await store.write(lambda unit: unit.alerts.rise(number, alert(6, started_us=60))) is None
    assert await store.read(lambda unit: unit.alerts.find(number)) == risen


@pytest.mark.parametrize(
    ("late", "following", "level", "raised_us", "score"),
    [
        (dict(level="notice"), dict(level="notice"), "notice", None, 7.5),
        (dict(level="notice"), dict(level="alarm"), "alarm", 90, 3.5),
        (dict(level="notice"), dict(level="alarm", raised_us=95), "alarm", 95, 3.5),
        (dict(level="alarm"), dict(level="notice"), "alarm", None, 7.5),
        (dict(level="alarm", raised_us=60), dict(level="alarm"), "alarm", 60, 7.5),
    ],
)
async def test_a_joined_alert_has_the_higher_level_and_its_verdict(
    store, late, following, level, raised_us, score
):
    second = await begin(store, alert(9, started_us=90, **following))
    first = await begin(store, replace(alert(5, started_us=50, **late), score=7.5))
    await store.write(lambda unit: unit.alerts.join(first, second))
    (found,) = await store.read(lambda unit: unit.alerts.newest(9))
    assert (found.level, found.raised_us, found.score) == (level, raised_us, score)
    assert (found.seq, found.started_us) == (5, 50)


async def test_an_alert_is_known_by_the_window_it_began_with(store):
    number = await begin(store, alert(9))
    assert (await store.read(lambda unit: unit.alerts.begun_at("fan", 1, 9))).id == number
    for name in (("fan", 1, 8), ("fan", 2, 9), ("pump", 1, 9)):
        assert await store.read(lambda unit, name=name: unit.alerts.begun_at(*name)) is None


@pytest.mark.parametrize(
    ("ended_us", "seq", "at_us", "spans"),
    [(None, 5, 60, True), (None, 4, 60, False), (61, 5, 60, True), (60, 5, 60, False)],
)
async def test_an_alert_spans_later_windows_until_it_ends(store, ended_us, seq, at_us, spans):
    number = await begin(store, alert(4, ended_us=ended_us))
    found = await store.read(lambda unit: unit.alerts.spanning("fan", 1, seq, at_us))
    assert (found.id if found else None) == (number if spans else None)
    assert await store.read(lambda unit: unit.alerts.spanning("pump", 1, seq, at_us)) is None


@pytest.mark.parametrize(("ended_us", "any_since"), [(None, True), (50, True), (49, False)])
async def test_an_alert_counts_since_a_time_that_it_outlasts(store, ended_us, any_since):
    await begin(store, alert(ended_us=ended_us))
    assert await store.read(lambda unit: unit.alerts.any_since("fan", 50)) is any_since
    assert await store.read(lambda unit: unit.alerts.any_since("pump", 50)) is False


async def test_an_incident_is_what_its_alerts_come_to(store):
    first = await begin(store, alert(1, started_us=10, ended_us=20, acknowledged_us=15))
    second = await begin(store, alert(2, started_us=30))

    def adopt(unit):
        for each in unit.incidents.new_alerts():
            unit.incidents.adopt(each, unit.incidents.find_open(each.device))
        return unit.incidents.new_alerts()

    assert await store.write(adopt) == []
    (incident,) = await store.read(lambda unit: unit.incidents.open())
    assert (incident.id, incident.alert, incident.started_us) == (first, second, 10)
    assert (incident.ended_us, incident.acknowledged_us, incident.told_us) == (None, 15, None)
    await store.write(lambda unit: unit.alerts.end(second, 40))
    (incident,) = await store.read(lambda unit: unit.incidents.open())
    assert incident.ended_us == 40


@pytest.mark.parametrize(
    ("levels", "level", "acknowledged_us"),
    [
        (("notice", "notice"), "notice", None),
        (("alarm", "notice"), "alarm", 15),
        (("notice", "alarm"), "alarm", 16),
    ],
)
async def test_an_incident_has_the_highest_level_and_is_seen_where_an_alarm_was(
    store, levels, level, acknowledged_us
):
    for seq, each in enumerate(levels):
        await begin(store, alert(seq, level=each, acknowledged_us=15 + seq))

    def adopt(unit):
        for each in unit.incidents.new_alerts():
            unit.incidents.adopt(each, unit.incidents.find_open(each.device))

    await store.write(adopt)
    (incident,) = await store.read(lambda unit: unit.incidents.open())
    assert (incident.level, incident.told_level) == (level, None)
    assert incident.acknowledged_us == acknowledged_us


async def test_an_incident_is_open_until_people_were_told_that_it_is_over(store):
    number = await begin(store, alert())
    await store.write(lambda unit: unit.incidents.adopt(unit.alerts.find(number), None))
    await store.write(lambda unit: unit.incidents.told(number, 50, "alarm"))
    (incident,) = await store.read(lambda unit: unit.incidents.open())
    assert incident.told_level == "alarm"
    assert (incident.told_us, await store.read(lambda unit: unit.incidents.find_open("fan"))) == (50, number)
    await store.write(lambda unit: unit.incidents.close(number, 60))
    assert await store.read(lambda unit: unit.incidents.open()) == []
    assert await store.read(lambda unit: unit.incidents.find_open("fan")) is None


async def test_an_open_incident_without_an_alert_is_dropped(store):
    following, late = await begin(store, alert(9)), await begin(store, alert(5))
    await store.write(lambda unit: unit.incidents.adopt(unit.alerts.find(late), None))
    await store.write(lambda unit: unit.alerts.join(late, following))
    assert await store.read(lambda unit: unit.incidents.open()) == []
    await store.write(lambda unit: unit.incidents.drop_empty())
    assert await store.read(lambda unit: unit.incidents.find_open("fan")) is None


# The outbox


async def test_who_still_has_a_message_about_it_to_deliver_is_not_reached(store):
    await store.write(lambda unit: unit.outbox.post("a", ["mail", "mqtt", "webhook"], "{}", 10, "fan"))
    await store.write(lambda unit: unit.outbox.post("b", ["mail"], "{}", 10, "pump"))
    mail, mqtt = [await store.read(lambda unit, n=n: unit.outbox.next(n).id) for n in ("mail", "mqtt")]
    await store.write(lambda unit: unit.outbox.delivered(mail, 20))
    await store.write(lambda unit: unit.outbox.failed(mqtt, "refused", 20, 20))
    reached = await store.read(lambda unit: unit.outbox.reached(["webhook", "mqtt", "mail", "new"], "fan"))
    assert reached == ["mqtt", "mail", "new"]


async def test_messages_come_in_the_order_in_which_they_were_posted(store):
    for k in range(3):
        await store.write(lambda unit, k=k: unit.outbox.post(f"key-{k}", ["mail", "mqtt"], f"{k}", 10 + k))
    for k in range(3):
        letter = await store.read(lambda unit: unit.outbox.next("mail"))
        assert (letter.message, letter.created_us, letter.due_us, letter.attempts) == (
            f"{k}",
            10 + k,
            10 + k,
            0,
        )
        await store.write(lambda unit, number=letter.id: unit.outbox.delivered(number, 99))
    assert await store.read(lambda unit: unit.outbox.next("mail")) is None
    assert await store.read(lambda unit: unit.outbox.waiting()) == {"mqtt": 3}


async def test_a_message_that_failed_comes_again_before_those_after_it_about_the_same(store):
    for key in "ab":
        await store.write(lambda unit, key=key: unit.outbox.post(key, ["mail"], key, 10, "fan"))
    number = (await store.read(lambda unit: unit.outbox.next("mail"))).id
    await store.write(lambda unit: unit.outbox.failed(number, "no answer", 500, None))
    letter = await store.read(lambda unit: unit.outbox.next("mail"))
    assert (letter.id, letter.message, letter.due_us, letter.attempts) == (number, "a", 500, 1)


async def test_a_message_given_up_lets_the_next_one_go(store):
    for key in "ab":
        await store.write(lambda unit, key=key: unit.outbox.post(key, ["mail"], key, 10))
    number = (await store.read(lambda unit: unit.outbox.next("mail"))).id
    await store.write(lambda unit: unit.outbox.failed(number, "refused", 500, 60))
    assert (await store.read(lambda unit: unit.outbox.next("mail"))).message == "b"
    assert await store.read(lambda unit: unit.outbox.waiting()) == {"mail": 1}


async def test_a_message_that_failed_lets_others_pass(store):
    for key in "ab":
        await store.write(lambda unit, key=key: unit.outbox.post(key, ["mail"], key, 10, key))
    number = (await store.read(lambda unit: unit.outbox.next("mail", 10))).id
    await store.write(lambda unit: unit.outbox.failed(number, "no answer", 500, None))
    for at_us, after in ((10, "b"), (500, "b"), (9, None)):
        letter = await store.read(lambda unit, at_us=at_us: unit.outbox.next("mail", at_us))
        assert (letter and letter.message) == after


async def test_what_nobody_asks_for_holds_up_nothing(store):
    for key in "ab":
        await store.write(lambda unit, key=key: unit.outbox.post(key, ["mail"], key, 10, "fan"))
    number = (await store.read(lambda unit: unit.outbox.next("mail"))).id
    assert (await store.read(lambda unit: unit.outbox.next("mail", 10, [number]))).message == "b"


async def test_a_channels_messages_can_be_hurried(store):
    await store.write(lambda unit: unit.outbox.post("a", ["mail", "mqtt"], "a", 500))
    await store.write(lambda unit: unit.outbox.hurry("mail", 20))
    due = {name: await store.read(lambda unit, n=name: unit.outbox.next(n, 20)) for name in ("mail", "mqtt")}
    assert due["mail"].due_us == 20 and due["mqtt"] is None


async def test_what_was_set_aside_is_listed_with_why_and_can_be_tried_again_or_dropped(store):
    for key in "ab":
        await store.write(lambda unit, key=key: unit.outbox.post(key, ["mail"], key, 10, key, key == "b"))
        letter = await store.read(lambda unit: unit.outbox.next("mail"))
        await store.write(lambda unit, n=letter.id: unit.outbox.failed(n, "odd", 50, 60))
    first, second = await store.read(lambda unit: unit.outbox.set_aside())
    assert (first.about, first.ends, first.error, first.given_up_us) == ("a", False, "odd", 60)
    assert second.ends is True
    await store.write(lambda unit: unit.outbox.again(first.id, 99))
    await store.write(lambda unit: unit.outbox.drop(second.id))
    assert await store.read(lambda unit: unit.outbox.set_aside()) == []
    letter = await store.read(lambda unit: unit.outbox.next("mail", 99))
    assert (letter.id, letter.due_us, letter.attempts, letter.error) == (first.id, 99, 0, None)


@pytest.mark.parametrize("about, is_overtaken", [("fan", True), ("pump", False), ("", False)])
async def test_a_message_is_overtaken_by_a_newer_one_about_the_same(store, about, is_overtaken):
    await store.write(lambda unit: unit.outbox.post("a", ["mail"], "a", 10, about))
    number = (await store.read(lambda unit: unit.outbox.next("mail"))).id
    await store.write(lambda unit: unit.outbox.failed(number, "odd", 50, 60))
    await store.write(lambda unit: unit.outbox.post("b", ["mail"], "b", 11, "fan" if about else ""))
    newer = (await store.read(lambda unit: unit.outbox.next("mail"))).id
    assert not await store.read(lambda unit: unit.outbox.is_overtaken(number))
    await store.write(lambda unit: unit.outbox.delivered(newer, 70))
    assert await store.read(lambda unit: unit.outbox.is_overtaken(number)) == is_overtaken


async def test_troubles_are_kept_by_kind_and_about(store):
    first, second = Trouble("silent", "fan", "gone", 5), Trouble("disk", "", "full", 3, 4, 9)
    for trouble in (replace(first, since_us=99), first, second):
        await store.write(lambda unit, trouble=trouble: unit.troubles.save(trouble))
    assert await store.read(lambda unit: unit.troubles.all()) == [second, first]
    await store.write(lambda unit: unit.troubles.drop("silent", "fan"))
    assert await store.read(lambda unit: unit.troubles.all()) == [second]


async def test_old_messages_are_forgotten(store):
    for at_us in (10, 20):
        await store.write(lambda unit, at_us=at_us: unit.outbox.post(f"{at_us}", ["mail"], f"{at_us}", at_us))
    await store.write(lambda unit: unit.outbox.prune(20))
    assert (await store.read(lambda unit: unit.outbox.next("mail"))).message == "20"
