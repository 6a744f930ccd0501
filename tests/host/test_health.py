"""One list of what is wrong, and what /healthz, the log and the events say of it."""

import asyncio

import aiohttp
import pytest
from judder import __version__
from judder.server.api.keys import HEALTH, STORE
from judder.server.services import probe
from judder.server.services.disk_health import DiskHealth
from judder.server.services.events import Events
from judder.server.services.health import Health
from judder.server.services.problem import DISK, KINDS, Problem
from judder.server.services.starts import Starts
from judder.server.storage.store import StoreError
from structlog.testing import capture_logs

from tests.host.alerting import until
from tests.host.stores import LASTING, STORES

NOW_US = 1_800_000_000_000_000
DAY_US = 86_400_000_000


@pytest.fixture
def clock():
    return [NOW_US]


@pytest.fixture
def health(clock):
    return Health(Events("a"), lambda: clock[0])


def test_without_a_problem_all_is_ok(health):
    health.look()
    assert health.to_dict() == {"status": "ok", "problems": []}


def test_a_problem_lasts_from_when_it_was_first_seen(health, clock):
    health.register("disk", lambda: [Problem("disk", "", f"{clock[0]} bytes left.")])
    health.look()
    clock[0] += 5
    health.look()
    assert [(each.since_us, each.sentence) for each in health.problems()] == [
        (NOW_US, f"{NOW_US + 5} bytes left.")
    ]


def test_a_problem_that_is_over_and_comes_again_is_new(health, clock):
    for at_us, wrong in ((NOW_US, "bad"), (NOW_US + 5, None), (NOW_US + 9, "bad")):
        clock[0] = at_us
        health.set("messages", "mail", wrong)
        health.look()
    assert [each.since_us for each in health.problems()] == [NOW_US + 9]


def test_a_check_that_fails_is_a_problem_and_hides_no_other(health):
    def broken():
        yield Problem("disk", "", "Found before it failed.")
        raise ZeroDivisionError("division by zero")

    health.register("disk", broken)
    health.register("prune", lambda: [Problem("prune", "", "Old.")])
    health.look()
    assert {each.key for each in health.problems()} == {
        ("task", "check of disk"),
        ("prune", ""),
        ("disk", ""),
    }


def test_what_is_severe_comes_first(health):
    health.set("messages", "mail", "late")
    health.set("silent", "fan", "gone", severe=True)
    health.look()
    assert [each.kind for each in health.problems()] == ["silent", "messages"]


@pytest.mark.parametrize(
    "kind, severe, status",
    [("disk", True, "degraded"), ("store", False, "degraded"), ("store", True, "blind")],
)
def test_only_a_server_that_stores_no_windows_is_blind(health, kind, severe, status):
    health.set(kind, "", "bad", severe=severe)
    health.look()
    assert health.status == status


def test_a_change_is_logged_once_and_told_to_listeners_once(health):
    with health._events.subscribe("health") as events, capture_logs() as logs:
        for wrong in ("bad", "bad", None, None):
            health.set("disk", "", wrong)
            health.look()
    assert [(each["event"], each["kind"]) for each in logs] == [
        ("health_problem", "disk"),
        ("health_solved", "disk"),
    ]
    assert [event.data["status"] for event in events._waiting] == ["degraded", "ok"]


def test_every_kind_has_a_meaning():
    assert all(meaning.endswith(".") for meaning in KINDS.values()) and len(KINDS) == 12


# The disk


@pytest.mark.parametrize("free, severe", [(999_999_999, False), (99_999_999, True)])
def test_little_room_is_told(clock, tmp_path, free, severe):
    (problem,) = DiskHealth(tmp_path, lambda: clock[0], lambda: free).problems()
    assert (problem.kind, problem.severe) == (
        DISK,
        severe,
    ) and f"{free / 1e6:.0f} MB left" in problem.sentence


def test_the_days_left_are_told_at_the_rate_of_the_last_day(clock, tmp_path):
    left = [100e9]
    disk = DiskHealth(tmp_path, lambda: clock[0], lambda: int(left[0]))
    assert list(disk.problems()) == []
    clock[0] += DAY_US // 24
    left[0] -= 2e9  # of 98e9 in an hour: 49 hours are left
    (problem,) = disk.problems()
    assert "full in 2.0 days" in problem.sentence


def test_a_disk_that_does_not_fill_up_has_no_end(clock, tmp_path):
    disk = DiskHealth(tmp_path, lambda: clock[0], lambda: 100_000_000_000)
    list(disk.problems())
    clock[0] += DAY_US
    assert list(disk.problems()) == []


# The store


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(probe, "EVERY_S", 0.02)
    monkeypatch.setattr(probe, "PATIENCE_S", 0.3)


async def test_a_server_that_works_says_so(server):
    assert await server.ask("GET", "/healthz") == (
        200,
        {"status": "ok", "problems": [], "version": __version__},
    )


async def test_a_disk_that_refuses_is_told_although_nobody_sends_and_so_is_its_recovery(
    quick, start_server, monkeypatch
):
    server, works = await start_server(), []

    async def refuse():
        if not works:
            raise StoreError("The disk refused: database or disk is full.", hint="The disk is full.")

    monkeypatch.setattr(server.app[STORE], "probe", refuse)
    await until(lambda: server.app[HEALTH].status == "blind")
    status, body = await server.ask("GET", "/healthz")
    assert (status, body["status"]) == (503, "blind")
    assert [(each["kind"], each["severe"]) for each in body["problems"]] == [("store", True)]
    works.append(True)
    await until(lambda: server.app[HEALTH].status == "ok")
    assert (await server.ask("GET", "/healthz"))[0] == 200


async def test_a_disk_that_does_not_answer_is_told(quick, start_server, monkeypatch):
    server = await start_server()
    monkeypatch.setattr(server.app[STORE], "probe", lambda: asyncio.sleep(3600))
    await until(lambda: server.app[HEALTH].status == "blind")
    assert "has not answered" in server.app[HEALTH].problems()[0].sentence


@pytest.mark.parametrize(
    ("how", "status", "said"),
    [("deleted", "degraded", "written again"), ("replaced", "blind", "was replaced")],
)
async def test_a_file_that_is_gone_from_under_the_server_is_told(
    quick, start_server, tmp_path, how, status, said
):
    server = await start_server()
    path = tmp_path / "data" / "judder.sqlite3"
    path.rename(tmp_path / "away")
    if how == "replaced":
        path.write_bytes((tmp_path / "away").read_bytes())
    await until(lambda: server.app[HEALTH].status == status)
    assert said in server.app[HEALTH].problems()[0].sentence


def test_it_is_told_within_ten_seconds():
    assert probe.EVERY_S + probe.PATIENCE_S < 10


@pytest.mark.parametrize("name", LASTING)
async def test_a_probe_writes_to_the_file(name, tmp_path):
    store = STORES[name](tmp_path)
    await store.open()
    before = (tmp_path / "judder.sqlite3-wal").stat().st_size
    await store.probe()
    assert (tmp_path / "judder.sqlite3-wal").stat().st_size > before
    await store.close()


# Starts of a board


@pytest.mark.parametrize(
    "starts, every_s, is_loop", [(4, 1, False), (5, 1, True), (49, 0.4, True), (5, 300, False)]
)
def test_many_starts_in_a_short_time_are_a_loop(starts, every_s, is_loop):
    board = Starts()
    for k in range(starts):
        board.take(k, int(NOW_US + k * every_s * 1e6))
    assert board.is_loop(int(NOW_US + starts * every_s * 1e6)) == is_loop


def test_a_start_that_the_server_asked_for_is_no_crash():
    board = Starts()
    for boot_id in range(9):
        board.expect()
        board.take(boot_id, NOW_US + boot_id)
    assert not board.is_loop(NOW_US + 9)


def test_the_same_start_counts_once():
    board = Starts()
    for k in range(20):
        board.take(7, NOW_US + k)
    assert board.lately(NOW_US + 20) == 1


def test_a_loop_is_over_after_ten_minutes_without_a_start():
    board = Starts()
    for k in range(9):
        board.take(k, NOW_US + k)
    assert not board.is_loop(NOW_US + 9 + 600_000_000)


# Who sees what


async def test_strangers_hear_of_kinds_and_of_no_names_where_a_token_is_needed(start_server):
    server = await start_server(token="open sesame, by a long word", require_keys=True)
    for name in ("attic", "cellar"):
        server.app[HEALTH].set("silent", name, f"{name}: silent since 10:02.")
    server.app[HEALTH].look()
    async with aiohttp.ClientSession() as stranger, stranger.get(f"{server.client.url}/healthz") as answer:
        body = await answer.json()
        assert [(each["kind"], each["sentence"]) for each in body["problems"]] == [
            ("silent", "A board is not heard.")
        ]
        async with stranger.get(f"{server.client.url}/api/v1/health") as answer:
            assert answer.status == 401
    _, body = await server.ask("GET", "/api/v1/health")
    assert sorted(each["about"] for each in body["problems"]) == ["attic", "cellar"]


async def test_strangers_ask_for_nothing_to_be_looked_at(start_server, monkeypatch):
    looked = []
    monkeypatch.setattr("judder.server.services.health.LOOK_EVERY_S", 3600)
    server = await start_server(token="open sesame, by a long word")
    server.app[HEALTH].register(DISK, lambda: looked.append(1) or [])
    async with aiohttp.ClientSession() as stranger:
        for _ in range(5):
            async with stranger.get(f"{server.client.url}/healthz") as answer:
                assert answer.status == 200
    assert len(looked) <= 1  # by the server itself
    await server.ask("GET", "/api/v1/health")
    assert looked


async def test_the_figures_count_problems_by_kind_and_what_began_again(server):
    for name in ("attic", "cellar"):
        server.app[HEALTH].set("silent", name, f"{name}: silent.")
    server.app[HEALTH].set("store", "here", "full", severe=True)
    server.app[HEALTH].look()
    async with server.client._session.get(f"{server.client.url}/metrics") as answer:
        text = await answer.text()
    for line in ('judder_problems{kind="silent"} 2.0', "judder_blind 1.0", "judder_task_restarts_total 0.0"):
        assert line in text.splitlines()
