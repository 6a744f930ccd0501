"""A LIS3DH seen through its registers. Written from its data sheet (DocID17530 rev. 2) and AN3308, section 9."""

from .model import Fifo, Model

_CTRL_REG1 = 0x20
_CTRL_REG4 = 0x23
_CTRL_REG5 = 0x24
_STATUS_REG = 0x27
_OUT_X_L = 0x28
_OUT_Z_H = 0x2D
_FIFO_CTRL_REG = 0x2E
_FIFO_SRC_REG = 0x2F
_RATES_MILLIHZ = (0, 1000, 10000, 25000, 50000, 100000, 200000, 400000)
_DIGITS_MG = (1, 2, 4, 12)  # by full scale


class Part(Model):
    """Wakes powered down. Without bit 7 of the sub-address, a long read repeats one register. A sample leaves the
    FIFO when OUT_Z_H was read; after that a long read goes on with OUT_X_L. OVRN_FIFO is set with 32 samples, while
    FSS tells no more than 31.
    """

    SIZE = 0x40
    POWER_ON = {0x0F: 0x33, 0x1E: 0x10, _CTRL_REG1: 0x07}

    def __init__(self, world, address):
        self._fifo = Fifo(32)
        self._newest = 0
        super().__init__(world, address)

    def _millihz(self):
        odr = self._registers[_CTRL_REG1] >> 4
        low_power = self._registers[_CTRL_REG1] & 0x08
        if odr == 8:
            return 1620000 if low_power else 0
        if odr == 9:
            return 5376000 if low_power else 1344000
        return _RATES_MILLIHZ[odr] if odr < 8 else 0

    def _is_read_only(self, register):
        return register < 0x1E or register in (_STATUS_REG, _FIFO_SRC_REG) or _OUT_X_L <= register <= _OUT_Z_H

    def _changed(self, register):
        if not self._mode():
            self._fifo.clear()

    def _mode(self):
        """Return the FIFO's mode: 0 bypass, 1 FIFO, 2 stream, 3 stream to FIFO."""
        return self._registers[_FIFO_CTRL_REG] >> 6 if self._registers[_CTRL_REG5] & 0x40 else 0

    def read(self, register, buffer):
        self._catch_up()
        moves = register & 0x80
        register &= 0x7F
        for k in range(len(buffer)):
            buffer[k] = self._read_one(register)
            if moves:
                register = _OUT_X_L if register == _OUT_Z_H and self._mode() else register + 1 & 0x3F

    def _store(self, index):
        self._registers[_STATUS_REG] = 0xFF if self._registers[_STATUS_REG] & 0x08 else 0x0F
        self._newest = index
        mode = self._mode()
        if mode == 2 or mode == 1 and self._fifo.level < 32:
            self._fifo.push(index)

    def _read_one(self, register):
        if register == _FIFO_SRC_REG:
            level = self._fifo.level
            over = level > (self._registers[_FIFO_CTRL_REG] & 0x1F)
            return (0x80 if over else 0) | (0x40 if level == 32 else 0) | (0 if level else 0x20) | min(level, 31)
        if not _OUT_X_L <= register <= _OUT_Z_H:
            return self._registers[register]
        if register == _OUT_X_L:
            self._load(self._fifo.front() if self._fifo.level else self._newest)
        value = self._digits((register - _OUT_X_L) >> 1)
        if register == _OUT_Z_H:
            self._registers[_STATUS_REG] = 0
            self._fifo.pop()
        return value >> 8 & 0xFF if register & 1 else value & 0xFF

    def _digits(self, axis):
        """Return the sample's axis as the part gives it: left-justified, 12, 10 or 8 bits."""
        if not self._registers[_CTRL_REG1] & 1 << axis:
            return 0
        digit_mg = _DIGITS_MG[self._registers[_CTRL_REG4] >> 4 & 3]
        digits = max(-2048, min(2047, self._axis(axis) * 1000 // 4096 // digit_mg)) << 4
        if self._registers[_CTRL_REG1] & 0x08:
            return digits & 0xFF00
        return digits if self._registers[_CTRL_REG4] & 0x08 else digits & 0xFFC0
