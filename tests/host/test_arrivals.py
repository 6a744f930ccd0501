"""Requests that come together are taken together, each board's in order."""

import asyncio

import pytest
from judder.data import frames
from judder.server.services.arrivals import MOST_TOGETHER, Arrivals, Taking
from judder.server.services.device import Device
from judder.server.services.errors import Busy
from judder_core import wire
from judder_core.window import FLAG_ALERT, FLAG_BACKLOG, FLAG_LOCAL_SCORE

from tests.host.conftest import frame


class Taker:
    """Takes batches when it is let to; batches: of each, the numbers of its requests' windows."""

    def __init__(self):
        self.batches = []
        self.let = asyncio.Event()

    async def __call__(self, batch):
        self.batches.append([[taking.window.seq for taking in arrival.takings] for arrival in batch])
        await self.let.wait()


def request(board, *seqs):
    device = board if isinstance(board, Device) else Device(board)
    return [Taking(device, frames.decode_windows(bytes(frame(seq=seq)))[0], 0) for seq in seqs]


async def brought(arrivals, *requests):
    """Bring requests one after the other, and let what waits begin."""
    tasks = [asyncio.create_task(arrivals.bring(each)) for each in requests]
    await asyncio.sleep(0.02)
    return tasks


@pytest.fixture
def taker():
    return Taker()


async def test_what_comes_while_a_batch_is_stored_is_the_next_one(taker):
    arrivals = Arrivals(taker)
    first = await brought(arrivals, request("a", 0))
    rest = await brought(arrivals, request("b", 1), request("c", 2, 3))
    taker.let.set()
    await asyncio.gather(*first, *rest)
    assert taker.batches == [[[0]], [[1], [2, 3]]]


async def test_a_boards_next_request_waits_for_the_one_before(taker):
    arrivals, board = Arrivals(taker), Device("a")
    tasks = await brought(arrivals, request(board, 0), request(board, 1), request("b", 2), request(board, 3))
    taker.let.set()
    await asyncio.gather(*tasks)
    assert taker.batches == [[[0], [2]], [[1]], [[3]]]


async def test_boards_that_come_by_turns_are_taken_together_from_then_on(taker):
    arrivals = Arrivals(taker)

    async def send_two(board):
        for seq in range(2):
            await arrivals.bring(request(board, seq))

    first = asyncio.create_task(send_two("a"))
    await asyncio.sleep(0.02)
    second = asyncio.create_task(send_two("b"))
    await asyncio.sleep(0.02)
    taker.let.set()
    await asyncio.gather(first, second)
    assert taker.batches == [[[0]], [[0], [1]], [[1]]]


async def test_a_batch_is_no_larger_than_may_hold_up_others(taker):
    arrivals = Arrivals(taker)
    half = MOST_TOGETHER // 2
    tasks = await brought(arrivals, *(request(name, *range(half)) for name in "abc"))
    taker.let.set()
    await asyncio.gather(*tasks)
    assert [len(batch) for batch in taker.batches] == [2, 1]


async def test_windows_wait_until_they_are_answered(taker):
    arrivals = Arrivals(taker)
    tasks = await brought(arrivals, request("a", 0, 1), request("b", 2))
    assert arrivals.waiting == 3
    taker.let.set()
    await asyncio.gather(*tasks)
    assert arrivals.waiting == 0


async def test_a_batch_that_fails_is_told_to_its_requests_and_to_no_other():
    outcomes = [ValueError("bad"), None]

    async def take(batch):
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome

    arrivals = Arrivals(take)
    with pytest.raises(ValueError, match="bad"):
        await arrivals.bring(request("a", 0))
    await arrivals.bring(request("a", 1))


async def test_where_the_work_is_cancelled_its_requests_are_refused_and_the_next_are_taken(taker):
    arrivals = Arrivals(taker)
    (first,) = await brought(arrivals, request("a", 0))
    (second,) = await brought(arrivals, request("a", 1))
    arrivals._worker.cancel()
    with pytest.raises(Busy):
        await first
    taker.let.set()
    await second
    assert taker.batches == [[[0]], [[1]]]


async def test_a_window_twice_in_a_body_is_stored_once_and_answered(server):
    answer = await server.client.send("/api/v1/windows", bytes(frame(seq=4) * 2), wire.CONTENT_TYPE)
    assert answer["seq"] == 4 and len(await server.stored()) == 1


async def test_an_alert_that_begins_and_ends_in_one_body_is_one_alert(server):
    flags = (FLAG_LOCAL_SCORE, FLAG_LOCAL_SCORE | FLAG_ALERT, FLAG_LOCAL_SCORE | FLAG_ALERT, FLAG_LOCAL_SCORE)
    body = b"".join(bytes(frame(seq=seq, flags=each)) for seq, each in enumerate(flags))
    await server.client.send("/api/v1/windows", body, wire.CONTENT_TYPE)
    (alert,) = (await server.client.get("/api/v1/alerts"))["alerts"]
    assert alert["seq"] == 1 and alert["ended_us"]


async def test_windows_of_one_body_are_late_after_those_before_them_too(server):
    body = bytes(frame(seq=5, flags=FLAG_BACKLOG) + frame(seq=3, flags=FLAG_BACKLOG))
    await server.client.send("/api/v1/windows", body, wire.CONTENT_TYPE)
    (board,) = (await server.client.get("/api/v1/devices"))["devices"]
    assert (board["windows"], board["last"]["seq"]) == (2, 5)


async def test_a_recording_takes_as_many_windows_of_a_body_as_it_wants(server):
    await server.client.post("/api/v1/recordings", {"condition": "normal", "windows": 2})
    body = b"".join(bytes(frame(seq=seq)) for seq in range(4))
    answer = await server.client.send("/api/v1/windows", body, wire.CONTENT_TYPE)
    (recording,) = (await server.client.get("/api/v1/recordings"))["recordings"]
    assert (recording["recorded"], recording["state"], answer["record"]) == (2, "done", False)
    assert [window["recording"] for window in await server.stored()] == [None, None, 1, 1]
