"""What the models of sensors share: registers that may be read-only, and a FIFO of samples."""

from array import array

from samples import Samples


class Model:
    """A part's registers. A model has SIZE (of its registers), POWER_ON {register: value} where it is not 0,
    _is_read_only(register), _changed(register), called after a write, _millihz(), 0 where it does not measure,
    and _store(index), called for each sample with its place in the signal.
    """

    def __init__(self, world, address):
        self._world = world
        self._registers = bytearray(self.SIZE)
        self._raw = bytearray(6)
        self.samples = Samples()
        self.power_on()

    def power_on(self):
        """Set all registers as they are after power-on."""
        for register in range(self.SIZE):
            self._registers[register] = self.POWER_ON.get(register, 0)
        self._restart()

    def _restart(self):
        self._beat = self._millihz()
        if self._beat:
            self.samples.start(self._beat)
        else:
            self.samples.runs = False

    def rate_hz(self):
        """Return the rate that is set, in Hz; 0 where it does not measure."""
        return self._millihz() / 1000

    def write(self, register, data):
        self._catch_up()
        for value in data:
            if register < self.SIZE and not self._is_read_only(register):
                self._registers[register] = value
                self._changed(register)
                if self._millihz() != self._beat:
                    self._restart()
            register += 1

    def _catch_up(self):
        """Make the samples that are due by now."""
        while self._beat and self.samples.make_one():
            if self._world.sensor == "ok":
                self._store(self.samples.index)

    def _load(self, index):
        """Take sample index of the signal as that which _axis() tells of."""
        self._world.read_signal(index, self._raw)

    def _axis(self, axis):
        """Return what that axis feels, 1/4096 g a count."""
        value = self._raw[2 * axis] | self._raw[2 * axis + 1] << 8
        return value - 0x10000 if value >= 0x8000 else value


class Fifo:
    """The places in the signal of samples that were not read yet, the oldest first. Nothing here allocates."""

    def __init__(self, depth):
        self._ring = array("i", [0] * depth)
        self._first = 0
        self.level = 0

    def push(self, index):
        """Add a sample. Return whether the oldest was lost for it."""
        depth = len(self._ring)
        self._ring[(self._first + self.level) % depth] = index
        if self.level < depth:
            self.level += 1
            return False
        self._first = (self._first + 1) % depth
        return True

    def front(self):
        return self._ring[self._first]

    def pop(self):
        if self.level:
            self._first = (self._first + 1) % len(self._ring)
            self.level -= 1

    def clear(self):
        self.level = 0
