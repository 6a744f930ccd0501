"""When a sensor makes its samples, and which of the world's signal they are: for the models in parts/."""

import clock
from interrupts import PERIOD, diff
from world import WORLD


class Samples:
    """A part's own beat. made: how many there were since start() (wraps at 2**30). next_us: when the next comes.

    Nothing but start() allocates.
    """

    def start(self, millihz):
        """Begin anew, at this rate: the first sample comes a period from now."""
        period_ns = 1000000000000 // millihz
        self._period_us = period_ns // 1000
        self._period_ns = period_ns % 1000
        self._step = WORLD.signal_hz * 1000 // millihz
        self._step_rest = WORLD.signal_hz * 1000 % millihz
        self._millihz = millihz
        self._ns = self._rest = self._index = self.made = 0
        self.next_us = clock.now_us
        self._plan_next()

    def catch_up(self):
        """Make what is due by now; return how many samples that were."""
        new = 0
        while diff(clock.now_us, self.next_us) >= 0:
            new += 1
            self._plan_next()
            self._index += self._step
            self._rest += self._step_rest
            if self._rest >= self._millihz:
                self._rest -= self._millihz
                self._index += 1
        self.made = (self.made + new) % PERIOD
        return new

    def after(self, us):
        """Return when a sample comes after the one at us, which may be one of these or of a rate before."""
        half_us = self._period_us // 2
        if diff(self.next_us, us) > half_us:
            return self.next_us
        last_us = self.next_us if diff(self.next_us, us) > -half_us else us
        return (last_us + self._period_us) % PERIOD

    def read(self, back, buffer):
        """Put the sample made before the last `back` ones into buffer: x, y, z, int16, 1/4096 g a count."""
        WORLD.read_signal(self._index - back * self._step, buffer)

    def _plan_next(self):
        ns = self._ns + self._period_ns
        self._ns = ns % 1000
        self.next_us = (self.next_us + self._period_us + ns // 1000) % PERIOD
