"""The mean residuals of the last windows of one machine.

Averaging residuals before the distance beats averaging scores, since noise averages out and a fault does
not. A longer mean is that of shorter ones, block after block, so that a board can hold it.
"""

from array import array


class Evidence:
    """lengths: how many windows each mean is of, rising, each a multiple of the one before; size: how many
    features there are.

    >>> from judder_core import numeric
    >>> evidence = Evidence([2, 4], 1, numeric)
    >>> for value in (1.0, 3.0, 5.0, 7.0, 9.0):
    ...     evidence.add(array("f", [value]))
    >>> [list(mean) for mean in evidence.means]
    [[8.0], [4.0]]
    """

    def __init__(self, lengths, size, numeric):
        self._rings = []
        before = 1
        for length in lengths:
            self._rings.append(_Ring(length // before, size, numeric))
            before = length

    def clear(self):
        """Forget all windows."""
        for ring in self._rings:
            ring.taken = 0

    def add(self, residual):
        """Take in the residual of one window that counts, a row of float32."""
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
