"""Samples become windows, and no window misses a sample without saying so.

A sensor with a FIFO is read without a pause: the callback empties it into one buffer while the window in the
other is judged and sent. One without is read in bouts: whoever holds a window holds up the sampling, and the
next window begins when it is asked for. So nothing that takes long, or leaves garbage to be collected, comes
between two samples of a window. The callback runs with the heap locked, for the same reason.
"""

import asyncio
import time
from array import array

import micropython
from judder_core.window import AXES, FLAG_LATE, FLAG_LOST, Window
from micropython import const

from .beat import Beat

if hasattr(micropython, "alloc_emergency_exception_buf"):  # the unix port has none
    micropython.alloc_emergency_exception_buf(100)

_TELLING = const(8000)  # looks: of fewer, chance alone makes some permille fail more or less
_MOST_FAILURES = const(16)  # bus errors in a row: a stuck bus takes 50 ms for each, and the app stands still


class SensorStalled(Exception):
    """No window came for a while: the sensor has stopped."""


class Sampler:
    """Reads the driver that open_sensor() returns, whenever its pacer calls, and hands out windows.

    open_sensor() -> (driver, pacer), made anew at each start. beat: what is late and lost, and the measured
    rate. lost_windows: those that the app was too slow for. looks, bus_errors: at the sensor, and how many of
    them failed. max_late_share: of a window's samples; above it the window is flagged.
    """

    def __init__(self, open_sensor, window_len, sample_rate_hz, range_g, max_late_share):
        self._open = open_sensor
        self.window_len = window_len
        self._range_g = range_g
        self._max_late = int(window_len * max_late_share)
        self._buffers = [_buffer(window_len)]
        self._stall_ms = int(3000 * window_len / sample_rate_hz) + 5000
        self._flag = asyncio.ThreadSafeFlag()
        self._callback = self._on_tick  # bound once: binding allocates
        self._next_seq = 0
        self.driver = self._pacer = None
        self.nominal_rate_hz = sample_rate_hz
        self.beat = Beat(sample_rate_hz)
        self.lost_windows = self.looks = self.bus_errors = self._looks_told = self._errors_told = 0
        self._share = 0.0

    def start(self):
        """Set the sensor up, to be read from the first window that is asked for.

        Raises OSError where it does not answer, ConfigError where it is another one.
        """
        self.driver, self._pacer = self._open()
        self.driver.start(self.nominal_rate_hz, self._range_g)
        self._in_bouts = self.driver.FIFO_LEN == 0
        if not self._in_bouts and len(self._buffers) < 2:
            self._buffers.append(_buffer(self.window_len))
        self.beat.restart()
        self._looks_told, self._errors_told = (
            self.looks,
            self.bus_errors,
        )  # a fault that is over is no quality
        self._share = 0.0
        self._full = self._full_seq = self._full_count = (
            None  # all are made here: the callback may make nothing
        )
        self._late_there = self._lost_there = 0
        self._reading = False

    def stop(self):
        """Read no more. Nothing to do where nothing was started."""
        self._reading = False
        if self._pacer:
            self._pacer.stop()

    def failing_share(self):
        """Return the share of looks at the sensor that failed, of the last few thousand."""
        looks = self.looks - self._looks_told
        if looks >= _TELLING:
            self._share = (self.bus_errors - self._errors_told) / looks
            self._looks_told, self._errors_told = self.looks, self.bus_errors
        return self._share

    def windows(self):
        """Return an asynchronous iterator over the windows, without end.

        A window's counts are a view of the buffer: use them before the next window is asked for. Raises
        SensorStalled when none comes for three windows' time, OSError when the bus fails again and again.
        """
        return self

    def __aiter__(self):
        return self

    async def __anext__(self):
        self._full = None
        if not self._reading:
            self._begin()
        self._asked_ms = time.ticks_ms()
        await self._flag.wait()
        if self._full is None:
            raise OSError("the sensor's bus fails") if self._failures else SensorStalled
        if self._in_bouts:
            self._pacer.stop()
        self.beat.measure(self.window_len)
        return self._window()

    async def keep_awake(self):
        """End each wait for a window that does not come, for ever.

        asyncio's wait_for would do the same, and leave a kilobyte of garbage for each window.
        """
        while True:
            await asyncio.sleep(1)
            if self._reading and time.ticks_diff(time.ticks_ms(), self._asked_ms) > self._stall_ms:
                self._reading = False
                self._flag.set()

    def _begin(self):
        """Begin a window. A sample that waits already is left out: nobody knows when it was made."""
        self._filling = self._buffers[0]
        self._position = self._failures = 0
        self.beat.begin()
        if self._in_bouts:
            try:
                self.driver.take(self._filling, 0, 1)
            except OSError:
                self.bus_errors += 1
        self._flag.clear()
        self._reading = True
        self._pacer.start(self._callback)

    def _on_tick(self, _):
        if not self._reading:
            return
        micropython.heap_lock()
        try:
            self.looks += 1
            if self._in_bouts:
                self._look_twice()
            else:
                self._drain(time.ticks_us())
            self._failures = 0
        except OSError:
            self.bus_errors += 1
            self._failures += 1
            if self._failures >= _MOST_FAILURES:
                self._reading = False
                self._flag.set()
        finally:
            micropython.heap_unlock()

    def _look_twice(self):
        """Look at once again where the bus failed: a data-ready pin calls no more for this sample."""
        try:
            self._look()
        except OSError:
            self.bus_errors += 1
            self._look()

    def _look(self):
        """Take the new sample of a sensor without FIFO, if there is one. It was made before now."""
        if self.driver.take(self._filling, self._position, 1) and self.beat.meet(time.ticks_us()):
            self._store(1)

    def _drain(self, now_us):
        """Take all that a FIFO holds. That it lost some it says itself; how many, the time tells."""
        beat, driver = self.beat, self.driver
        while True:
            room = (len(self._filling) - self._position) // AXES
            taken = driver.take(self._filling, self._position, room)
            if driver.overrun:
                driver.overrun = False
                beat.overran(now_us, driver.FIFO_LEN)
            beat.count += taken
            beat.drained(now_us)
            self._store(taken)
            if taken < room:
                break

    def _store(self, samples):
        self._position += AXES * samples
        if self._position == len(self._filling):
            self._finish()

    def _finish(self):
        beat = self.beat
        late, beat.late_here = beat.late_here, 0
        lost, beat.lost_here = beat.lost_here, 0
        self._position = 0
        seq = self._next_seq
        self._next_seq = (seq + 1) & 0x3FFFFFFF
        if self._full is not None:  # still being judged: this one is lost, and its number shows it
            self.lost_windows += 1
            return
        self._full, self._full_seq = self._filling, seq
        self._full_count = beat.count
        self._late_there, self._lost_there = late, lost
        if self._in_bouts:
            self._reading = False
        else:
            self._filling = self._buffers[self._full is self._buffers[0]]
        self._flag.set()

    def _window(self):
        beat = self.beat
        window = Window(self._full, self.driver.scale_g, beat.rate_hz)
        window.seq = self._full_seq
        window.sensor = self.driver.CODE
        newer_us = int((beat.count - self._full_count) * 1000000 / beat.rate_hz)
        window.end_us = time.ticks_add(beat.seen_us, -newer_us)
        if self._late_there > self._max_late:
            window.flags |= FLAG_LATE
        if self._lost_there:
            window.flags |= FLAG_LOST
        return window


def _buffer(window_len):
    return array("h", bytes(2 * AXES * window_len))
