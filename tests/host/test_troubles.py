"""Problems of health reach people: once each, their end once, and no flood."""

import json

import pytest
from judder.server.api.keys import DEVICES, HEALTH, STORE
from judder.server.notify import messenger, outbox, troubles
from judder.server.notify.message import PROBLEM, SOLVED, Message
from judder.server.notify.outbox import Courier
from judder.server.notify.troubles import Troubles
from judder.server.services import probe
from judder.server.services.events import Events
from judder.server.services.health import Health
from judder.server.storage.store import StoreError

from tests.host.alerting import DEVICE, Board, receiving, until

START_US = 1_800_000_000_000_000
COOLDOWN_S = 300


class Channel:
    name, target = "mail", "nobody"


class Watch:
    """A server's health, what is told of it, and a clock that tests move on."""

    def __init__(self, store):
        self.store, self.now_us, self.told = store, START_US, []
        self.health = Health(Events("a"), lambda: self.now_us)
        self.courier = Courier(Channel(), store, lambda: self.now_us)
        self.begin()

    def begin(self):
        """Begin as a server does that starts."""
        clock = lambda: self.now_us  # noqa: E731  a clock is called
        self.troubles = Troubles(self.store, self.health, [self.courier], clock, COOLDOWN_S * 1_000_000, "")
        self.troubles._known = None

    async def load(self):
        known = await self.store.read(lambda unit: unit.troubles.all())
        self.troubles._known = {(each.kind, each.about): each for each in known}

    async def pass_s(self, seconds, step=2):
        """Let time pass, and return (kind, sentences) of each message that it brought."""
        before = len(self.told)
        for _ in range(0, seconds, step):
            self.now_us += step * 1_000_000
            self.health.look()
            await self.troubles.follow()
            await self._take()
        return self.told[before:]

    async def _take(self):
        def take(unit):
            while letter := unit.outbox.next("mail"):
                unit.outbox.delivered(letter.id, self.now_us)
                message = Message(**json.loads(letter.message))
                self.told.append((message.kind, list(message.sentences)))

        await self.store.write(take)


@pytest.fixture
async def watch(store):
    watch = Watch(store)
    await watch.load()
    return watch


async def test_a_problem_that_lasts_is_told_once_and_so_is_its_end(watch):
    watch.health.set("disk", "", "disk: 2 days left")
    assert await watch.pass_s(600) == [(PROBLEM, ["disk: 2 days left"])]
    watch.health.set("disk", "", None)
    assert await watch.pass_s(290) == []
    assert await watch.pass_s(600) == [(SOLVED, ["disk: 2 days left"])]


async def test_a_problem_of_a_moment_is_told_to_nobody(watch):
    watch.health.set("disk", "", "disk: 2 days left")
    assert await watch.pass_s(8) == []
    watch.health.set("disk", "", None)
    assert await watch.pass_s(900) == []


async def test_a_board_that_flaps_for_an_hour_is_told_once(watch):
    told = []
    for k in range(30):
        watch.health.set("silent", "fan", "fan: silent since 10:02." if k % 2 == 0 else None)
        told += await watch.pass_s(120)
    assert told == [(PROBLEM, ["fan: silent since 10:02."])]
    watch.health.set("silent", "fan", None)
    assert await watch.pass_s(400) == [(SOLVED, ["fan: silent since 10:02."])]


async def test_a_hall_of_boards_is_one_message(watch):
    for k in range(200):
        watch.health.set("silent", f"{k:012x}", f"board {k}: silent since 10:02.")
    ((kind, sentences),) = await watch.pass_s(600)
    assert kind == PROBLEM and len(sentences) == 200


async def test_kinds_are_told_apart(watch):
    watch.health.set("disk", "", "full")
    watch.health.set("sensor", "fan", "stuck")
    assert sorted(await watch.pass_s(60)) == [(PROBLEM, ["full"]), (PROBLEM, ["stuck"])]


async def test_a_server_that_starts_anew_tells_nothing_twice_and_ends_what_it_told(watch):
    watch.health.set("disk", "", "full")
    assert len(await watch.pass_s(60)) == 1
    watch.begin()
    await watch.load()
    assert await watch.pass_s(60) == []
    watch.health.set("disk", "", None)
    watch.begin()
    await watch.load()
    assert await watch.pass_s(400) == [(SOLVED, ["full"])]


async def test_boards_that_report_within_a_minute_of_a_start_are_not_told_as_silent(watch):
    watch.health.set("silent", "fan", "gone")
    assert await watch.pass_s(58) == []


async def test_where_the_disk_takes_nothing_messages_are_held_in_memory_and_say_so(watch, monkeypatch):
    async def refuse(work):
        raise StoreError("The disk is full.")

    writes = watch.store.write
    watch.health.set("store", "", "Windows cannot be stored.", severe=True)
    monkeypatch.setattr(watch, "_take", lambda: refuse_nothing())
    monkeypatch.setattr(watch.store, "write", refuse)
    await watch.pass_s(60)
    (held,) = watch.courier._held
    assert held.sentences == ("Windows cannot be stored.", troubles.IN_MEMORY)
    monkeypatch.setattr(watch.store, "write", writes)
    watch.health.set("store", "", None)
    await watch.pass_s(4)
    known = await watch.store.read(lambda unit: unit.troubles.all())
    assert [(each.kind, each.told_us is not None) for each in known] == [("store", True)]


async def refuse_nothing():
    """Take no message."""


# Words


def message(kind, *sentences):
    return Message("key", kind, START_US, sentences=sentences, problem="silent", url="http://judder.local")


def test_the_subject_is_the_first_problem_and_how_many_more():
    assert message(PROBLEM, "attic: silent since 10:02.").subject == "Problem: attic: silent since 10:02"
    assert message(SOLVED, "a: gone.", "b: gone.").subject == "Solved: a: gone (and 1 more)"


def test_the_text_has_a_problem_per_line():
    assert message(PROBLEM, "a: gone.", "b: gone.").text.splitlines() == [
        "Problem: a: gone (and 1 more).",
        "b: gone.",
        "http://judder.local",
    ]


# Over the server


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(outbox, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(messenger, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(troubles, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(troubles, "LASTS_US", 0)
    monkeypatch.setattr(troubles, "LASTS_OF_KIND_US", {})


def got(receiver):
    return [json.loads(body)["subject"] for _, body, _ in receiver.got]


async def test_a_silent_board_and_its_return_reach_a_webhook(impatient, start_server):
    now_s = [1_800_000_000.0]
    async with receiving() as (receiver, url):
        server = await start_server(clock=lambda: now_s[0], webhook_url=url, alert_cooldown_s=0)
        board = Board(server)
        await board.report(name="attic")
        now_s[0] += 60
        await until(lambda: receiver.got)
        await board.report(name="attic")
        await until(lambda: len(receiver.got) == 2)
    first, second = got(receiver)
    assert first.startswith("Problem: attic: silent since ") and second == first.replace("Problem", "Solved")


async def test_a_board_that_nobody_judges_reaches_a_webhook_after_five_minutes(impatient, start_server):
    now_s = [1_800_000_000.0]
    async with receiving() as (receiver, url):
        server = await start_server(clock=lambda: now_s[0], webhook_url=url)
        board = Board(server)
        for _ in range(16):
            await board.report(name="attic", state="normal", model_id="fan-1")
            now_s[0] += 20
        await board.report(name="attic", state="normal", model_id="fan-1")
        await until(lambda: receiver.got)
    assert got(receiver) == ["Problem: attic: judged by nobody for 5 min"]


async def test_a_board_that_reports_to_a_server_that_has_just_started_is_given_time(start_server):
    now_s = [1_800_000_000.0]
    server = await start_server(clock=lambda: now_s[0])
    await Board(server).report(name="attic", model_id="fan-1")
    await server.stop()
    now_s[0] += 5
    again = await start_server(clock=lambda: now_s[0])
    await Board(again).report(name="attic", model_id="fan-1")
    assert (await again.client.get("/api/v1/health"))["problems"] == []


async def test_a_full_disk_reaches_a_webhook_although_the_outbox_cannot_be_written(
    impatient, start_server, monkeypatch
):
    async def refuse(*_):
        raise StoreError("The disk refused: database or disk is full.")

    monkeypatch.setattr(probe, "EVERY_S", 0.02)
    async with receiving() as (receiver, url):
        server = await start_server(webhook_url=url)
        with monkeypatch.context() as full:
            for verb in ("probe", "write"):
                full.setattr(server.app[STORE], verb, refuse)
            await until(lambda: any("Windows cannot be stored" in subject for subject in got(receiver)))
            assert (await server.ask("GET", "/healthz"))[0] == 503
        await until(lambda: server.app[HEALTH].status != "blind")
    assert all(troubles.IN_MEMORY in json.loads(body)["text"] for _, body, _ in receiver.got[:1])


async def test_with_health_messages_off_nobody_is_told(impatient, start_server):
    async with receiving() as (receiver, url):
        server = await start_server(webhook_url=url, health_messages=False)
        server.app[HEALTH].set("disk", "", "full")
        await Board(server).send(alert=True)
        await until(lambda: receiver.got)
    assert [json.loads(body)["kind"] for _, body, _ in receiver.got] == ["alert"]


# Boards


async def problems(server):
    server.app[HEALTH].look()
    return {(each.kind, each.sentence) for each in server.app[HEALTH].problems()}


@pytest.mark.parametrize(
    "status, kind, sentence",
    [
        ({"state": "sensor fault", "sensor_error": "No samples come."}, "sensor", "fan: No samples come."),
        ({"sensor_error": "3.0 % of its reads fail."}, "sensor", "fan: 3.0 % of its reads fail."),
        ({"model_error": "golden score is off"}, "model", "fan: its model does not run: golden score is off"),
        ({"safe_mode": True}, "reset_loop", "fan: it crashed three times in a row and only reports."),
    ],
)
async def test_what_a_board_says_is_wrong_is_a_problem(server, status, kind, sentence):
    await Board(server).report(name="fan", **status)
    assert (kind, sentence) in await problems(server)


async def test_a_board_in_a_crash_loop_is_a_problem_and_not_normal(server):
    board = Board(server)
    for boot_id in range(49):
        await board.report(
            name="fan", boot_id=boot_id, state="normal", model_id="fan-1", reset_reason="watchdog"
        )
    assert ("reset_loop", "fan: it starts again and again (watchdog).") in await problems(server)
    (shown,) = (await server.client.get("/api/v1/devices"))["devices"]
    assert shown["state"] == "not judged"


async def test_a_board_whose_verdicts_stop_is_not_normal_although_it_says_so(start_server):
    now_s = [1_800_000_000.0]
    server = await start_server(clock=lambda: now_s[0])
    board = Board(server)
    await board.report(state="normal", model_id="fan-1")
    await board.send(alert=False)
    for _ in range(7):
        now_s[0] += 10
        await board.report(state="normal", model_id="fan-1")
    device = server.app[DEVICES].get(DEVICE)
    assert device.state(int(now_s[0] * 1e6)) == "not judged"
    await board.send(alert=False)
    assert device.state(int(now_s[0] * 1e6)) == "normal"


async def test_a_board_that_comes_after_a_start_is_judged_by_nobody_since_then_at_most(start_server):
    now_s = [1_800_000_000.0]
    before = await start_server(clock=lambda: now_s[0])
    await Board(before).report(state="normal", model_id="fan-1")
    await before.stop()
    after = await start_server(clock=lambda: now_s[0])
    assert not await problems(after)
    await Board(after).report(state="normal", model_id="fan-1")
    assert not await problems(after)


async def test_slow_windows_are_no_silence(start_server):
    now_s = [1_800_000_000.0]
    server = await start_server(clock=lambda: now_s[0])
    board = Board(server)
    said = {"state": "normal", "model_id": "fan-1", "window_len": 1024, "nominal_rate_hz": 10}
    await board.report(**said)
    await board.send(alert=False)
    for _ in range(15):
        now_s[0] += 20
        await board.report(**said)
    assert server.app[DEVICES].get(DEVICE).state(int(now_s[0] * 1e6)) == "normal"


async def test_a_board_that_collects_needs_no_judge(start_server):
    now_s = [1_800_000_000.0]
    server = await start_server(clock=lambda: now_s[0])
    for _ in range(20):
        await Board(server).report(task="collect", state="collecting")
        now_s[0] += 20
    assert await problems(server) == set()
