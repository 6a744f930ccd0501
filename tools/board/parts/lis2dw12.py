"""A LIS2DW12 seen through its registers. Written from its data sheet (rev. 7) and AN5038, sections 3 and 9."""

from .model import Fifo, Model

_CTRL1 = 0x20
_CTRL2 = 0x21
_CTRL6 = 0x25
_STATUS = 0x27
_OUT_X_L = 0x28
_OUT_Z_H = 0x2D
_FIFO_CTRL = 0x2E
_FIFO_SAMPLES = 0x2F
_CONTINUOUS = 6
_RATES_MILLIHZ = (0, 12500, 12500, 25000, 50000, 100000, 200000, 400000, 800000, 1600000)


class Part(Model):
    """Wakes powered down, with IF_ADD_INC set. A sample leaves the FIFO when OUT_Z_H was read; after that a long
    read goes on with OUT_X_L. FIFO_OVR: at least one sample was overwritten, until one is read.
    """

    SIZE = 0x40
    POWER_ON = {0x0F: 0x44, _CTRL2: 0x04}

    def __init__(self, world, address):
        self._fifo = Fifo(32)
        self._newest = 0
        self._has_lost = False
        super().__init__(world, address)

    def _millihz(self):
        control = self._registers[_CTRL1]
        mode = control >> 2 & 3
        odr = min(control >> 4, 9)
        if mode == 1:
            return _RATES_MILLIHZ[odr]
        if mode == 0 and odr:
            return 1600 if odr == 1 else min(_RATES_MILLIHZ[odr], 200000)
        return 0

    def _is_read_only(self, register):
        return register < 0x20 or register in (0x26, _STATUS, _FIFO_SAMPLES) or _OUT_X_L <= register <= _OUT_Z_H

    def _changed(self, register):
        if register == _CTRL2 and self._registers[_CTRL2] & 0x40:
            self.power_on()
        if not self._mode():
            self._fifo.clear()
            self._has_lost = False

    def _mode(self):
        """Return the FIFO's mode: 0 bypass, 1 FIFO, 6 continuous."""
        return self._registers[_FIFO_CTRL] >> 5

    def read(self, register, buffer):
        self._catch_up()
        for k in range(len(buffer)):
            buffer[k] = self._read_one(register)
            if self._registers[_CTRL2] & 0x04:
                register = _OUT_X_L if register == _OUT_Z_H and self._mode() else register + 1 & 0x3F

    def _store(self, index):
        self._registers[_STATUS] |= 1
        self._newest = index
        if self._mode() == _CONTINUOUS:
            self._has_lost = self._fifo.push(index) or self._has_lost
        elif self._mode() == 1 and self._fifo.level < 32:
            self._fifo.push(index)

    def _read_one(self, register):
        if register == _FIFO_SAMPLES:
            level = self._fifo.level
            over = level >= self._registers[_FIFO_CTRL] & 0x1F
            return (0x80 if over else 0) | (0x40 if self._has_lost else 0) | level
        if not _OUT_X_L <= register <= _OUT_Z_H:
            return self._registers[register] if register < self.SIZE else 0
        if register == _OUT_X_L:
            self._load(self._fifo.front() if self._fifo.level else self._newest)
        value = self._digits((register - _OUT_X_L) >> 1)
        if register == _OUT_Z_H:
            self._registers[_STATUS] &= 0xFE
            self._fifo.pop()
            self._has_lost = False
        return value >> 8 & 0xFF if register & 1 else value & 0xFF

    def _digits(self, axis):
        """Return the sample's axis as the part gives it: left-justified, 14 bits, 12 in low-power mode 1."""
        full_scale = self._registers[_CTRL6] >> 4 & 3
        digits = max(-8192, min(8191, self._axis(axis) >> full_scale)) << 2
        return digits & 0xFFF0 if self._registers[_CTRL1] & 0x0F == 0 else digits
