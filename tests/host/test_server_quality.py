"""The server's view of each board's windows: a state after a few odd ones, gone after as many good ones."""

import time
from array import array

import numpy as np
import pytest
from judder.server.services.quality import BoardQuality, oddities
from judder_core import wire
from judder_core.window import FLAG_LATE, Window

DEVICE = b"\x02\0\0\0\0\x01"


def window(seq, change=lambda rows: rows, rate_hz=250.0, flags=0, window_len=64):
    rows = np.random.default_rng(seq).normal((0, 0, 2048), 20, (window_len, 3))
    counts = array("h", np.rint(change(rows)).astype(np.int16).tobytes())
    return Window(counts, 1 / 2048, rate_hz, DEVICE, boot_id=1, seq=seq, flags=flags)


async def quality(server, *windows):
    """Post windows in one body; return the states that follow, by kind."""
    body = b"".join(bytes(wire.encode_window(each)) for each in windows)
    await server.client.send("/api/v1/windows", body, wire.CONTENT_TYPE)
    (device,) = (await server.client.get("/api/v1/devices"))["devices"]
    return {state["kind"]: state["sentence"] for state in device["quality"]}


ODD = {
    "stuck": ({"change": lambda rows: rows * (1, 0, 1)}, "Axis y does not move."),
    "clipped": ({"change": lambda rows: np.clip(rows * (400, 1, 1), -8192, 8191)}, "limit of 4.00 g"),
    "gravity": ({"change": lambda rows: rows - (0, 0, 2048)}, "is 0.0"),
    "rate": ({"rate_hz": 231.0}, "231.0 Hz, -8% off 250 Hz"),
    "late": ({"flags": FLAG_LATE}, "4 of the last 32 windows have too many late samples."),
}


@pytest.mark.parametrize("kind", ODD)
async def test_a_state_comes_with_a_few_odd_windows_and_goes_with_good_ones(server, kind):
    how, said = ODD[kind]
    assert await quality(server, window(0), window(1, **how), window(2)) == {}
    states = await quality(server, *(window(seq, **how) for seq in range(3, 6)))
    assert set(states) == {kind} and said in states[kind]
    assert set(await quality(server, window(6))) == {kind}
    assert await quality(server, *(window(seq) for seq in range(7, 45))) == {}


async def test_one_lost_window_is_no_state_three_are(server):
    assert await quality(server, window(0), window(2)) == {}
    assert await quality(server, window(5)) == {"lost": "3 of the last 64 windows are missing."}
    assert await quality(server, *(window(seq) for seq in range(6, 75))) == {}


async def test_good_windows_of_a_new_boot_lose_nothing(server):
    later = window(500)
    later.boot_id = 2
    assert await quality(server, window(0), later) == {}


async def test_the_references_sketch_is_not_told_off_for_its_settings_rate(start_server):
    server = await start_server(reference_rate_hz=137.0)
    for _ in range(5):
        body = b'{"x": [0.1, 0], "y": [0.1, 0], "z": [1, 1.1]}'
        await server.client.send("/", body, "application/json")
    (device,) = (await server.client.get("/api/v1/devices"))["devices"]
    assert device["quality"] == []


def test_a_window_costs_little():
    board, windows = BoardQuality(), [window(seq, window_len=256) for seq in range(500)]
    started = time.process_time()
    for each in windows:
        board.take(each, *oddities([each]))
    assert (time.process_time() - started) / len(
        windows
    ) < 500e-6  # 25 us measured; the bound is for a busy CI
