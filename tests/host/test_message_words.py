"""What a message says to people."""

import pytest
from judder.server.notify.message import Message, from_json

SINCE_US = 1_800_000_000_000_000
WHY = "x: energy at 20-25 Hz 6x normal"


def message(kind, **more):
    return Message("k", kind, 0, device_id="020000000001", name="fan", place="attic", why=WHY, **more)


def lines(kind, **more):
    return message(kind, started_us=SINCE_US, **more).text.splitlines()


def test_a_notice_asks_whether_this_is_fine_and_says_what_changed_and_since_when():
    told = lines("notice", baseline_s=410.0, url="http://judder.local:1337")
    assert told[:3] == [
        "Notice: fan (attic) shakes differently.",
        "It is different from the 7 minutes it knows: is this still fine?",
        f"What changed: {WHY}",
    ]
    assert told[3].startswith("Since 2027-01-1") and told[4:] == ["http://judder.local:1337"]


def test_a_notice_of_a_model_that_nobody_knows_asks_the_same():
    assert "It is different from what it knows: is this still fine?" in lines("notice")


@pytest.mark.parametrize("kind", ["alert", "reminder"])
def test_an_alarm_says_that_no_other_day_explains_it(kind):
    subject, meaning, change, _ = lines(kind)
    assert subject.startswith("Alarm: fan (attic) ") and change == f"What changed: {WHY}"
    assert meaning == "This is beyond what another day plausibly shows."


def test_an_alarm_that_was_a_notice_says_since_when_it_is_one():
    assert any(line.startswith("An alarm since 2027") for line in lines("alert", raised_us=SINCE_US + 1))
    assert not any(line.startswith("An alarm since") for line in lines("alert"))


@pytest.mark.parametrize("kind", ["notice", "alert"])
def test_a_changed_mounting_is_told_at_each_level(kind):
    mounting = "The mounting changed, too: the sensor hangs another way than in training."
    assert mounting in lines(kind, mounting_changed=True) and mounting not in lines(kind)


def test_a_recovery_says_no_more_than_that_and_when():
    told = lines("recovered", ended_us=SINCE_US + 60_000_000, raised_us=SINCE_US + 1, mounting_changed=True)
    assert told[0] == "fan (attic) is back to normal." and len(told) == 3
    assert told[2].startswith("Calm since 2027")


def test_a_message_that_waited_while_judder_was_updated_is_still_read():
    kept = '{"key": "k", "kind": "alert", "at_us": 1, "device_id": "1", "why": "x", "started_us": 1}'
    assert from_json(kept).level is None and from_json(kept).subject == "Alarm: 1 shakes differently"
