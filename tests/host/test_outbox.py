"""A queue of messages goes on whatever is wrong with its head, with its receiver, or with the disk."""

import asyncio
import json

import pytest
from judder.cli.app import app
from judder.server.api.keys import HEALTH, MESSENGER, STORE
from judder.server.notify import messenger, outbox
from judder.server.notify.channel import DeliveryError, RefusedError
from judder.server.notify.letters import Letters
from judder.server.notify.message import Message, make_key
from judder.server.notify.outbox import Courier
from judder.server.storage.store import StoreError
from typer.testing import CliRunner

from tests.host.alerting import ALERT, Board, receiving, until

NOW_US = 1_800_000_000_000_000


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(outbox, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(outbox, "LONGEST_PAUSE_S", 0.01)
    monkeypatch.setattr(outbox, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(messenger, "LOOK_EVERY_S", 0.05)


class Channel:
    """wrong: what delivering a message about each board raises; deaf: what delivering any raises."""

    name, target = "mail", "nobody"

    def __init__(self):
        self.wrong, self.deaf, self.got = {}, None, []

    async def deliver(self, message):
        error = self.deaf or self.wrong.get(message.device_id)
        if error:
            raise error
        self.got.append((message.device_id, message.kind))

    async def run(self, house):
        pass


class Line:
    """A courier with its channel on a store that may be full."""

    def __init__(self, store):
        self.store, self.channel, self.now_us = store, Channel(), [NOW_US]
        self.courier = Courier(self.channel, store, lambda: self.now_us[0])
        self.letters = Letters(store, [self.courier], lambda: self.now_us[0])

    async def post(self, board, kind="alert", about=None, text=None):
        message = Message(make_key(), kind, NOW_US, device_id=board)
        what = message.key, ["mail"], text or message.to_json(), NOW_US, about or board, kind == "recovered"
        await self.store.write(lambda unit: unit.outbox.post(*what))

    async def carry(self, tries=100):
        """Let the courier try so often, a second apart."""
        for _ in range(tries):
            await self.courier.carry_next()
            self.now_us[0] += 1_000_000
            self.courier._rest_until_s = 0.0


@pytest.fixture
def line(store):
    return Line(store)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("year 294247 is out of range"),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "x"),
        KeyError("kind"),
    ],
    ids=["time", "surrogate", "bug"],
)
async def test_a_head_that_fails_as_nobody_foresaw_is_set_aside_and_those_behind_go_out(line, error):
    line.channel.wrong["odd"] = error
    for board in ("odd", "fan", "pump"):
        await line.post(board)
    await line.carry(10)
    assert [board for board, _ in line.channel.got] == ["fan", "pump"]
    (aside,) = await line.letters.refresh()
    assert (aside["channel"], aside["attempts"]) == ("mail", 3) and type(error).__name__ in aside["error"]


async def test_a_message_that_cannot_be_read_is_set_aside(line):
    await line.post("odd", text="{]")
    await line.post("fan")
    await line.carry(10)
    assert [board for board, _ in line.channel.got] == ["fan"]
    assert [each["subject"] for each in await line.letters.refresh()] == ["(cannot be read)"]


async def test_the_tries_are_counted_over_restarts(line):
    line.channel.wrong["odd"] = ValueError("odd")
    await line.post("odd")
    for _ in range(3):
        await Courier(line.channel, line.store, lambda: line.now_us[0]).carry_next()
        line.now_us[0] += 1_000_000
    assert [each["attempts"] for each in await line.letters.refresh()] == [3]


async def test_a_message_that_only_itself_is_not_taken_is_set_aside(line):
    line.channel.wrong["odd"] = DeliveryError("answered 500")
    await line.post("odd")
    await line.carry(2)
    await line.post("fan")
    await line.carry()
    assert [board for board, _ in line.channel.got] == ["fan"]
    assert len(await line.letters.refresh()) == 1


async def test_a_receiver_that_is_away_for_days_loses_nothing_and_keeps_the_order_of_each_incident(line):
    line.channel.deaf = DeliveryError("no answer")
    for board in ("fan", "pump"):
        await line.post(board)
        await line.post(board, "recovered")
    await line.carry(200)
    line.channel.deaf = None
    await line.carry(50)
    assert sorted(line.channel.got) == sorted((b, k) for b in ("fan", "pump") for k in ("alert", "recovered"))
    for board in ("fan", "pump"):
        assert line.channel.got.index((board, "alert")) < line.channel.got.index((board, "recovered"))


async def test_a_recovery_waits_for_its_alert_while_others_pass(line):
    line.channel.wrong["fan"] = DeliveryError("later")
    await line.post("fan")
    await line.post("fan", "recovered")
    await line.post("pump")
    await line.carry(3)
    assert line.channel.got == [("pump", "alert")]
    line.channel.wrong.clear()
    await line.carry(20)
    assert line.channel.got[1:] == [("fan", "alert"), ("fan", "recovered")]


async def test_an_alert_whose_recovery_went_out_is_not_sent_after_it(line):
    line.channel.wrong["fan"] = RefusedError("never")
    await line.post("fan")
    await line.carry(1)
    line.channel.wrong.clear()
    await line.post("fan", "recovered")
    await line.carry(1)
    (aside,) = await line.letters.refresh()
    with pytest.raises(Exception, match="too late"):
        await line.letters.send_again(aside["number"])
    await line.letters.drop(aside["number"])
    assert await line.letters.refresh() == []


async def test_a_message_that_was_set_aside_can_be_sent_again(line):
    line.channel.wrong["fan"] = RefusedError("never")
    await line.post("fan")
    await line.carry(1)
    (aside,) = await line.letters.refresh()
    line.channel.wrong.clear()
    await line.letters.send_again(aside["number"])
    await line.carry(1)
    assert line.channel.got == [("fan", "alert")] and await line.letters.refresh() == []


async def test_what_is_set_aside_is_a_problem_until_somebody_has_dealt_with_it(line):
    line.channel.wrong["fan"] = RefusedError("never")
    await line.post("fan")
    await line.carry(1)
    (aside,) = await line.letters.refresh()
    assert [each.about for each in line.letters.problems()] == ["mail set aside"]
    await line.letters.drop(aside["number"])
    assert list(line.letters.problems()) == []


async def test_messages_that_wait_for_long_are_a_problem_that_says_why(line):
    line.channel.deaf = DeliveryError("no answer")
    await line.post("fan")
    await line.carry(2)
    assert list(line.courier.problems()) == []
    line.now_us[0] += 600_000_000
    (problem,) = line.courier.problems()
    assert problem.sentence == "Messages to mail do not go out: no answer" and problem.severe
    line.channel.deaf = None
    await line.carry(400)
    assert list(line.courier.problems()) == []


class Full:
    """A store whose disk takes nothing while it is full."""

    def __init__(self, store):
        self._store, self.is_full = store, False

    async def read(self, work):
        return await self._store.read(work)

    async def write(self, work):
        if self.is_full:
            raise StoreError("The disk is full.")
        return await self._store.write(work)


async def test_what_was_delivered_while_the_disk_is_full_is_not_sent_twice(store):
    line = Line(Full(store))
    for board in ("fan", "pump"):
        await line.post(board)
    line.store.is_full = True
    await line.carry(20)
    assert [board for board, _ in line.channel.got] == ["fan", "pump"] and line.courier.delivered == 2
    line.store.is_full = False
    await line.carry(1)
    again = Line(store)
    await again.carry(5)
    assert again.channel.got == []


async def test_a_message_that_the_disk_did_not_take_goes_out_and_is_told_as_a_problem(store):
    line = Line(Full(store))
    line.store.is_full = True
    line.courier.hold(Message("key", "problem", NOW_US, sentences=("full",)))
    assert "wait in memory" in next(line.courier.problems()).sentence
    await line.carry(1)
    assert line.channel.got == [("", "problem")] and list(line.courier.problems()) == []


@pytest.mark.parametrize("error", [RefusedError("no"), ValueError("odd")])
async def test_a_held_message_that_fails_holds_up_no_other(line, error):
    line.channel.wrong["odd"] = error
    for board in ("odd", "fan"):
        line.courier.hold(Message("key", "problem", NOW_US, device_id=board))
    await line.carry(2)
    assert line.channel.got == [("fan", "problem")]


async def test_after_a_restart_what_waits_is_due_at_once_whatever_the_clock_says(line):
    line.channel.deaf = DeliveryError("no answer")
    await line.post("fan")
    line.now_us[0] += 86_400_000_000
    await line.carry(1)
    channel = Channel()
    running = asyncio.create_task(Courier(channel, line.store, lambda: NOW_US).run())
    await until(lambda: channel.got)
    running.cancel()


# Over the server


async def test_a_frame_from_beyond_all_calendars_is_refused_and_a_stored_one_stops_no_channel(start_server):
    async with receiving() as (receiver, url):
        server = await start_server(webhook_url=url)
        late = Message("key", "alert", 2**63 - 1, device_id="fan", started_us=2**63 - 1)
        await server.app[STORE].write(lambda unit: unit.outbox.post("key", ["webhook"], late.to_json(), 1))
        await Board(server).send(alert=True)
        await until(lambda: len(receiver.got) == 2)
    assert "which is no time" in json.loads(receiver.got[0][1])["text"]


async def test_set_aside_messages_are_listed_sent_again_and_dropped(start_server):
    async with receiving() as (receiver, url):
        receiver.answers = [422, 422]
        server = await start_server(webhook_url=url)
        for device in (1, 2):
            await server.send(device_id=bytes([2, 0, 0, 0, 0, device]), flags=ALERT)
        await until(lambda: len(receiver.got) == 2)
        await until(lambda: server.app[MESSENGER].couriers[0].given_up == 2)
        status, body = await server.ask("GET", "/api/v1/messages")
        numbers = [each["number"] for each in body["messages"]]
        assert status == 200 and len(numbers) == 2
        server.app[HEALTH].look()
        assert "2 messages to webhook" in server.app[HEALTH].problems()[0].sentence
        path = "/api/v1/messages"
        assert (await server.ask("PATCH", f"{path}/{numbers[0]}", json={"again": True}))[0] == 200
        assert (await server.ask("DELETE", f"{path}/{numbers[1]}"))[0] == 200
        assert (await server.ask("DELETE", f"{path}/{numbers[1]}"))[0] == 404
        await until(lambda: len(receiver.got) == 3)
        await until(lambda: server.app[MESSENGER].couriers[0].delivered == 1)
        assert (await server.ask("GET", path))[1] == {"messages": []}


async def test_the_command_line_lists_them_and_sends_them_again(start_server):
    async with receiving() as (receiver, url):
        receiver.answers = [422]
        server = await start_server(webhook_url=url)
        await Board(server).send(alert=True)
        await until(lambda: server.app[MESSENGER].couriers[0].given_up)

        async def run(*arguments):
            where = ["--server", server.client.url]
            return await asyncio.to_thread(CliRunner().invoke, app, ["alerts", *arguments, *where])

        listed = await run("list", "--json")
        assert "answered 422" in listed.stdout and listed.exit_code == 0
        assert "judder alerts send 1" in (await run("list")).stderr
        assert (await run("send", "1")).exit_code == 0
        await until(lambda: len(receiver.got) == 2)
        assert (await run("drop", "1")).exit_code == 1
        assert "every message was sent" in (await run("list")).stdout
