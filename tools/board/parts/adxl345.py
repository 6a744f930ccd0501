"""An ADXL345 seen through its registers. Written from its data sheet (rev. G): FIFO, interrupts, register map."""

import time

from .model import Fifo, Model

_OFSX = 0x1E
_BW_RATE = 0x2C
_POWER_CTL = 0x2D
_INT_SOURCE = 0x30
_DATA_FORMAT = 0x31
_DATAX0 = 0x32
_DATAZ1 = 0x37
_FIFO_CTL = 0x38
_FIFO_STATUS = 0x39
_STREAM = 2
_FIFO_MOVES_US = 5


class Part(Model):
    """Wakes in standby. Reading any data register takes a whole sample out of the FIFO, which needs 5 us for that.
    The overrun bit is set where the FIFO is full, and cleared by reading a sample.
    """

    SIZE = 0x3A
    POWER_ON = {0x00: 0xE5, _BW_RATE: 0x0A, _INT_SOURCE: 0x02}

    def __init__(self, world, address):
        self._fifo = Fifo(32)
        self._shown = 0
        self._read_us = 0
        super().__init__(world, address)

    def _millihz(self):
        measures = self._registers[_POWER_CTL] & 0x08
        return (3200000 >> (15 - (self._registers[_BW_RATE] & 0x0F))) if measures else 0

    def _is_read_only(self, register):
        return register < 0x1D or register in (0x2B, _INT_SOURCE, _FIFO_STATUS) or _DATAX0 <= register <= _DATAZ1

    def _changed(self, register):
        if not self._mode():
            self._fifo.clear()

    def _mode(self):
        """Return the FIFO's mode: 0 bypass, 1 FIFO, 2 stream, 3 trigger."""
        return self._registers[_FIFO_CTL] >> 6

    def read(self, register, buffer):
        self._catch_up()
        is_ready = (time.ticks_us() - self._read_us) & 0x3FFFFFFF >= _FIFO_MOVES_US
        if is_ready and self._fifo.level:
            self._shown = self._fifo.front()
        takes_sample = False
        for k in range(len(buffer)):
            takes_sample = takes_sample or _DATAX0 <= register <= _DATAZ1
            buffer[k] = self._read_one(register)
            register += 1
        if takes_sample and is_ready:
            self._fifo.pop()
            self._registers[_INT_SOURCE] &= 0x7E
            self._read_us = time.ticks_us()

    def _store(self, index):
        mode = self._mode()
        if mode == _STREAM or mode == 1 and self._fifo.level < 32:
            self._fifo.push(index)
            self._registers[_INT_SOURCE] |= 0x81 if self._fifo.level == 32 else 0x80
        elif mode == 0:
            self._shown = index
            self._registers[_INT_SOURCE] |= 0x81 if self._registers[_INT_SOURCE] & 0x80 else 0x80

    def _read_one(self, register):
        if register == _FIFO_STATUS:
            return self._fifo.level
        if not _DATAX0 <= register <= _DATAZ1:
            return self._registers[register] if register < self.SIZE else 0
        self._load(self._shown)
        value = self._counts((register - _DATAX0) >> 1)
        return value >> 8 & 0xFF if register & 1 else value & 0xFF

    def _counts(self, axis):
        """Return the sample's axis as the part gives it: 10 bits, or with FULL_RES all bits of 1/256 g."""
        form = self._registers[_DATA_FORMAT]
        range_code = form & 3
        offset = self._registers[_OFSX + axis]
        value = self._axis(axis) + ((offset ^ 0x80) - 0x80) * 64  # 15.6 mg a count
        bits = 10 + range_code if form & 0x08 else 10
        value = value >> (4 if form & 0x08 else 4 + range_code)
        value = max(-(1 << bits - 1), min((1 << bits - 1) - 1, value))
        return value << 16 - bits if form & 0x04 else value
