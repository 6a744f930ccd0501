"""A hall of boards without hardware: clients that send frames as boards do, and keep what is not answered."""

import asyncio
import contextlib
import json
import random
import time
from array import array
from collections import deque
from pathlib import Path

from judder_core import wire
from judder_core.signing import Signer
from judder_core.window import FLAG_BACKLOG, FLAG_LOCAL_SCORE, FLAG_OPINION_WANTED, Window

BACKOFF_S = (0.5, 1, 2, 4, 8)  # as a board's uplink has it
TIMEOUT_S = 2
ASKS = FLAG_LOCAL_SCORE | FLAG_OPINION_WANTED


PATH = "/api/v1/windows"
HEAD = "POST " + PATH + " HTTP/1.1\r\nHost: judder\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n\r\n"


def _now_ms():
    return time.monotonic_ns() // 1_000_000


class LightBoard:
    """One board that asks the host about every window. machine: its windows, int16 (n, window_len, 3). key:
    64 hex digits, by which it signs; "": it signs nothing.

    round_trips_s: from the first byte sent to the last received, of windows answered at the first try.
    answers: (monotonic time, who judged) of all.
    """

    def __init__(self, number, machine, model, rate_hz=250.0, key=""):
        self.device_id = bytes([2, 0, 0, 1, number >> 8, number & 255])
        self.boot_id = random.getrandbits(30)
        self.windows = 0
        self.round_trips_s = []
        self.answers = []
        self._machine = machine
        self._model = model
        self._rate_hz = rate_hz
        self._unsent = deque()
        self._wanted = asyncio.Event()
        self._stream = None
        self._signer = Signer(key, self.device_id, _now_ms, lambda new, old: new - old) if key else None

    async def run(self, port, seconds, period_s=1.0):
        """Make a window each period_s for so many seconds; return once all are answered."""
        sending = asyncio.create_task(self._send_forever(port))
        due = time.monotonic() + random.random() * period_s
        end = time.monotonic() + seconds
        while due < end:
            await asyncio.sleep(max(0, due - time.monotonic()))
            self._unsent.append(self._frame())
            self._wanted.set()
            due += period_s
        while self._unsent:
            await asyncio.sleep(0.05)
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sending
        self._hang_up()

    def _frame(self):
        counts = array("h", self._machine[self.windows % len(self._machine)].tobytes())
        window = Window(counts, 1 / 2048, self._rate_hz, self.device_id, self.boot_id, self.windows)
        window.flags, window.local_score, window.model_hash = ASKS, 2.0, self._model.model_hash
        self.windows += 1
        return wire.encode_window(window)

    async def _send_forever(self, port):
        failures = 0
        while True:
            self._wanted.clear()
            while self._unsent:
                started = time.monotonic()
                try:
                    answer = await asyncio.wait_for(self._post(port, self._unsent[0]), TIMEOUT_S)
                except (OSError, EOFError, TimeoutError):
                    self._hang_up()
                    for frame in self._unsent:
                        wire.add_flags(frame, FLAG_BACKLOG)
                    await asyncio.sleep(BACKOFF_S[min(failures, len(BACKOFF_S) - 1)] * random.uniform(0.5, 1))
                    failures += 1
                    continue
                if not failures and len(self._unsent) == 1:
                    self.round_trips_s.append(time.monotonic() - started)
                failures = 0
                self.answers.append((time.monotonic(), answer["judged_by"]))
                self._unsent.popleft()
            await self._wanted.wait()

    async def _post(self, port, frame):
        if self._stream is None:
            self._stream = await asyncio.open_connection("127.0.0.1", port)
        status, body = await self._exchange(frame)
        if status == "401" and self._signer and self._signer.adopt(body):
            status, body = await self._exchange(frame)
        if status != "200":
            raise OSError(status)
        return json.loads(body)

    async def _exchange(self, frame):
        """Return (status, body) of the answer to frame."""
        reader, writer = self._stream
        signature = ""
        if self._signer:
            signature = self._signer.header(b"POST", PATH.encode(), (frame,)).decode() + "\r\n"
        writer.write((HEAD % (signature, wire.CONTENT_TYPE, len(frame))).encode() + frame)
        headers = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(headers.split("content-length:")[1].split("\r\n")[0])
        return headers.split(" ")[1], await reader.readexactly(length)

    def _hang_up(self):
        stream, self._stream = self._stream, None
        if stream:
            stream[1].close()


def train_on(recordings, rate_hz=250.0, **options):
    """Return (the windows of 256 samples in recordings, the bytes of a model trained on them)."""
    import judder

    model = judder.train(recordings, name="fan", sample_rate_hz=rate_hz, window_len=256, **options)
    return model.windows, model.data


def two_detectors(path):
    """Write to path a model of the simulated fan with a detector for the board, which is never sure, and one
    for the host; return (the model, counts of the windows it was trained on).
    """
    from judder.simulation import FanOptions, simulate
    from judder_core import model_file, numeric

    recordings = [simulate(FanOptions(seconds=410))]
    windows, data = train_on(recordings)
    boards, hosts = json.loads(data), json.loads(train_on(recordings, features="statistics")[1])
    boards["detectors"][0]["grey_zone"] = [0.0, 1e9]
    boards["detectors"] += hosts["detectors"]
    Path(path).write_text(json.dumps(boards))
    return model_file.load(Path(path).read_bytes(), numeric), windows.samples.astype("<i2")
