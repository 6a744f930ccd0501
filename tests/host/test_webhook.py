"""Alerts by webhook, from a board's window to a real HTTP receiver: signed, retried, once, over restarts."""

import asyncio
import hashlib
import hmac
import json
import sqlite3
import subprocess

import pytest
from judder.client import ServerClient
from judder.server.notify import messenger, outbox
from judder_core import wire
from judder_core.window import FLAG_BACKLOG, FLAG_LOCAL_SCORE

from tests.host.alerting import ALERT, Board, receiving, until
from tests.host.conftest import frame
from tests.host.test_serve_process import JUDDER, serving


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(outbox, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(outbox, "LOOK_EVERY_S", 0.05)


def kinds(receiver):
    return [json.loads(body)["kind"] for _, body, _ in receiver.got]


async def test_a_boards_alert_arrives_signed_with_its_words(start_server):
    async with receiving() as (receiver, url):
        board = Board(await start_server(webhook_url=url, webhook_secret="open sesame"))
        await board.report(name="attic fan", place="attic")
        await board.send(alert=True)
        ((headers, body, _),) = await until(lambda: receiver.got)
    expected = hmac.new(b"open sesame", body, hashlib.sha256).hexdigest()
    assert headers["X-Judder-Signature"] == f"sha256={expected}"
    message = json.loads(body)
    assert message["subject"] == "Alarm: attic fan (attic) shakes differently"
    assert headers["Idempotency-Key"] == message["key"]


async def test_with_alarms_only_a_notice_reaches_nobody(start_server):
    async with receiving() as (receiver, url):
        board = Board(await start_server(webhook_url=url, alert_cooldown_s=0, alert_least_level="alarm"))
        await board.at("notice", "normal", "notice", "alarm", "normal")
        await until(lambda: len(receiver.got) == 2)
    assert kinds(receiver) == ["alert", "recovered"]


async def test_without_a_secret_nothing_is_signed(start_server):
    async with receiving() as (receiver, url):
        await Board(await start_server(webhook_url=url)).send(alert=True)
        ((headers, _, _),) = await until(lambda: receiver.got)
    assert "X-Judder-Signature" not in headers


async def test_a_fault_is_told_and_its_end(start_server):
    async with receiving() as (receiver, url):
        board = Board(await start_server(webhook_url=url, alert_cooldown_s=0))
        for alert in (True, True, True, False, False):
            await board.send(alert)
        await until(lambda: len(receiver.got) == 2)
    assert kinds(receiver) == ["alert", "recovered"]


async def test_reminders_come_until_the_alert_is_acknowledged(start_server, monkeypatch):
    monkeypatch.setattr(messenger, "LOOK_EVERY_S", 0.05)
    async with receiving() as (receiver, url):
        server = await start_server(webhook_url=url, alert_repeat_s=0.2, alert_cooldown_s=0)
        board = Board(server)
        await board.send(alert=True)
        await until(lambda: len(receiver.got) >= 3)
        alert = json.loads(receiver.got[0][1])["alert"]
        await server.ask("PATCH", f"/api/v1/alerts/{alert}", json={"acknowledged": True})
        seen = len(receiver.got)
        await asyncio.sleep(1)
        assert len(receiver.got) <= seen + 1  # one may have been on its way
        await board.send(alert=False)
        await until(lambda: kinds(receiver)[-1] == "recovered")
    assert kinds(receiver)[0] == "alert" and set(kinds(receiver)[1:-1]) == {"reminder"}


@pytest.mark.parametrize("failure", [503, 401, None], ids=["busy", "not allowed", "cut"])
async def test_what_was_not_taken_is_sent_again_under_the_same_key(start_server, failure):
    async with receiving() as (receiver, url):
        receiver.answers = [failure, failure]
        await Board(await start_server(webhook_url=url)).send(alert=True)
        await until(lambda: len(receiver.got) == 3)
    assert len({headers["Idempotency-Key"] for headers, _, _ in receiver.got}) == 1
    assert len({body for _, body, _ in receiver.got}) == 1


async def test_a_message_that_will_never_be_taken_holds_up_no_other(start_server):
    async with receiving() as (receiver, url):
        receiver.answers = [422]
        board = Board(await start_server(webhook_url=url, alert_cooldown_s=0))
        await board.send(alert=True)
        await until(lambda: receiver.got)
        await board.send(alert=False)
        await until(lambda: len(receiver.got) == 2)
    assert kinds(receiver) == ["alert", "recovered"]


async def test_an_alert_of_a_boards_backlog_is_told_with_its_times(start_server):
    async with receiving() as (receiver, url):
        server = await start_server(webhook_url=url)
        await server.send(seq=9, flags=FLAG_LOCAL_SCORE)
        for seq in (4, 5):
            await server.send(seq=seq, flags=ALERT | FLAG_BACKLOG, timestamp_us=seq * 1_000_000)
        ((_, body, _),) = await until(lambda: receiver.got)
    message = json.loads(body)
    assert message["kind"] == "alert" and message["started_us"] == 4_000_000


async def test_an_alert_that_outlasts_an_outage_is_told_once(start_server):
    async with receiving() as (receiver, url):
        server = await start_server(webhook_url=url, alert_cooldown_s=0)
        await server.send(seq=6, flags=ALERT)
        for seq in (4, 5):
            await server.send(seq=seq, flags=ALERT | FLAG_BACKLOG, timestamp_us=seq * 1_000_000)
        await server.send(seq=7, flags=FLAG_LOCAL_SCORE)
        await until(lambda: "recovered" in kinds(receiver))
    assert kinds(receiver) == ["alert", "recovered"]
    assert json.loads(receiver.got[-1][1])["started_us"] == 4_000_000


async def test_a_recovery_waits_for_the_alert_before_it(start_server):
    async with receiving() as (receiver, url):
        receiver.answers = [503, 503, 503]
        board = Board(await start_server(webhook_url=url, alert_cooldown_s=0))
        await board.send(alert=True)
        await board.send(alert=False)
        await until(lambda: [status for *_, status in receiver.got].count(200) == 2)
    assert kinds(receiver) == ["alert"] * 4 + ["recovered"]


async def test_an_alert_outlives_the_server_and_arrives_once(start_server, tmp_path):
    async with receiving() as (receiver, url):
        receiver.answers = [503] * 1000
        first = await start_server(webhook_url=url, data_dir=tmp_path / "house")
        await Board(first).send(alert=True)
        await until(lambda: receiver.got)
        await first.stop()
        failed, receiver.answers = len(receiver.got), []
        for _ in range(2):
            again = await start_server(webhook_url=url, data_dir=tmp_path / "house")
            await until(lambda: len(receiver.got) > failed)
            await again.stop()
    assert [status for *_, status in receiver.got].count(200) == 1
    assert len({headers["Idempotency-Key"] for headers, *_ in receiver.got}) == 1


async def test_the_pause_between_attempts_grows_to_five_minutes(monkeypatch):
    monkeypatch.setattr(outbox, "FIRST_PAUSE_S", 1.0)
    pauses_s = [outbox.pause_us(attempts) / 1e6 for attempts in range(1, 30)]
    for attempt, pause_s in enumerate(pauses_s):
        assert 0.75 * min(2**attempt, 300) <= pause_s <= 1.25 * min(2**attempt, 300)


@pytest.mark.parametrize(
    "url, least, said",
    [
        ("http://127.0.0.1:9/hook", "notice", "webhook (http://127.0.0.1:9/...)"),
        ("http://127.0.0.1:9/hook", "alarm", "webhook (http://127.0.0.1:9/..., alarms only)"),
        ("", "notice", "the page only"),
    ],
)
def test_serve_says_where_alerts_go(tmp_path, monkeypatch, url, least, said):
    monkeypatch.setenv("JUDDER_ALERT_LEAST_LEVEL", least)
    monkeypatch.setenv("JUDDER_WEBHOOK_URL", url)
    command = [JUDDER, "serve", "--data-dir", tmp_path, "--host", "127.0.0.1", "--port", "0", "--for", "0.1"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0 and f"alerts go to: {said}" in run.stderr


def delivered(data_dir):
    with sqlite3.connect(data_dir / "judder.sqlite3") as database:
        return database.execute("SELECT id FROM outbox WHERE delivered_us IS NOT NULL").fetchall()


async def test_an_alert_survives_kill_9_and_arrives_once(tmp_path, monkeypatch):
    async with receiving() as (receiver, url):
        receiver.answers = [503] * 1000
        monkeypatch.setenv("JUDDER_WEBHOOK_URL", url)
        with serving(tmp_path) as (port, _):
            async with ServerClient(f"http://127.0.0.1:{port}") as client:
                await client.send("/api/v1/windows", bytes(frame(flags=ALERT)), wire.CONTENT_TYPE)
            await until(lambda: receiver.got)
        receiver.answers = []
        with serving(tmp_path):
            await until(lambda: delivered(tmp_path))
        with serving(tmp_path):
            await asyncio.sleep(1)
    assert [status for *_, status in receiver.got].count(200) == 1
    assert len({headers["Idempotency-Key"] for headers, *_ in receiver.got}) == 1
