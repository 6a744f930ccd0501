"""The server as a process of its own: the reference's sketch as its client, and power failing under it."""

import contextlib
import json
import random
import re
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from judder.data.loading import load_recordings
from judder_core import wire

from tests.host.conftest import frame

JUDDER = Path(sys.executable).with_name("judder")


@contextlib.contextmanager
def serving(data_dir, *arguments, port=0):
    """Yield (port, process) of a `judder serve`."""
    command = [
        JUDDER,
        "serve",
        "--data-dir",
        data_dir,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        *arguments,
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield int(re.search(r":(\d+),", process.stdout.readline())[1]), process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class Sketch:
    """What the reference's sketch does on the wire, and no more: see its GET and POST in the tests' docs.

    It opens a connection for each request, waits 500 ms for an answer, throws away exactly four lines of
    it, and reads the rest as a number.
    """

    def __init__(self, port):
        self._port = port

    def recording_wanted(self):
        answer = self._request(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        return int(answer.split(b"\n", 4)[4]) == 1

    def post(self, samples):
        body = json.dumps(dict(zip("xyz", samples, strict=True))).encode()
        head = (
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return self._request(head.encode() + body)

    def _request(self, request):
        with socket.create_connection(("127.0.0.1", self._port), timeout=0.5) as connection:
            connection.sendall(request)
            first = connection.recv(65536)  # the sketch looks at what is there when the first byte is
            while connection.recv(65536):
                pass
        return first


def test_the_references_sketch_collects_200_windows_and_is_told_to_stop(tmp_path):
    rng = random.Random(1)
    sent = [[[rng.randrange(-99, 99) / 2048 for _ in range(200)] for _ in "xyz"] for _ in range(200)]
    with serving(tmp_path, "--record", "fan_0_low_0_weight", "--windows", "200") as (port, _):
        sketch = Sketch(port)
        for samples in sent:
            assert sketch.recording_wanted()
            assert sketch.post(samples).startswith(b"HTTP/1.1 200 ")
        assert not sketch.recording_wanted()
    (recording,) = load_recordings(tmp_path)
    found = [(segment.samples * recording.scale_g).T.tolist() for segment in recording.segments]
    assert found == sent
    assert (recording.condition, recording.sample_rate_hz) == ("fan_0_low_0_weight", 200)


def test_the_answer_to_the_sketch_has_exactly_two_header_lines(tmp_path):
    with serving(tmp_path) as (port, _):
        answer = Sketch(port)._request(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    status, first, second, blank, body = answer.split(b"\r\n")
    assert status.endswith(b"200 OK") and b":" in first and b":" in second and blank == b"" and body == b"0"


def test_a_window_that_was_answered_survives_kill_9(tmp_path):
    answered = []
    with serving(tmp_path) as (port, process):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            for seq in range(30):
                body = bytes(frame(seq=seq))
                head = (
                    f"POST /api/v1/windows HTTP/1.1\r\nHost: x\r\nContent-Type: {wire.CONTENT_TYPE}\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n"
                )
                connection.sendall(head.encode() + body)
                assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
                answered.append(seq)
        process.kill()
        process.wait()
    with sqlite3.connect(tmp_path / "judder.sqlite3") as database:
        assert [row[0] for row in database.execute("SELECT seq FROM windows ORDER BY seq")] == answered


def test_open_pages_do_not_hold_up_the_end(tmp_path):
    with serving(tmp_path) as (port, process), contextlib.ExitStack() as stack:
        for _ in range(3):
            page = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            page.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"resync" in page.recv(65536) + page.recv(65536)
        process.terminate()
        assert process.wait(timeout=15) == 0


@pytest.mark.parametrize("port", ["70000", "x"])
def test_a_wrong_port_is_one_sentence(tmp_path, port):
    run = subprocess.run([JUDDER, "serve", "--port", port], capture_output=True, text=True, cwd=tmp_path)
    assert run.returncode in (1, 2) and "Traceback" not in run.stderr


def test_a_taken_port_is_one_sentence_with_a_hint(tmp_path):
    with serving(tmp_path / "a") as (port, _):
        command = [JUDDER, "serve", "--host", "127.0.0.1", "--port", str(port), "--data-dir", tmp_path / "b"]
        run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 1
    assert "cannot be listened on" in run.stderr and "hint: Is another server running?" in run.stderr
