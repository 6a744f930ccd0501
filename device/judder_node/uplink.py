"""Windows and status to the server: a bounded queue, the flash for what it cannot hold, and patience.

Sampling never waits for it. Live windows go first; those from the flash follow, a few a second.
"""

import asyncio
import json
import random
import time

from judder_core import wire
from judder_core.window import FLAG_BACKLOG

_WINDOWS_PATH = "/api/v1/windows"
_BACKOFF_MS = (500, 1000, 2000, 4000, 8000)  # at most: a server that is back is found within 10 s
_BACKLOG_AFTER = 2  # a window that had this many before it in the queue comes late
_SPOOL_EVERY_MS = 250


class Uplink:
    """connection: where to. on_outcome(seq, answer): called for each window that was offered, with the
    server's answer (a dict), or before that with None where none will come in time; seq is None for what
    nobody waits for. make_status(): the board's report. failures: in a row, 0 while the server answers.
    """

    def __init__(self, connection, config, window_len, device_id, spool, on_outcome, make_status):
        self._connection = connection
        self._frames = [bytearray(wire.frame_size(window_len)) for _ in range(config["queue_windows"])]
        self._seqs = [None] * len(self._frames)
        self._first = 0
        self._queued = 0
        self._sending = False
        self._status_path = "/api/v1/devices/%s/status" % device_id
        self._report_at = time.ticks_ms()
        self._status_every_ms = int(config["status_interval_s"] * 1000)
        self._on_outcome = on_outcome
        self._make_status = make_status
        self._wanted = asyncio.Event()
        self.spool = spool
        self._pause_ms = 0
        self.failures = 0
        self.refused = 0
        self.last_error = None

    @property
    def queued(self):
        return self._queued

    def offer(self, window):
        """Take a copy of window into the queue; return whether the flash had to be written to make room."""
        full = self._queued == len(self._frames)
        if full:
            self._spill()
        if self._queued >= _BACKLOG_AFTER:
            window.flags |= FLAG_BACKLOG
        slot = self._slot(self._queued)
        wire.encode_window_into(self._frames[slot], window)
        self._seqs[slot] = window.seq
        self._queued += 1
        self._wanted.set()
        return full

    def _slot(self, place):
        return (self._first + place) % len(self._frames)

    def keep(self):
        """Put what is queued on the flash: the board is about to start anew."""
        if self._queued:
            self._spill()

    def _spill(self):
        """Move what is queued to the flash, but for the window that is on the wire."""
        left = 1 if self._sending else 0
        frames = []
        for place in range(left, self._queued):
            slot = self._slot(place)
            wire.add_flags(self._frames[slot], FLAG_BACKLOG)
            frames.append(self._frames[slot])
            self._on_outcome(self._seqs[slot], None)
        self.spool.append(frames)
        self._queued = left

    async def run(self):
        """Send for ever: live windows first, then the report on the board, then windows from the flash."""
        while True:
            try:
                await self._send_next()
            except (OSError, MemoryError) as error:  # of the flash or the status: the live windows still go
                self.last_error = str(error)
                self._pause_ms = _BACKOFF_MS[0]
            if self._pause_ms:
                await asyncio.sleep_ms(self._pause_ms)

    async def _send_next(self):
        if self._queued:
            await self._send_oldest(False)
        elif time.ticks_diff(self._report_at, time.ticks_ms()) <= 0:
            await self._send_status()
        elif not self.spool.waiting():
            await self._is_quiet(time.ticks_diff(self._report_at, time.ticks_ms()))
        elif await self._is_quiet(_SPOOL_EVERY_MS) and self.spool.read_into(self._frames[self._first]):
            self._seqs[self._first] = None
            self._queued = 1
            await self._send_oldest(True)

    async def _is_quiet(self, most_ms):
        """Wait for a live window; return whether none came."""
        self._wanted.clear()
        try:
            await asyncio.wait_for_ms(self._wanted.wait(), most_ms)
        except asyncio.TimeoutError:
            pass
        return not self._queued

    async def _send_oldest(self, spooled):
        """Send the first window of the queue; it stays until it is answered, unless the flash has it too."""
        slot = self._first
        self._sending = True
        sent = await self._send(_WINDOWS_PATH, wire.CONTENT_TYPE, self._frames[slot], self._seqs[slot])
        self._sending = False
        if spooled:
            self.spool.settle(sent)
        if spooled or sent:
            self._first = self._slot(1)
            self._queued -= 1

    async def _send_status(self):
        body = json.dumps(self._make_status()).encode()
        if await self._send(self._status_path, "application/json", body, None):
            self._report_at = time.ticks_add(time.ticks_ms(), self._status_every_ms)

    async def _send(self, path, content_type, body, seq):
        """Return whether the server took body. Where it did not, whoever waits is told that nothing comes."""
        retry_after_s = 0
        try:
            answer = await self._connection.post(path, content_type, body)
            if answer.status < 500 and answer.status != 429:
                self._take(answer, seq)
                self.failures = self._pause_ms = 0
                return True
            self.last_error = "server says %d" % answer.status
            retry_after_s = answer.retry_after_s or 0
        except (OSError, ValueError, KeyError, TypeError, MemoryError) as error:
            self.last_error = str(error)
        for place in range(self._queued):
            self._on_outcome(self._seqs[self._slot(place)], None)
        longest_ms = _BACKOFF_MS[min(self.failures, len(_BACKOFF_MS) - 1)]
        self.failures += 1
        # A hall does not come back at once.
        pause_ms = longest_ms // 2 + random.getrandbits(16) * longest_ms // 131072
        self._pause_ms = max(pause_ms, 1000 * retry_after_s)
        return False

    def _take(self, answer, seq):
        if answer.status == 200:
            self._on_outcome(seq, json.loads(answer.body))
            self.last_error = None
        else:  # sending it again would not change the server's mind
            self.refused += 1
            self.last_error = "server says %d: %s" % (answer.status, _sentence(answer.body))
            self._on_outcome(seq, None)


def _sentence(body):
    try:
        return json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        return "(no reason given)"
