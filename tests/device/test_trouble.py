"""A bus, a sensor, a flash and a heap that fail: the board watches again, or says why it does not."""

import itertools
import time
from typing import NamedTuple

import numpy as np
import pytest
from judder_core.window import FLAG_LOST

from tests.asking import alerts, rows, status_of
from tests.board.bench import wait_for
from tests.device.board import APP, World, a_config, fan, patched
from tests.device.flashing import flashed_board
from tests.host.test_serve_process import serving

WATCHES = ("starting", "normal", "notice", "disturbed")


@pytest.fixture
def watching(world, fan_model, run_app):
    """Start a board with a model that watches; return the port of its server."""
    (world.folder / "model.judder.json").write_bytes(fan_model)
    with serving(world.folder / "data", "--model", world.folder / "model.judder.json") as (port, _):
        world.config(port)
        run_app()
        wait_for(lambda: status_of(port).get("state") in WATCHES and status_of(port)["windows"] > 2)
        yield port


TROUBLES = {
    "a bus that is held down for a minute": ({"i2c": "shorted"}, {"i2c": "ok"}),
    "a sensor that is unplugged": ({"parts": {"38": None}}, {"parts": {"38": "msa301"}}),
    "a sensor that stops": ({"sensor": "stalled"}, {"sensor": "ok"}),
    "a sensor in whose place another comes": (
        {"parts": {"38": None, "98": "msa311"}},
        {"parts": {"38": "msa301"}},
    ),
}


@pytest.fixture(params=TROUBLES)
def trouble(request, world, watching):
    """Put a sensor in trouble until the board tells of a fault, then end that; return both reports."""
    begins, ends = TROUBLES[request.param]
    world.change(**begins)
    told = wait_for(lambda: (s := status_of(watching))["state"] == "sensor fault" and s)
    world.change(**ends)
    windows = told["windows"] + 5
    after = wait_for(lambda: (s := status_of(watching))["state"] in WATCHES and s["windows"] > windows and s)
    return told, after


def test_the_reason_of_a_sensor_fault_is_what_the_sensor_does(trouble):
    told, _ = trouble
    assert told["why"] and told["why"] == told["sensor_error"]


def test_a_sensor_whose_trouble_is_over_is_watched_again_without_a_new_boot(trouble):
    told, after = trouble
    assert (after["boot_id"], after["sensor_error"]) == (told["boot_id"], None)


def test_a_bus_that_a_part_holds_down_is_freed_by_the_board_itself(world, watching):
    world.change(i2c="stuck")
    wait_for(lambda: status_of(watching)["state"] == "sensor fault")
    before = status_of(watching)["windows"]
    wait_for(lambda: status_of(watching)["windows"] > before + 5)
    assert status_of(watching)["state"] in WATCHES


class Noise(NamedTuple):
    """What became of a board's windows while a share of its bus's transfers failed."""

    share: float
    windows: int
    told: set[str]
    states: set[str]
    alerts: list[object]
    lost: set[int]
    judged: set[int]


WATCHED = 60  # windows
SHARES = [0.001, 0.005, 0.02, 0.1, 0.5]


@pytest.fixture(scope="module", params=itertools.product(SHARES, ("boot", "later")), ids=str)
def noise(request, tmp_path_factory, fan_model):
    """Run a board with a healthy fan on a bus with noise, since its boot or from its first windows on."""
    share, since = request.param
    world = World(tmp_path_factory.mktemp("board"))
    model = world.folder / "model.judder.json"
    model.write_bytes(fan_model)
    if since == "boot":
        world.change(i2c_errors=share)
    with serving(world.folder / "data", "--model", model) as (port, _):
        world.config(port)
        with world.running(APP):
            wait_for(lambda: status_of(port) if since == "boot" else status_of(port).get("windows", 0) > 3)
            world.change(i2c_errors=share)
            windows, told, states = looked_at(port)
            listed = alerts(port)
    return Noise(share, windows, told, states, listed, *judgements(world.folder / "data"))


def looked_at(port):
    """Return how many windows a board watched, what it said of its sensor meanwhile, and its states."""
    told, states, give_up = set(), set(), time.monotonic() + 60

    def has_watched():
        status = status_of(port)
        told.add(status["sensor_error"])
        states.add(status["state"])
        return (status["windows"] > WATCHED or time.monotonic() > give_up) and status

    windows = wait_for(has_watched)["windows"]
    return windows, told - {None}, states


def judgements(data):
    """Return the numbers of the windows that lost samples, and of those that somebody judged."""
    found = rows(data, "seq, flags, score")
    lost = {seq for seq, flags, _ in found if flags & FLAG_LOST}
    return lost, {seq for seq, _, score in found if score is not None}


def test_bus_errors_keep_no_board_from_watching(noise):
    assert noise.windows > WATCHED


def test_bus_errors_alert_nobody(noise):
    assert noise.alerts == []


def test_bus_errors_are_told_from_half_a_percent_on(noise):
    assert bool(noise.told) == (noise.share >= 0.005), noise.told


def test_a_window_that_lost_samples_is_judged_by_nobody(noise):
    assert not noise.lost & noise.judged


def test_a_board_whose_bus_fails_half_of_the_time_says_that_it_does_not_judge(noise):
    assert noise.share < 0.5 or noise.states & {"not judged", "sensor fault"}


HOG = """
import asyncio, gc
async def hog():
    while board.windows < 8:
        await asyncio.sleep_ms(200)
    for _ in range(3):
        held = []
        try:
            while True:
                held.append(bytearray(256))
        except MemoryError:
            pass
        await asyncio.sleep_ms(4000)
        held = None
        gc.collect()
        await asyncio.sleep_ms(4000)
asyncio.create_task(hog())
"""


def test_a_heap_that_is_full_for_seconds_costs_no_more_than_these_and_says_so(world, fan_model, run_app):
    (world.folder / "model.judder.json").write_bytes(fan_model)
    with serving(world.folder / "data") as (port, _):
        world.config(port)
        run_app(patched(HOG))
        status = wait_for(lambda: (s := status_of(port)).get("windows", 0) > 45 and s)
        assert status["state"] in WATCHES and status["last_error"] is None
        assert status["unjudged"] + status["lost_windows"] > 0
        stored = [seq for (seq,) in rows(world.folder / "data", "seq")]
    assert len(stored) >= 30


def test_a_flash_without_room_stops_nothing_and_what_is_dropped_is_counted(tmp_path, fan_model):
    signal = np.rint(fan(seconds=20.0) * 4096).astype("<i2").tobytes()
    with serving(tmp_path / "data") as (port, _):
        pass
    board = flashed_board(
        tmp_path, a_config(port), samples_i16=signal, flash_kb=444, files={"model.judder.json": fan_model}
    )
    with board:
        time.sleep(6)  # two minutes of the board's without a server
        with serving(tmp_path / "data", port=port):
            status = wait_for(
                lambda: (s := status_of(port)).get("windows", 0) > 20 and s["uplink_error"] is None and s
            )
    assert status["dropped"] > 0 and status["state"] in WATCHES and status["reset_reason"] == "power on"
