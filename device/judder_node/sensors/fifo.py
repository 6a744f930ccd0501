"""What the drivers of parts with a FIFO share: it is emptied in as few transfers as fit its filling."""

from errno import ENODEV

from .registers import put_counts


class FifoDriver:
    """A driver has _DATA, the register that gives sample after sample, and _waiting(), how many there are.

    FULL: with so many waiting, some count as lost: whether one more comes before the first is read, no part
    tells. HIGH, UNUSED_BITS: see put_counts. PIECES: how many samples one transfer may read, in falling
    order; each has its view of the buffer, since a callback cannot cut one.
    """

    FIFO_LEN = 32
    FULL = 31
    LOOKS_PER_SAMPLE = 0
    HIGH = 1
    UNUSED_BITS = 0
    PIECES = (8, 4, 2, 1)

    def __init__(self, bus):
        self._bus = bus
        raw = memoryview(bytearray(6 * self.PIECES[0]))
        self._pieces = [raw[: 6 * samples] for samples in self.PIECES]
        self._has_lost = False
        self.scale_g = None
        self.overrun = False

    def take(self, counts, start, most):
        """See the package. Where a later one of several transfers fails, return what came before.

        What was lost, was lost before the samples that are returned.
        """
        waiting = self._waiting()
        if self._has_lost or waiting >= self.FULL:
            self._has_lost = False
            self.overrun = True
        left = min(waiting, most)
        taken = 0
        try:
            for piece in self._pieces:
                samples = len(piece) // 6
                while left >= samples:
                    self._bus.read_into(self._DATA, piece)
                    put_counts(piece, self.HIGH, self.UNUSED_BITS, counts, start + 3 * taken)
                    taken += samples
                    left -= samples
        except OSError as error:
            if error.errno != ENODEV:  # that is: nobody answered, so that nothing has left the FIFO
                self._has_lost = True
            if not taken:
                raise
        return taken
