"""HTTP as proxies speak it, and what a window costs on its way."""

import json
import subprocess

import pytest

from tests.asking import seqs, status_of
from tests.board.bench import wait_for
from tests.device.board import MICROPYTHON, ROOT, SCRIPTS
from tests.host.test_serve_process import serving
from tests.proxy import in_chunks, in_chunks_kept_alive, proxy, told_to_close

WINDOWS = 50
BOARD_S = 20  # seconds of the board's time in one of ours
MOST_GARBAGE = 13000  # bytes for a window on its way, on 64 bits; two thirds of it on 32


@pytest.mark.parametrize(
    ("speak", "delay_s"),
    [(in_chunks_kept_alive, 0), (in_chunks, 0), (told_to_close, 0), (in_chunks, 3 / BOARD_S)],
    ids=["chunks", "chunks, then closed", "closed", "chunks, closed, 3 s late"],
)
def test_behind_a_proxy_every_window_that_was_made_is_stored(world, run_app, speak, delay_s):
    data = world.folder / "data"
    with serving(data) as (port, _), proxy(port, speak, delay_s) as front:
        world.config(front.port, server={"timeout_ms": 2000, "status_interval_s": 10})
        process = run_app()
        made = set(range(WINDOWS))
        wait_for(lambda: made <= set(seqs(data)))  # behind a slow one, the newest are still on the flash
        status = status_of(port)
        process.kill()
    assert (status["dropped"], status["lost_windows"], status["refused"]) == (0, 0, 0)


@pytest.fixture(scope="module")
def garbage(tmp_path_factory):
    """Return the bytes that a window on its way to a real server allocates, by what they are for."""
    folder = tmp_path_factory.mktemp("garbage")
    with serving(folder / "data") as (port, _):
        run = subprocess.run(
            [MICROPYTHON, "-X", "heapsize=4M", SCRIPTS / "garbage.py", str(port)],
            cwd=folder,
            env={"MICROPYPATH": f"{ROOT}/device:{ROOT}/shared:.frozen"},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_a_window_on_its_way_makes_little_garbage(garbage):
    assert garbage["a window"] < MOST_GARBAGE


BUSY = """
import asyncio
from judder_node.uplink import Uplink

class Connection:
    status, body, retry_after_s = 503, b"", 86400
    def head(self, path, content_type, length):
        return b""
    async def request(self, head, body):
        pass

class Spool:
    waiting = 0
    def tidy(self):
        pass

config = {"queue_windows": 2, "timeout_ms": 100, "status_interval_s": 10}
frames = [bytearray(148), bytearray(148)]

def write_report(report):
    report.extend(b"{}")

uplink = Uplink(
    Connection(), config, frames, bytearray(2), "x", Spool(), lambda seq, reply: None, write_report
)

async def main():
    uplink.between_windows()  # makes the report
    asyncio.create_task(uplink.run())
    await asyncio.sleep_ms(100)
    print(uplink._pause_ms, uplink.last_error)

asyncio.run(main())
"""


def test_a_server_that_wants_to_be_left_alone_for_a_day_is_for_minutes(world):
    pause_ms, _, error = world.run(BUSY).splitlines()[-1].partition(" ")
    assert int(pause_ms) == 300_000 and "503" in error
