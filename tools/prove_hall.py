"""What a hall of boards needs of its server, measured: opinions in time, nothing lost when it is killed."""

import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from hall import LightBoard, two_detectors
from judder.server.storage import folder as storage
from judder_core import wire

JUDDER = Path(sys.executable).with_name("judder")
MODEL = "model.judder.json"
DRAIN_S = 120
ALL = 10**9


def opinions(folder, boards, seconds):
    """Return the round trips of boards that ask about every window, one a second each, and who judged."""
    model, machine = two_detectors(folder / MODEL)
    lights = [LightBoard(k, machine, model) for k in range(boards)]
    with serving(folder, "--model", folder / MODEL) as (port, process):
        before = cpu_seconds(process.pid)
        asyncio.run(_run_all(lights, port, seconds))
        share = (cpu_seconds(process.pid) - before) / seconds
    trips_ms = sorted(1000 * trip for light in lights for trip in light.round_trips_s)
    judged = [who for light in lights for _, who in light.answers]
    return {
        "boards": boards,
        "windows": len(judged),
        "by_host": judged.count("host"),
        "p50_ms": round(_quantile(trips_ms, 0.5), 1),
        "p99_ms": round(_quantile(trips_ms, 0.99), 1),
        "most_ms": round(trips_ms[-1], 1),
        "server_share_of_a_core": round(share, 2),
    }


def outage(folder, boards, lights, calm_s, outage_s, factor=1):
    """Kill the server in the middle, and let the first board's fan lose its balance while it is gone.

    boards: on real MicroPython, `factor` times real time; lights: light ones. Returns what was lost, whether
    the alert came, at the board and later at the server, and how long after its return each was heard again.
    """
    model, machine = two_detectors(folder / MODEL)
    worlds = [
        _make_world(folder / f"board{k}", f"0200000000b{k}", folder / MODEL, factor) for k in range(boards)
    ]
    hall = [LightBoard(k, machine, model) for k in range(lights)]
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(contextlib.ExitStack())
        port, process = server.enter_context(serving(folder, "--model", folder / MODEL))
        for world in worlds:
            stack.callback(_power(world, port).kill)
        clients = threading.Thread(target=lambda: asyncio.run(_run_all(hall, port, calm_s + outage_s + 12)))
        clients.start()
        time.sleep(calm_s)
        process.kill()
        process.wait()
        worlds[0].change(signal="shaky.i16")
        time.sleep(outage_s / 2)
        alert_at_board = (13, 1) in worlds[0].pins()
        worlds[0].change(signal="signal.i16")
        time.sleep(outage_s / 2)
        kept = sum(_kept(world) for world in worlds)
        server.enter_context(serving(folder, port=port))
        back, back_us = time.monotonic(), time.time_ns() // 1000
        clients.join()
        _wait_for(lambda: not any(_kept(world) for world in worlds))
        dropped = sum(device["status"].get("dropped", 0) for device in _devices(port))
    rows = _windows(folder / "data")
    resumed_s = [next(at for at, _ in light.answers if at > back) - back for light in hall]
    resumed_s += [_first_after(rows, f"0200000000b{k}", back_us) / 1e6 for k in range(boards)]
    return {
        "boards": boards,
        "light_boards": lights,
        "windows": len(rows),
        "kept_on_flash": kept,
        "dropped": dropped,
        "lost": _missing(rows) + sum(light.windows for light in hall) - _of_lights(rows),
        "alert_at_board": alert_at_board,
        "alerts_listed": _alerts(folder / "data", "0200000000b0"),
        "last_resumed_s": round(max(resumed_s), 1),
    }


def _make_world(folder, device_id, model, factor):
    from tests.device.board import World, fan

    folder.mkdir()
    world = World(folder)
    world.signal(fan(imbalance=3.0, seed=4), "shaky.i16")
    world.change(device_id=device_id, factor=factor)
    (folder / MODEL).write_bytes(model.read_bytes())
    return world


def _power(world, port):
    from tests.device.board import APP

    world.config(port, server={"timeout_ms": 2000 * world.factor})
    return world.start(APP)


def _kept(world):
    """Return how many windows are on a board's flash."""
    return sum(file.stat().st_size // wire.frame_size(256) for file in world.folder.glob("spool/*"))


def _windows(data):
    """Return (device, boot, seq, received) of every window on the server's disk."""
    with storage.read_only(data) as unit:
        return [(w.device, w.boot_id, w.seq, w.received_us) for w in unit.windows.newest(ALL)]


def _missing(rows):
    """Return how many numbers are missing below the highest, over all boards and boots."""
    highest, came = {}, {}
    for device, boot, seq, _ in rows:
        highest[device, boot] = max(seq, highest.get((device, boot), 0))
        came[device, boot] = came.get((device, boot), 0) + 1
    return sum(highest[key] + 1 - came[key] for key in highest)


def _first_after(rows, device, us):
    """Return how many microseconds after us the first window of device was received."""
    return min(received for name, _, _, received in rows if name == device and received > us) - us


def _of_lights(rows):
    return sum(name.startswith("020000010") for name, *_ in rows)


def _alerts(data, device):
    with storage.read_only(data) as unit:
        return sum(alert.device == device for alert in unit.alerts.newest(ALL))


def _devices(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/devices") as answer:
        return json.load(answer)["devices"]


def _wait_for(condition):
    deadline = time.monotonic() + DRAIN_S
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)


async def _run_all(lights, port, seconds):
    await asyncio.gather(*(light.run(port, seconds) for light in lights))


def _quantile(rising, share):
    return rising[min(len(rising) - 1, int(share * len(rising)))]


@contextlib.contextmanager
def serving(folder, *arguments, port=0, files=None, log=None):
    """Yield (port, process) of a server with its data in folder/data. files: how many it may have open; log:
    the file that it logs to.
    """
    command = [JUDDER, "serve", "--data-dir", folder / "data", "--host", "127.0.0.1", "--port", str(port)]
    if files:
        command = ["sh", "-c", f'ulimit -n {files}; exec "$@"', "sh", *command]
    with (
        open(log or os.devnull, "wb") as said,  # noqa: PTH123
        subprocess.Popen(
            [*command, *arguments], stdout=subprocess.PIPE, stderr=said if log else None, text=True
        ) as process,
    ):
        try:
            yield int(re.search(r":(\d+),", process.stdout.readline())[1]), process
        finally:
            process.kill()


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def waited_seconds(pid):
    """Return how long a process was ready to run, and had no core."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
