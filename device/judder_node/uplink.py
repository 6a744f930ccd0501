"""Windows and reports to the server: a bounded queue, the flash for what it cannot hold, and patience.

Sampling never waits for it. Live windows go first; after each may follow a few from the flash. Until the
server has taken a window, or refused it for good, it is kept.
"""

import asyncio
import random
import struct
import time

from judder_core import wire
from judder_core.window import FLAG_BACKLOG
from micropython import const
from uctypes import addressof, bytearray_at

from .answers import REFUSED, complaint, read_reply

_WINDOWS_PATH = "/api/v1/windows"
_BACKOFF_MS = (500, 1000, 2000, 4000, 8000)  # at most: a server that is back is found within 10 s
_LONGEST_PAUSE_S = 300  # whatever Retry-After asks for
_BACKLOG_AFTER = const(2)  # a window that had this many before it in the queue comes late
_SPOOL_EVERY_MS = 1000
_LOOK_MS = const(20)
_LIVE_FIRST_MS = const(5000)  # by a live window the server knows that those from the flash come late
_MOST_STARVED = const(300)  # half a second each: a new boot may find more memory, or tell
_REPORT_AGAIN_MS = 2000
_GAP_WAITED_MS = const(3000)  # a report leaves garbage: it waits so long for a gap between two windows
_BATCH_BYTES = const(14000)  # from the flash in one request: from a server 3 s away too it catches up
_SEQ_AT = const(20)  # in a frame


class Uplink:
    """connection: where to. frames: the room for the queue, bytearrays of a frame's size.

    on_outcome(seq, reply): called for each window that was offered, with the server's Reply, or before that
    with None where none will come in time; seq is None for what nobody waits for. write_report(report) fills
    report, the room for it, which is an empty bytearray then. failures: in a row, 0 while the server answers.
    refused: windows that the server did not take and never will. lost: those there was no room for.
    last_error: a sentence, or None while all is well.
    """

    def __init__(self, connection, config, frames, report, device_id, spool, on_outcome, write_report):
        self._connection = connection
        self._free = frames
        self.queue = []  # frames, the oldest first
        self._singly = 0  # how many from the flash go one by one, since the server refused several
        self._most_ms = config["timeout_ms"]
        self._sent_ms = None  # when the first of the queue was sent, while its answer is waited for
        self._head = connection.head(_WINDOWS_PATH, wire.CONTENT_TYPE, len(frames[0]))
        self._status_path = "/api/v1/devices/%s/status" % device_id
        self._report_at = time.ticks_ms()
        self._status_every_ms = int(config["status_interval_s"] * 1000)
        self._on_outcome = on_outcome
        self._write_report = write_report
        self._report = report  # the next one, once it is made; empty before
        report[:] = b""
        self.spool = spool
        self._pause_ms = 0
        self._spooled_from = time.ticks_add(time.ticks_ms(), _LIVE_FIRST_MS)
        self.failures = 0
        self.refused = 0
        self.lost = 0
        self._starved = 0  # how often in a row there was no memory to send
        self.last_error = None

    def offer(self, window):
        """Take a copy of window into the queue; return whether there was room, as there is after each
        between_windows() that had the memory to do its work.
        """
        try:
            frame = self._free[-1]
            if len(self.queue) >= _BACKLOG_AFTER:
                window.flags |= FLAG_BACKLOG
            wire.encode_window_into(frame, window, _octets(window.counts))
            self.queue.append(frame)
            self._free.pop()
            return True
        except (IndexError, MemoryError):
            self.lost += 1
            self._on_outcome(window.seq, None)
            return False

    def between_windows(self):
        """Do what would spoil a window, now that nothing is sampled.

        To write to the flash stops the board for tens of milliseconds, and to make the report leaves garbage.
        """
        try:
            if self._sent_ms is not None and time.ticks_diff(time.ticks_ms(), self._sent_ms) > self._most_ms:
                self._nobody_answers("no answer within %d ms" % self._most_ms)
            self.spool.tidy()
            if not self._free:
                self.spill(0 if self._sent_ms is None else 1)
            self._make_report(0)
        except MemoryError:  # the next time
            pass

    def spill(self, first=0):
        """Move the queue to the flash, from its place first on."""
        frames = self.queue[first:]
        for frame in frames:
            wire.add_flags(frame, FLAG_BACKLOG)
        if frames and self.spool.append(frames):
            for frame in frames:
                self._on_outcome(_seq(frame), None)
            del self.queue[first:]
            self._free.extend(frames)

    def _nobody_answers(self, why):
        """Tell whoever waits for an answer that none comes in time."""
        if why != self.last_error:
            print("uplink:", why)
        self.last_error = why
        self.failures = max(1, self.failures)
        for frame in self.queue:
            self._on_outcome(_seq(frame), None)

    async def run(self):
        """Send for ever: the report on the board when it is due, live windows, and windows from the flash."""
        while True:
            try:
                await self._send_next()
                self._starved = 0
            except (OSError, ValueError) as error:
                self._fail(str(error))
            except MemoryError:
                self.last_error, self._pause_ms = "no memory", _BACKOFF_MS[0]
                self._starved += 1
                if self._starved >= _MOST_STARVED:
                    raise
            if self._pause_ms:
                await asyncio.sleep_ms(self._pause_ms)

    def _fail(self, why):
        longest_ms = _BACKOFF_MS[min(self.failures, len(_BACKOFF_MS) - 1)]
        self.failures += 1
        # A hall does not come back at once.
        pause_ms = longest_ms // 2 + random.getrandbits(16) * longest_ms // 131072
        self._pause_ms = max(pause_ms, 1000 * min(self._connection.retry_after_s or 0, _LONGEST_PAUSE_S))
        self._spooled_from = time.ticks_add(time.ticks_ms(), self._pause_ms + _LIVE_FIRST_MS)
        self._nobody_answers(why)

    async def _send_next(self):
        self._make_report(_GAP_WAITED_MS)
        if self._report:
            await self._send_report()
        if self.queue:
            await self._send_live()
        if self.spool.waiting and time.ticks_diff(time.ticks_ms(), self._spooled_from) >= 0:
            await self._send_spooled()
        for _ in range(1 + _SPOOL_EVERY_MS // _LOOK_MS):
            await asyncio.sleep_ms(_LOOK_MS)
            if self.queue or self._report:
                break

    async def _send_report(self):
        # what the server does not take holds up no window
        self._report_at = time.ticks_add(time.ticks_ms(), _REPORT_AGAIN_MS)
        head = self._connection.head(self._status_path, "application/json", len(self._report))
        try:
            reply = await self._ask(head, (self._report,))
        finally:
            self._report[:] = b""
        self._report_at = time.ticks_add(time.ticks_ms(), self._status_every_ms)
        if reply:
            self._on_outcome(None, reply)

    def _make_report(self, since_ms):
        """Make the next report where it is due since so long."""
        if self._report or time.ticks_diff(time.ticks_ms(), self._report_at) < since_ms:
            return
        try:
            self._write_report(self._report)
        except MemoryError:
            self._report[:] = b""  # half of it is nothing
            raise

    async def _send_live(self):
        """Send the first of the queue; it stays there until the server has decided on it."""
        frame = self.queue[0]
        seq = _seq(frame)
        self._sent_ms = time.ticks_ms()
        try:
            reply = await self._ask(self._head, (frame,), seq)
        finally:
            self._sent_ms = None
        if frame in self.queue:  # not put on the flash meanwhile
            self.queue.remove(frame)
            self._free.append(frame)
        self._spooled_from = time.ticks_ms()
        if not reply:
            self.refused += 1
        self._on_outcome(seq, reply)

    async def _send_spooled(self):
        """Send a few windows from the flash. Where several together are refused, they go one by one."""
        count, size, seq = self.spool.batch(0 if self._singly else _BATCH_BYTES)
        if not count:
            return
        head = self._connection.head(_WINDOWS_PATH, wire.CONTENT_TYPE, size)
        reply = await self._ask(head, self.spool, seq)
        if not reply and count > 1:
            self._singly = count
            return
        self._singly = max(0, self._singly - 1)
        self.spool.settle()
        if reply:
            self._on_outcome(None, reply)
        else:
            self.refused += 1

    async def _ask(self, head, body, seq=None):
        """Return the server's Reply, or None where it refuses body for good. seq: the number of the last
        window in it. Raises OSError, ValueError where it is to be sent again.
        """
        answer = self._connection
        await answer.request(head, body)
        reply = None
        if answer.status == 200:
            reply = read_reply(answer, seq)
        elif answer.status not in REFUSED:
            raise OSError(complaint(answer))
        self.last_error = None if reply else complaint(answer)
        self.failures = self._pause_ms = 0
        return reply


def _octets(counts):
    """Return the bytes of counts, which are not copied."""
    return bytearray_at(addressof(counts), 2 * len(counts))


def _seq(frame):
    return struct.unpack_from("<I", frame, _SEQ_AT)[0]
