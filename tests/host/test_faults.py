"""Which alerts people are told of: once a fault, again until somebody has seen it, and when it is over."""

import json
import sqlite3

import pytest
from judder.server.notify.faults import Rules, follow
from judder.server.storage import schema

MINUTE = 60_000_000
RULES = Rules(cooldown_us=5 * MINUTE, repeat_us=60 * MINUTE, url="http://judder.local:1337")


class Machine:
    """One board's alerts on disk, and what is told of them. Times are in minutes."""

    def __init__(self, rules=RULES, channels=("webhook",)):
        self.connection = sqlite3.connect(":memory:")
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript(schema.SCHEMA)
        self._rules = rules
        self._channels = channels

    def begin(self, at, device="fan"):
        with self.connection:
            return self.connection.execute(
                "INSERT INTO alerts (device, boot_id, seq, judged_by, started_us, why) "
                " VALUES (?, 1, 1, 'board', ?, ?)",
                (device, at * MINUTE, "x: energy at 20-25 Hz 6x normal"),
            ).lastrowid

    def end(self, number, at):
        self._set("ended_us", number, at)

    def acknowledge(self, number, at):
        self._set("acknowledged_us", number, at)

    def _set(self, column, number, at):
        with self.connection:
            self.connection.execute(f"UPDATE alerts SET {column} = ? WHERE id = ?", (at * MINUTE, number))

    def told(self, *times):
        """Follow at each of times; return what was told then, one list a time."""
        found = []
        for at in times:
            seen = len(self.messages())
            with self.connection:
                follow(self.connection, self._rules, self._channels, at * MINUTE)
            found.append([message["kind"] for message in self.messages()[seen:]])
        return found

    def messages(self):
        rows = self.connection.execute("SELECT message FROM outbox ORDER BY id").fetchall()
        return [json.loads(row["message"]) for row in rows]


@pytest.fixture
def machine():
    return Machine()


def test_an_alert_is_told_once(machine):
    machine.begin(at=1)
    assert machine.told(1, 2, 3) == [["alert"], [], []]


def test_a_fault_nobody_saw_is_told_again_every_hour(machine):
    machine.begin(at=1)
    assert machine.told(1, 60, 61, 62, 121) == [["alert"], [], ["reminder"], [], ["reminder"]]


def test_acknowledging_silences_the_reminders(machine):
    number = machine.begin(at=1)
    assert machine.told(1) == [["alert"]]
    machine.acknowledge(number, at=2)
    assert machine.told(61, 600) == [[], []]


def test_an_acknowledged_fault_still_says_that_it_is_over(machine):
    number = machine.begin(at=1)
    machine.told(1)
    machine.acknowledge(number, at=2)
    machine.end(number, at=3)
    assert machine.told(7, 8) == [[], ["recovered"]]


def test_recovery_is_told_once_after_the_cool_down(machine):
    machine.end(machine.begin(at=1), at=10)
    assert machine.told(10, 14, 15, 16) == [["alert"], [], ["recovered"], []]


def test_a_fan_that_hovers_about_its_threshold_is_one_fault(machine):
    told = []
    for k in range(20):
        number = machine.begin(at=3 * k)
        told += machine.told(3 * k + 1)
        machine.end(number, at=3 * k + 2)
        told += machine.told(3 * k + 2)
    assert [kind for kinds in told for kind in kinds] == ["alert"]
    assert machine.told(3 * 19 + 2 + 5) == [["recovered"]]


def test_an_alert_after_enough_calm_is_a_fault_of_its_own(machine):
    machine.end(machine.begin(at=1), at=2)
    machine.told(2)
    machine.begin(at=9)
    assert machine.told(9) == [["recovered", "alert"]]


def test_a_fault_of_a_backlog_is_over_once_no_more_of_it_comes(machine):
    late = machine.begin(at=1)
    machine.end(late, at=2)
    assert machine.told(60) == [["alert"]]
    machine.end(late, at=20)
    assert machine.told(61, 64, 65) == [[], [], ["recovered"]]
    assert machine.messages()[-1]["ended_us"] == 20 * MINUTE


def test_an_alert_that_proved_part_of_another_keeps_none_after_it_quiet(machine):
    late = machine.begin(at=1)
    assert machine.told(2) == [["alert"]]
    with machine.connection:
        machine.connection.execute("DELETE FROM alerts WHERE id = ?", (late,))
    machine.begin(at=3)
    assert machine.told(3) == [["alert"]]


def test_alerts_raised_while_the_messenger_was_away_are_told_when_it_is_back(machine):
    machine.begin(at=1, device="left")
    machine.begin(at=2, device="right")
    assert machine.told(500) == [["alert", "alert"]]


def test_two_boards_have_faults_of_their_own(machine):
    left = machine.begin(at=1, device="left")
    machine.begin(at=1, device="right")
    machine.told(1)
    machine.end(left, at=2)
    assert machine.told(7) == [["recovered"]]
    assert machine.messages()[-1]["device_id"] == "left"


def test_each_channel_gets_each_message_under_the_same_key():
    machine = Machine(channels=("webhook", "mail"))
    machine.begin(at=1)
    machine.told(1)
    first, second = machine.messages()
    assert first == second


def test_without_a_channel_faults_are_followed_and_nothing_waits():
    machine = Machine(channels=())
    machine.begin(at=1)
    machine.told(1)
    assert machine.messages() == [] and list(machine.connection.execute("SELECT id FROM faults"))


def test_no_reminders_come_where_none_are_wished_for():
    machine = Machine(Rules(cooldown_us=0, repeat_us=0))
    machine.begin(at=1)
    assert machine.told(1, 100000) == [["alert"], []]


def test_a_message_names_the_board_and_what_drove_the_alert(machine):
    machine.connection.execute(
        "INSERT INTO devices VALUES ('fan', ?, 0, NULL)",
        (json.dumps({"name": "attic fan", "place": "attic"}),),
    )
    machine.begin(at=1)
    machine.told(1)
    (message,) = machine.messages()
    assert (message["name"], message["place"]) == ("attic fan", "attic")
    assert message["why"] == "x: energy at 20-25 Hz 6x normal" and message["url"] == RULES.url
