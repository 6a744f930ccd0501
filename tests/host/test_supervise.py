"""Background work goes on, whatever ends it: by an error, or by a cancellation that nobody asked for."""

import asyncio
import re
import threading
from pathlib import Path

import judder
import pytest
from judder.server.api.keys import HEALTH, TASKS
from judder.server.services import supervise
from judder.server.services.arrivals import Arrivals, Taking
from judder.server.services.device import Device
from judder.server.services.errors import Busy
from judder.server.services.problem import PRUNE
from judder.server.services.supervise import Tasks
from judder.server.storage.sqlite.store import SqliteStore
from judder.server.storage.store import StoreError

from tests.host.alerting import Board, receiving, until

HOME = Path(judder.__file__).parent
EVER = ("prune", "silence", "probe", "health", "messages", "courier of webhook")
"""What runs for as long as a server with a webhook does."""
OF_A_REQUEST = (
    "server/edge/listening.py",
    "server/services/arrivals.py",
    "server/services/trainer.py",
    "server/notify/mqtt.py",
    "server/storage/sqlite/store.py",
    "demo/",
)
"""Where tasks live inside of a supervised one, or are made anew by who needs them, as is tested below."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(supervise, "FIRST_PAUSE_S", 0.01)


@pytest.fixture
async def tasks():
    tasks = Tasks(pause_s=lambda failures: 0.001 * failures)
    yield tasks
    await tasks.end()


class Failing:
    """Work that ends in each of endings, one a start, and then waits for ever."""

    def __init__(self, *endings):
        self.endings = list(endings)
        self.starts = 0

    async def __call__(self):
        self.starts += 1
        if self.endings:
            raise self.endings.pop(0)
        await asyncio.Event().wait()


@pytest.mark.parametrize(
    "error", [ValueError("odd"), KeyError("id"), asyncio.CancelledError(), MemoryError()]
)
async def test_what_fails_begins_again(tasks, error):
    work = Failing(error, error)
    tasks.supervise("prune", work)
    await until(lambda: work.starts == 3)
    assert tasks.restarts == 2 and tasks.names() == ["prune"]


async def test_a_failure_is_told_with_its_task_its_kind_and_why(tasks):
    work = Failing(OSError("No space left"))
    tasks.supervise("prune", work, kind=PRUNE)
    await until(lambda: work.starts == 2)
    (problem,) = tasks.problems()
    assert (problem.kind, problem.about, problem.severe) == (PRUNE, "prune", False)
    assert "started again, once: OSError: No space left" in problem.sentence


async def test_three_failures_in_a_row_are_severe(tasks):
    work = Failing(*[OSError("gone")] * 3)
    tasks.supervise("prune", work)
    await until(lambda: work.starts == 4)
    assert [problem.severe for problem in tasks.problems()] == [True]


async def test_a_failure_long_ago_is_no_problem(tasks, monkeypatch):
    work = Failing(OSError("gone"))
    tasks.supervise("prune", work)
    await until(lambda: work.starts == 2)
    monkeypatch.setattr(supervise, "CALM_S", 0.0)
    assert list(tasks.problems()) == []


async def test_work_that_returns_is_done(tasks):
    await tasks.supervise("channel webhook", lambda: asyncio.sleep(0))
    assert tasks.names() == [] and tasks.restarts == 0


async def test_work_that_is_ended_on_purpose_does_not_begin_again(tasks):
    work = Failing()
    task = tasks.supervise("learning", work)
    await until(lambda: work.starts)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled() and work.starts == 1 and tasks.restarts == 0


async def test_pauses_grow_and_stay_under_a_minute_and_a_quarter():
    pauses = [supervise._pause_s(failures) for failures in (1, 4, 40, 4000)]
    assert pauses[0] < pauses[1] < pauses[2] and max(pauses) <= 75


@pytest.mark.parametrize("name", EVER)
async def test_each_task_of_a_server_that_is_killed_begins_again_and_alerts_still_arrive(start_server, name):
    async with receiving() as (receiver, url):
        server = await start_server(webhook_url=url, health_messages=False)
        assert name in server.app[TASKS].names()
        await until(lambda: _work_of(name))
        _work_of(name).cancel()
        await until(lambda: server.app[TASKS].restarts == 1 and _work_of(name))
        await Board(server).send(alert=True)
        await until(lambda: receiver.got)
        server.app[HEALTH].look()
        assert name in [problem.about for problem in server.app[HEALTH].problems()]


async def test_a_store_whose_writer_was_killed_writes(tmp_path):
    store = SqliteStore(tmp_path)
    await store.open()
    for _ in range(2):
        store._writer.cancel()
        await asyncio.sleep(0)
        assert await asyncio.wait_for(store.write(lambda unit: 5), 20) == 5
    await store.close()


async def test_who_waits_for_a_writer_that_is_killed_is_told(tmp_path):
    store, begun = SqliteStore(tmp_path), threading.Event()
    await store.open()
    release = threading.Event()
    waiting = asyncio.create_task(store.write(lambda unit: begun.set() or release.wait(20)))
    await asyncio.to_thread(begun.wait, 20)
    store._writer.cancel()
    with pytest.raises(StoreError, match="interrupted"):
        await waiting
    release.set()
    await store.close()


async def test_windows_are_taken_after_what_takes_them_was_killed():
    endings, takes = [asyncio.CancelledError(), SystemError("odd")], []

    async def take(batch):
        takes.append(len(batch))
        if endings:
            raise endings.pop(0)

    arrivals = Arrivals(take)
    device = Device("fan")
    for error, match in ((Busy, "not stored"), (SystemError, "odd")):
        with pytest.raises(error, match=match):
            await asyncio.wait_for(arrivals.bring([Taking(device, None, 1)]), 20)
    await asyncio.wait_for(arrivals.bring([Taking(device, None, 1)]), 20)
    assert takes == [1, 1, 1] and arrivals.waiting == 0


def test_long_lived_work_is_started_nowhere_else():
    made = {path.relative_to(HOME).as_posix() for path in HOME.rglob("*.py") if _makes_tasks(path)}
    assert {path for path in made if not path.startswith(OF_A_REQUEST)} == {"server/services/supervise.py"}


def _work_of(name):
    """Return the task in which the work called name runs, which the server itself holds apart."""
    found = [task for task in asyncio.all_tasks() if task.get_name() == f"{name} (work)" and not task.done()]
    return found[0] if found else None


def _makes_tasks(path):
    return re.search(r"\b(create_task|ensure_future)\(", path.read_text())


async def test_work_that_loses_a_cancellation_is_cancelled_again(monkeypatch):
    monkeypatch.setattr(supervise, "END_AGAIN_S", 0.01)
    lost = []

    async def work():
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                if lost:
                    raise
                lost.append(1)  # as wait_for() does in Python 3.11 where its result comes at the same time

    tasks = Tasks()
    tasks.supervise("loses", work)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.wait_for(tasks.end(), 10)
    assert lost == [1]
