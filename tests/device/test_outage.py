"""The server dies, hangs and comes back: what the board keeps, and whose verdict drives it meanwhile."""

import os
import signal
import sqlite3
import time

import pytest
from judder.data import frames
from judder_core import wire

from tests.asking import alerts, rows, seqs, status_of
from tests.board.bench import wait_for
from tests.device.board import fan, patched
from tests.host.test_serve_process import serving
from tests.two_detectors import add_detector

FRAME = wire.frame_size(256)
NEVER = {"thresholds": {"window": 100.0, "notice": 100.0, "alarm": 100.0}}
"""Of no fan that anybody would call one, but of what shakes itself to pieces: others are refused."""
ALWAYS_GREY = {"grey_zone": [0.0, 1e9]}


def kept(world):
    """Return how many windows are on the board's flash."""
    return sum(file.stat().st_size // FRAME for file in world.folder.glob("spool/*"))


def on_flash(world):
    """Return the whole frames on the board's flash, the oldest first."""
    files = sorted(world.folder.glob("spool/*"), key=lambda file: int(file.name))
    everything = [file.read_bytes() for file in files]
    return [data[at : at + FRAME] for data in everything for at in range(0, len(data) - FRAME + 1, FRAME)]


def boot_of(frame):
    return frames.decode_windows(frame)[0].boot_id


def test_a_server_that_is_killed_and_comes_back_gets_every_window_the_live_ones_first(world, run_app):
    data = world.folder / "data"
    with serving(data) as (port, _):
        world.config(port)
        run_app()
        wait_for(lambda: not kept(world) and len(seqs(data)) >= 5)
    before = len(seqs(data))
    wait_for(lambda: kept(world) >= 20)
    with serving(data, port=port):
        wait_for(lambda: not kept(world))
        wait_for(lambda: status_of(port).get("spooled") == 0)
        assert status_of(port)["dropped"] == 0
    found = seqs(data)
    assert found == list(range(len(found))) and len(found) >= 25
    with sqlite3.connect(data / "judder.sqlite3") as database:
        came = database.execute("SELECT seq, flags FROM windows ORDER BY rowid").fetchall()[before:]
    backlog = [seq for seq, flags in came if flags & 4]
    assert len(backlog) >= 20 and backlog == sorted(backlog)
    order = [seq for seq, _ in came]
    assert order[order.index(backlog[0]) - 1] >= backlog[0] + 20


def test_an_access_point_that_goes_and_comes_back_costs_no_window(world, run_app):
    data = world.folder / "data"
    with serving(data) as (port, _):
        world.config(port)
        run_app()
        wait_for(lambda: len(seqs(data)) >= 5)
        world.change(wifi=False)
        wait_for(lambda: kept(world) >= 30)
        stored = len(seqs(data))
        world.change(wifi=True)
        wait_for(lambda: not kept(world) and len(seqs(data)) >= stored + 30)
        status = wait_for(lambda: status_of(port))
    assert seqs(data) == list(range(len(seqs(data))))
    assert status["dropped"] == 0 and "There is no network" in status["wifi_error"]


def test_a_fault_while_the_server_is_gone_sounds_the_alarm_and_is_listed_later(world, run_app, fan_model):
    (world.folder / "model.judder.json").write_bytes(fan_model)
    world.signal(fan(imbalance=3.0, seed=4), "shaky.i16")
    data = world.folder / "data"
    with serving(data, "--model", world.folder / "model.judder.json") as (port, _):
        world.config(port)
        run_app()
        wait_for(lambda: len(seqs(data)) >= 6)
    world.change(signal="shaky.i16")
    wait_for(lambda: (13, 1) in world.pins())
    world.change(signal="signal.i16")
    wait_for(lambda: world.pins()[-1] == (13, 0))
    with serving(data, port=port):
        wait_for(lambda: alerts(port))
        wait_for(lambda: not kept(world))
        (alert,) = alerts(port)
    assert alert["judged_by"] == "board" and alert["ended_us"] > alert["started_us"]
    assert alert["why"]


def test_a_moment_without_memory_stops_no_upload(world, run_app):
    data = world.folder / "data"
    no_memory = (
        "write, moments = board.uplink._write_report, [1, 1, 1]\n"
        "def _write_report(report):\n"
        "    if moments: moments.pop(); raise MemoryError()\n"
        "    write(report)\n"
        "board.uplink._write_report = _write_report\n"
    )
    with serving(data) as (port, _):
        world.config(port)
        run_app(patched(no_memory))
        wait_for(lambda: status_of(port).get("windows", 0) >= 5)
        wait_for(lambda: (found := seqs(data)) == list(range(len(found))))


def test_a_part_that_ends_ends_the_app_so_that_main_can_start_anew(world):
    world.config(1)
    dying = "async def die(): raise TypeError('a bug')\nboard.wifi.keep = die\n"
    board = world.start(patched(dying))
    output, _ = board.communicate(timeout=60)
    assert board.returncode == 1 and "a bug" in output


def test_what_is_on_the_flash_survives_a_reset_and_what_was_torn_does_not_harm(world, run_app):
    data = world.folder / "data"
    world.config(1)
    process = run_app()
    wait_for(lambda: kept(world) >= 10)
    process.kill()
    process.communicate()
    frames = on_flash(world)
    newest = max(world.folder.glob("spool/*"), key=lambda file: int(file.name))
    with newest.open("ab") as file:
        file.write(frames[0][: FRAME // 2])  # power failed in the middle of a frame
    with serving(data) as (port, _):
        world.config(port)
        run_app()
        wait_for(lambda: not kept(world) and len(seqs(data)) >= 15)
    assert seqs(data, boot_of(frames[0])) == list(range(len(frames)))


def test_windows_that_wait_while_their_length_is_changed_reach_the_server(world, run_app):
    data = world.folder / "data"
    world.config(1)
    process = run_app()
    wait_for(lambda: kept(world) >= 4)
    process.kill()
    process.communicate()
    frames = on_flash(world)
    boot_id = boot_of(frames[0])
    with serving(data) as (port, _):
        world.config(port, signal={"window_len": 128})
        run_app()
        wait_for(lambda: len(seqs(data, boot_id)) >= len(frames))
    assert seqs(data, boot_id) == list(range(len(frames)))


def test_a_full_flash_loses_the_oldest_and_says_how_many(world, run_app):
    data = world.folder / "data"
    world.config(1, server={"spool_kb": 8 * 2 * FRAME // 1024 + 1})
    process = run_app()
    wait_for(lambda: kept(world) >= 14)
    time.sleep(0.5)
    assert kept(world) <= 16
    process.kill()
    assert "windows dropped" in process.communicate()[0]
    frames = on_flash(world)
    with serving(data) as (port, _):
        world.config(port)
        run_app()
        wait_for(lambda: not kept(world))
        dropped = wait_for(lambda: status_of(port))["dropped"]  # until it was on the network
    found = seqs(data, boot_of(frames[0]))
    assert found == list(range(found[0], found[-1] + 1)) and found[0] > 0
    assert len(found) + dropped == len(frames)


def test_a_host_that_sees_what_the_board_does_not_drives_its_alarm(world, run_app, train_fan):
    deaf = add_detector(train_fan(features="mad"), train_fan(features="mad"), **NEVER, **ALWAYS_GREY)
    model = world.folder / "model.judder.json"
    model.write_bytes(deaf)
    world.signal(fan(imbalance=3.0, seed=4))
    with serving(world.folder / "data", "--model", model) as (port, process):
        world.config(port)
        board = run_app()
        wait_for(lambda: (13, 1) in world.pins())
        wait_for(lambda: status_of(port).get("judged_by") == "host")
        process.kill()
        wait_for(lambda: world.pins()[-1] == (13, 0))  # alone again, it sees nothing
    board.kill()
    output = board.communicate()[0]
    assert "alarm - judged by host" in output and "judged by board" in output


@pytest.mark.parametrize("how", ["killed", "hung"])
def test_without_the_host_the_boards_own_verdict_stands(world, run_app, train_fan, how):
    mad = train_fan(features="mad")
    model = world.folder / "model.judder.json"
    model.write_bytes(add_detector(mad, mad, **ALWAYS_GREY))
    world.signal(fan(imbalance=3.0, seed=4), "shaky.i16")
    with serving(world.folder / "data", "--model", model) as (port, process):
        world.config(port, server={"timeout_ms": 20000})
        run_app()
        wait_for(lambda: status_of(port).get("judged_by") == "host")
        if how == "killed":
            process.kill()
        else:
            os.kill(process.pid, signal.SIGSTOP)
        world.change(signal="shaky.i16")
        wait_for(lambda: (13, 1) in world.pins())


def test_a_board_told_never_to_ask_does_not(world, run_app, train_fan):
    mad = train_fan(features="mad")
    model = world.folder / "model.judder.json"
    model.write_bytes(add_detector(mad, mad, **ALWAYS_GREY))
    data = world.folder / "data"
    with serving(data, "--model", model) as (port, _):
        world.config(port, fallback="never")
        run_app()
        wait_for(lambda: len(seqs(data)) >= 10)
        assert not any(flags & 16 for (flags,) in rows(data, "flags"))
