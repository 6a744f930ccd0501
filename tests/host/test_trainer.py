"""Training in a process of its own: what comes back, and when that process ends."""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

import judder
import pytest
from judder.data import npz
from judder.errors import JudderError
from judder.model import document
from judder.server.services.trainer import SPAWN, _deaf_to_ctrl_c, train_apart
from judder.training.progress import CALIBRATING, FITTING, MEASURING, READING

from tests.board.bench import wait_for

ORPHAN = """
import os, time
from concurrent.futures import ProcessPoolExecutor
from judder.server.services.trainer import SPAWN, _begin
if __name__ == "__main__":
    ours, theirs = SPAWN.Pipe()
    with ProcessPoolExecutor(1, SPAWN, _begin, (theirs,)) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        theirs.close()
        pool.submit(time.sleep, 600)
        time.sleep(600)
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    recording = judder.simulate(seconds=120, condition="normal")
    return npz.write([recording], tmp_path_factory.mktemp("apart") / "fan.npz")[0]


def workers():
    return multiprocessing.active_children()


async def test_the_model_is_that_of_the_library_and_its_steps_are_told(data):
    steps = []
    trained, said = await train_apart(data, "normal", lambda step: steps.append(step.doing), name="fan")
    here = judder.train(data, "normal", name="fan")
    assert document.read(trained).but(created="") == here.document.but(created="")
    assert said == (*here.notes, *here.warnings, *here.oddities())
    assert steps == [READING, MEASURING, FITTING, CALIBRATING] and not workers()


async def test_an_error_comes_with_its_hint(data):
    with pytest.raises(JudderError, match="There is no condition other") as caught:
        await train_apart(data, "other", asdict)
    assert caught.value.hint == "The data have: normal"


async def test_a_process_that_is_killed_may_be_tried_again(data):
    with pytest.raises(OSError, match="killed"):
        await train_apart(data, "normal", lambda step: [worker.kill() for worker in workers()])


async def test_the_process_ends_where_training_is_given_up(data):
    begun = asyncio.Event()
    task = asyncio.create_task(train_apart(data, "normal", lambda step: begun.set(), window_len=16, hop=1))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not workers()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="Windows stops no process")
async def test_a_process_that_is_stopped_does_not_hold_up_the_end(data):
    begun = asyncio.Event()
    task = asyncio.create_task(train_apart(data, "normal", lambda step: begun.set(), window_len=16, hop=1))
    await begun.wait()
    (worker,) = workers()
    os.kill(worker.pid, signal.SIGSTOP)
    task.cancel()
    try:
        async with asyncio.timeout(30):
            await asyncio.gather(task, return_exceptions=True)
        assert not workers()
    finally:
        if worker.is_alive():
            os.kill(worker.pid, signal.SIGCONT)


def test_the_process_ends_with_a_server_that_is_killed(tmp_path):
    script = tmp_path / "server.py"
    script.write_text(ORPHAN)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as server:
        worker = int(server.stdout.readline())
        os.kill(worker, 0)
        server.kill()
    wait_for(lambda: not _runs(worker))


def _runs(pid):
    """Return whether a process is there; one that waits to be reaped is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_process_does_not_hear_ctrl_c_and_the_server_does():
    with ProcessPoolExecutor(1, SPAWN) as pool:
        with _deaf_to_ctrl_c():
            blocked = pool.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ())
        assert signal.SIGINT in blocked.result()
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
