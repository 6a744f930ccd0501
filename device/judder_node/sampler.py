"""Samples become windows: a callback fills one buffer while the other is scored and sent.

Neither scoring nor the network stops the sampling, and the callback runs with the heap locked: no
allocation, so no garbage collection between two samples.
"""

import asyncio
import time
from array import array

import micropython
from judder_core.window import AXES, FLAG_LATE, Window

if hasattr(micropython, "alloc_emergency_exception_buf"):  # the unix port has none
    micropython.alloc_emergency_exception_buf(100)


class SensorStalled(Exception):
    """No window came for a while: the sensor or its bus has stopped."""


class Sampler:
    """Reads sensor whenever pacer calls, and hands out windows of window_len samples.

    late: samples that came more than half a period off. lost_samples: those the sensor made and nobody
    read. lost_windows: whole windows the app was too slow for. sample_rate_hz: measured.
    max_late_share: of a window's samples, late or lost; above it the window is flagged.
    """

    def __init__(self, sensor, pacer, window_len, sample_rate_hz, range_g, max_late_share):
        self._sensor = sensor
        self._pacer = pacer
        self.window_len = window_len
        self._range_g = range_g
        self._period_us = int(1000000 / sample_rate_hz)
        self._max_late = int(window_len * max_late_share)
        self._buffers = (array("h", bytes(2 * AXES * window_len)), array("h", bytes(2 * AXES * window_len)))
        self._filling = self._buffers[0]
        self._full = None
        self._position = 0
        self._last_us = None
        self._end_us = 0
        self._late_here = 0
        self._late_there = 0
        self._next_seq = 0
        self._full_seq = 0
        self._flag = asyncio.ThreadSafeFlag()
        self._callback = self._on_tick  # bound once: binding allocates
        self._previous_end_us = None
        self._stall_ms = int(3000 * window_len / sample_rate_hz) + 1000
        self.nominal_rate_hz = sample_rate_hz
        self.sample_rate_hz = float(sample_rate_hz)
        self.late = 0
        self.lost_samples = 0
        self.lost_windows = 0
        self.bus_errors = 0

    def start(self):
        """Set the sensor up and begin. Raises OSError where it does not answer."""
        self._sensor.start(self.nominal_rate_hz, self._range_g)
        self.begin_again()
        self._flag.clear()  # a window that was finished after the last wait has nobody to take it
        self._pacer.start(self._callback)

    def begin_again(self):
        """Leave out what came since the last window: the flash was written, and samples are missing."""
        self._position = 0
        self._late_here = 0
        self._last_us = None
        self._previous_end_us = None

    def stop(self):
        self._pacer.stop()

    def _on_tick(self, _):
        micropython.heap_lock()
        try:
            if self._sensor.take(self._filling, self._position, 1):
                self._took_sample(time.ticks_us())
        except OSError:
            self.bus_errors += 1
        finally:
            micropython.heap_unlock()

    def _took_sample(self, now_us):
        period_us = self._period_us
        if self._last_us is not None:
            gap_us = time.ticks_diff(now_us, self._last_us)
            if gap_us > period_us + period_us // 2 or gap_us < period_us // 2:
                self._late_here += 1
                self.late += 1
                missed = (gap_us + period_us // 2) // period_us - 1
                if missed > 0:
                    self.lost_samples += missed
                    self._late_here += missed  # what was lost came too late as well
        self._last_us = now_us
        self._position += AXES
        if self._position == len(self._filling):
            self._finish(now_us)

    def _finish(self, now_us):
        self._position = 0
        seq = self._next_seq
        self._next_seq = (seq + 1) & 0x3FFFFFFF
        late, self._late_here = self._late_here, 0
        if self._full is not None:  # still being scored: this one is lost, and its number shows it
            self.lost_windows += 1
            return
        self._full = self._filling
        self._full_seq = seq
        self._late_there = late
        self._end_us = now_us
        self._filling = self._buffers[1] if self._full is self._buffers[0] else self._buffers[0]
        self._flag.set()

    def windows(self):
        """Return an asynchronous iterator over the windows, without end.

        A window's counts are a view of the buffer: use them before the next window is asked for.
        Raises SensorStalled when none comes for three windows' time.
        """
        return self

    def __aiter__(self):
        return self

    async def __anext__(self):
        self._full = None
        try:
            await asyncio.wait_for_ms(self._flag.wait(), self._stall_ms)
        except asyncio.TimeoutError:
            raise SensorStalled
        self._measure_rate()
        window = Window(self._full, self._sensor.scale_g, self.sample_rate_hz)
        window.seq = self._full_seq
        window.sensor = self._sensor.CODE
        window.end_us = self._end_us
        if self._late_there > self._max_late:
            window.flags |= FLAG_LATE
        return window

    def _measure_rate(self):
        """Follow the real rate: a tenth of the gap a window, so that one late sample does not show."""
        if self._previous_end_us is not None:
            elapsed_us = time.ticks_diff(self._end_us, self._previous_end_us[0])
            windows = self._full_seq - self._previous_end_us[1]
            if elapsed_us > 0 and 0 < windows < 60:
                rate_hz = 1e6 * self.window_len * windows / elapsed_us
                self.sample_rate_hz += (rate_hz - self.sample_rate_hz) * 0.1
        self._previous_end_us = (self._end_us, self._full_seq)
