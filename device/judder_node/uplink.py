"""Windows and status to the server: a bounded queue, one connection, and patience.

Sampling never waits for it. When the queue is full the oldest window goes, and is counted.
"""

import asyncio
import json
import random

from judder_core import wire
from judder_core.window import FLAG_BACKLOG

_WINDOWS_PATH = "/api/v1/windows"
_BACKOFF_MS = (500, 1000, 2000, 4000, 8000, 15000, 30000)
_BACKLOG_AFTER = 2  # a window that had this many before it in the queue comes late


class Uplink:
    """connection: where to. on_outcome(seq, answer): called once for each window that was offered, with
    the server's answer (a dict), or None where none will come in time. make_status(): the board's report.
    """

    def __init__(self, connection, config, window_len, device_id, on_outcome, make_status):
        self._connection = connection
        self._frames = [bytearray(wire.frame_size(window_len)) for _ in range(config["queue_windows"])]
        self._seqs = [0] * len(self._frames)
        self._reported = [False] * len(self._frames)
        self._first = 0
        self._queued = 0
        self._sending = False
        self._status_path = "/api/v1/devices/%s/status" % device_id
        self._status_every_ms = int(config["status_interval_s"] * 1000)
        self._on_outcome = on_outcome
        self._make_status = make_status
        self._wanted = asyncio.Event()
        self._failures = 0
        self.sent = 0
        self.dropped = 0
        self.refused = 0
        self.last_error = None

    @property
    def queued(self):
        return self._queued

    def offer(self, window):
        """Take a copy of window into the queue; return at once."""
        if self._queued == len(self._frames):
            self._drop_oldest()
        if self._queued >= _BACKLOG_AFTER:
            window.flags |= FLAG_BACKLOG
        slot = (self._first + self._queued) % len(self._frames)
        wire.encode_window_into(self._frames[slot], window)
        self._seqs[slot] = window.seq
        self._reported[slot] = False
        self._queued += 1
        self._wanted.set()

    def _drop_oldest(self):
        """The oldest is on the wire while it is sent; then the one after it has to go."""
        gap = 1 if self._sending and len(self._frames) > 1 else 0
        victim = (self._first + gap) % len(self._frames)
        self._report(victim, None)
        if gap:  # the frame on the wire moves up into the victim's place in the order
            self._frames[self._first], self._frames[victim] = self._frames[victim], self._frames[self._first]
            self._seqs[victim] = self._seqs[self._first]
            self._reported[victim] = self._reported[self._first]
        self._first = (self._first + 1) % len(self._frames)
        self._queued -= 1
        self.dropped += 1

    def _report(self, slot, answer):
        if not self._reported[slot]:
            self._reported[slot] = True
            self._on_outcome(self._seqs[slot], answer)

    async def run(self):
        """Send what is queued, for ever."""
        asyncio.create_task(self._report_forever())
        while True:
            while self._queued:
                await self._send_oldest()
            self._wanted.clear()
            await self._wanted.wait()

    async def _send_oldest(self):
        self._sending = True
        try:
            answer = await self._connection.post(_WINDOWS_PATH, wire.CONTENT_TYPE, self._frames[self._first])
        except OSError as error:
            await self._failed(error, None)
            return
        finally:
            self._sending = False
        if answer.status >= 500 or answer.status == 429:
            await self._failed("server says %d" % answer.status, answer.retry_after_s)
            return
        self._failures = 0
        if answer.status == 200:
            self.sent += 1
            self.last_error = None
            self._report(self._first, json.loads(answer.body))
        else:  # sending it again would not change the server's mind
            self.refused += 1
            self.last_error = "server says %d: %s" % (answer.status, _sentence(answer.body))
            self._report(self._first, None)
        self._first = (self._first + 1) % len(self._frames)
        self._queued -= 1

    async def _failed(self, error, retry_after_s):
        """The window stays; whoever waits for the host's opinion is told that it will not come in time."""
        self.last_error = str(error)
        self._report(self._first, None)
        pause_ms = _BACKOFF_MS[min(self._failures, len(_BACKOFF_MS) - 1)]
        self._failures += 1
        pause_ms = (
            pause_ms // 2 + random.getrandbits(16) * pause_ms // 131072
        )  # a hall does not come back at once
        await asyncio.sleep_ms(max(pause_ms, 1000 * (retry_after_s or 0)))

    async def _report_forever(self):
        while True:
            if not self._failures:
                await self._send_status()
            await asyncio.sleep_ms(self._status_every_ms)

    async def _send_status(self):
        try:
            body = json.dumps(self._make_status()).encode()
            answer = await self._connection.post(self._status_path, "application/json", body)
            if answer.status == 200:
                self._on_outcome(None, json.loads(answer.body))
        except OSError as error:
            self.last_error = str(error)


def _sentence(body):
    try:
        return json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        return "(no reason given)"
