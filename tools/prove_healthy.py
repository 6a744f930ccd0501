"""A healthy fan, learnt by a board from its own windows and judged by it for hours: nobody may be alerted.

The board's clock is its code's (tools/board/clock.py): were judging to disturb the sampling that learning did
not have, the fan would seem to have changed.
"""

import contextlib
import json
import time
import urllib.request

import numpy as np
from hall import train_on
from prove_hall import serving

MODEL = "model.judder.json"
DEVICE_ID = "0200000000a1"
LEARN_WINDOWS = 400
WINDOW_S = 256 / 250
SPEED = 60
"""Times real time at most. Where the PC cannot keep up, the board's time stands still."""


def watch(folder, cpu_factor, seed, hours):
    """Return the figures of so many simulated hours: alerts, and what the board reports of its windows."""
    from judder.data.loading import load_recordings
    from judder.simulation import FanOptions, simulate

    from tests.device.board import APP, World

    world = World(folder)
    fan = FanOptions(seconds=3600.0 * hours + 600.0, range_g=4, seed=seed)
    world.signal(np.asarray(simulate(fan).in_g()))
    world.change(cpu_factor=cpu_factor, factor=SPEED)
    with serving(folder, "--record", "normal", "--windows", str(LEARN_WINDOWS)) as (port, _):
        world.config(port, task="collect")
        with _running(world, APP):
            _wait(lambda: _windows(port) > LEARN_WINDOWS + 2)
        recordings = load_recordings(folder / "data")
        (folder / MODEL).write_bytes(train_on(recordings, recordings[0].sample_rate_hz)[1])
        world.config(port)
        with _running(world, APP):
            wanted = hours * 3600 / WINDOW_S
            began = time.monotonic()
            _wait(lambda: _status(port).get("model_id") and _status(port)["windows"] > wanted)
            status = _status(port)
        alerts = _get(port, "/api/v1/alerts")["alerts"]
    told = (
        "windows",
        "late_samples",
        "lost_samples",
        "lost_windows",
        "unjudged",
        "dropped",
        "sample_rate_hz",
    )
    seconds = round(time.monotonic() - began)
    return {"alerts": len(alerts), **{key: status[key] for key in told}, "wall_s": seconds}


@contextlib.contextmanager
def _running(world, app):
    process = world.start(app)
    try:
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _wait(condition):
    while not condition():
        time.sleep(0.5)


def _get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        return json.load(answer)


def _status(port):
    devices = _get(port, "/api/v1/devices")["devices"]
    return next((d["status"] for d in devices if d["device_id"] == DEVICE_ID), {})


def _windows(port):
    return _status(port).get("windows", 0)
