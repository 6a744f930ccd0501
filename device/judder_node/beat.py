"""When a sensor makes its samples, as far as the times of reading them tell: its rate, what is late or lost.

Everything here but measure() runs in the sampler's callback: whole numbers only, and nothing is made anew.
"""

import time

from micropython import const

_TUNING = const(64)  # samples that only tell the sensor's rate, some percents off what it is said to be
_UNTUNED = const(512)  # samples, where there never are so many without a pause: then it is as said
_FOLLOW = const(4)  # a sample read d late moves the next ones' time by d / 2^4: faster than crystals wander
_SETTLED = const(10)  # windows after which the measured rate is the mean of about as many


class Beat:
    """The beat of one sensor, from begin() on.

    late: samples read more than half a period after they were made. lost: those that were overwritten before
    anybody read them. late_here, lost_here: of the window that is being filled; whoever ends it clears them.
    count: samples made since begin(). seen_us: when the newest of them was read, a value of ticks_us().
    rate_hz: as measured.
    """

    def __init__(self, nominal_hz):
        self._nominal_us = int(1000000 / nominal_hz)
        self.rate_hz = float(nominal_hz)
        self.late = self.lost = 0
        self.restart()

    def restart(self):
        """Forget the rate: another sensor may be there."""
        self._period_us = self._nominal_us
        self._windows = 0
        self._tuned = False
        self.begin()

    def begin(self):
        """Expect the first sample of a window that follows none."""
        self.late_here = self.lost_here = self.count = self._tuning = 0
        self.seen_us = self._first_us = self._due_us = self._first_count = None

    def meet(self, now_us):
        """Take note of one sample, read now; return whether it may be part of a window."""
        if not self._tuned:
            self._tune(now_us)
            return False
        if self._first_us is None:
            self._first_us = self._due_us = now_us
            self._first_count = 1
        else:
            self._compare(now_us)
        self._due_us = time.ticks_add(self._due_us, self._period_us)
        self.seen_us = now_us
        self.count += 1
        return True

    def _tune(self, now_us):
        """Measure the period over samples that come without a pause."""
        if self.seen_us is None or 5 * time.ticks_diff(now_us, self.seen_us) > 8 * self._nominal_us:
            self._first_us, self._tuning = now_us, 0
        self.seen_us = now_us
        self.count += 1
        self._tuning += 1
        if self._tuning == _TUNING:
            self._period_us = time.ticks_diff(now_us, self._first_us) // (_TUNING - 1)
        elif self.count < _UNTUNED:
            return
        self._tuned = True
        self.begin()

    def _compare(self, now_us):
        """Tell whether the sample read now is late, and how many before it were overwritten.

        _due_us: when it was made, as far as one can know: reads come after that, never before.
        """
        period_us = self._period_us
        behind_us = time.ticks_diff(now_us, self._due_us)
        if behind_us < 0:
            self._due_us = now_us
            return
        missed = (
            behind_us + (period_us >> 3)
        ) // period_us  # a little less than a period is one, read at once
        if missed:
            self._lose(missed)
            self._due_us = time.ticks_add(self._due_us, missed * period_us)
            behind_us -= missed * period_us
        if 2 * behind_us > period_us:
            self.late += 1
            self.late_here += 1
        else:
            self._due_us = time.ticks_add(self._due_us, behind_us >> _FOLLOW)

    def drained(self, now_us):
        """Take note that a FIFO is empty now."""
        self.seen_us = now_us
        if self._first_us is None and self.count:
            self._first_us, self._first_count = now_us, self.count

    def overran(self, now_us, held):
        """Take note that a FIFO, which holds so many samples now, has lost those before them."""
        made = held
        if self.seen_us is not None:
            made = time.ticks_diff(now_us, self.seen_us) // self._period_us
        self._lose(max(1, made - held))

    def _lose(self, samples):
        self.lost += samples
        self.lost_here += samples
        self.count += samples

    def measure(self, most_samples):
        """Follow the sensor's rate, over about so many samples or more, those that were lost among them."""
        samples = self.count - (self._first_count or 0)
        elapsed_us = time.ticks_diff(self.seen_us, self._first_us)
        if 2 * samples < most_samples or elapsed_us <= 0:
            return
        self._windows = min(self._windows + 1, _SETTLED)
        self.rate_hz += (1e6 * samples / elapsed_us - self.rate_hz) / self._windows
        self._period_us = int(1000000 / self.rate_hz)
        self._first_us, self._first_count = self.seen_us, self.count
