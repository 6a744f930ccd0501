"""When a sensor makes its samples, and which of the world's signal they are: for the models in parts/."""

import clock
from interrupts import diff, plus
from world import WORLD


class Samples:
    """A part's own beat. next_us: when the next sample comes. index: which of the signal's the last one was.
    runs: whether it makes any.

    Nothing but start() allocates.
    """

    runs = False

    def start(self, millihz):
        """Begin anew, at this rate: the first sample comes a period from now."""
        period_ns = 1000000000000 // millihz
        self._period_us = period_ns // 1000
        self._period_ns = period_ns % 1000
        self._step = WORLD.signal_hz * 1000 // millihz
        self._step_rest = WORLD.signal_hz * 1000 % millihz
        self._millihz = millihz
        self._ns = self._rest = self.index = 0
        self.next_us = clock.now_us
        self.runs = True
        self._plan_next()

    def make_one(self):
        """Make the next sample, if it is due by now; return whether it was."""
        if diff(clock.now_us, self.next_us) < 0:
            return False
        self._plan_next()
        self.index += self._step
        self._rest += self._step_rest
        if self._rest >= self._millihz:
            self._rest -= self._millihz
            self.index += 1
        return True

    def after(self, us):
        """Return when a sample comes after the one at us, which may be one of these or of a rate before."""
        half_us = self._period_us // 2
        if diff(self.next_us, us) > half_us:
            return self.next_us
        last_us = self.next_us if diff(self.next_us, us) > -half_us else us
        return plus(last_us, self._period_us)

    def _plan_next(self):
        ns = self._ns + self._period_ns
        self._ns = ns % 1000
        self.next_us = plus(self.next_us, self._period_us + ns // 1000)
