"""The mean residuals of the last windows of one machine.

Averaging residuals before the distance beats averaging scores, since noise averages out and a fault does
not. A longer mean is that of shorter ones, block after block, so that a board can hold it.
"""

from array import array

EDGES = 2  # windows of a run that may show no more than how the machine starts and stops
SHORT = 10  # runs of no more than these, in a row: such a machine never runs for longer


class Evidence:
    """lengths: how many windows each mean is of, rising, each a multiple of the one before; size: how many
    features there are. stops: whether the machine is seen to stand still; see rest() and go_on().

    What it showed before a rest counts after it. But in the first window of a run it may still start, and in
    the last it may stop already: neither counts. So a residual waits until the machine runs on. Of a machine
    that never runs for longer all windows count, or nothing of it would.

    >>> from judder_core import numeric
    >>> evidence = Evidence([2, 4], 1, numeric)
    >>> for value in (1.0, 3.0, 5.0, 7.0, 9.0):
    ...     evidence.add(array("f", [value]))
    >>> [list(mean) for mean in evidence.means]
    [[8.0], [4.0]]
    """

    def __init__(self, lengths, size, numeric, stops=False):
        self._rings = []
        self._waiting = array("f", bytes(4 * size)) if stops else None
        before = 1
        for length in lengths:
            self._rings.append(_Ring(length // before, size, numeric))
            before = length
        self.clear()

    def clear(self):
        """Forget all windows."""
        for ring in self._rings:
            ring.taken = 0
        self._waits = False
        self._run = EDGES + 1  # how many windows it has run for: no few, as nobody saw it start
        self._short_runs = 0

    def rest(self):
        """Take in that the machine stands still in the next window."""
        if self._waits and self._short_runs >= SHORT:
            self._count(self._waiting)
        self._waits = False
        if self._run:
            self._short_runs = self._short_runs + 1 if self._run <= EDGES else 0
        self._run = 0

    def go_on(self):
        """Take in that the machine runs in the next window. Return whether that is to be left out."""
        if self._waits:
            self._count(self._waiting)
        self._waits = False
        self._run += 1
        return self._run == 1 and self._short_runs < SHORT

    def add(self, residual):
        """Take in the residual of a window that is not to be left out, a row of float32."""
        if self._waiting is None:
            self._count(residual)
        else:
            self._waiting[:] = residual
            self._waits = True

    def _count(self, residual):
        for ring in self._rings:
            ring.add(residual)
            if ring.taken % ring.number:  # the next takes whole blocks
                break
            residual = ring.mean

    @property
    def means(self):
        """The mean of each length, a row of float32 that holds until the next add(); None while there are
        too few windows.
        """
        return [ring.mean if ring.taken >= ring.number else None for ring in self._rings]


class _Ring:
    """So many rows, the newest over the oldest, and their mean; made once, before the heap is in pieces."""

    def __init__(self, number, size, numeric):
        self.number = number
        self.taken = 0
        self.mean = array("f", bytes(4 * size))
        self._rows = array("f", bytes(4 * size * number))
        self._numeric = numeric

    def add(self, row):
        size = len(self.mean)
        first = self.taken % self.number * size
        self._rows[first : first + size] = row
        self.taken += 1
        if self.taken >= self.number:
            self._numeric.average(self._rows, self.mean)
