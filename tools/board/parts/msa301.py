"""An MSA301 seen through its registers. Written from its data sheet, v1.3, sections 4.2, 4.3, 5 and 6."""

from .model import Model

_SOFT_RESET = 0x00
_DATA = 0x02
_DATA_INTERRUPT = 0x0A
_RANGE = 0x0F
_ODR = 0x10
_POWER_MODE = 0x11
_INT_SET_1 = 0x17
_RATES_MILLIHZ = (0, 0, 3900, 7810, 15630, 31250, 62500, 125000, 250000, 500000)  # 1 and 1.95 Hz: not in normal mode


class Part(Model):
    """Wakes suspended: its data stay as they are. NEW_DATA_INT is told only where DATA_INT_EN is set, and reset by
    reading 0x02 or 0x0A.
    """

    SIZE = 0x40
    POWER_ON = {0x01: 0x13, _ODR: 0x0F, _POWER_MODE: 0x9E, 0x22: 0x09, 0x23: 0x30, 0x24: 0x01, 0x28: 0x14}
    MOST_BITS = 14

    def _millihz(self):
        if self._registers[_POWER_MODE] & 0xC0:
            return 0
        odr = self._registers[_ODR] & 0x0F
        return _RATES_MILLIHZ[odr] if odr < 10 else 1000000

    def _is_read_only(self, register):
        return 0x01 <= register <= 0x0D

    def _changed(self, register):
        if register == _SOFT_RESET and self._registers[_SOFT_RESET] & 0x24 == 0x24:
            self.power_on()

    def read(self, register, buffer):
        self._catch_up()
        for k in range(len(buffer)):
            buffer[k] = self._registers[register] if register < self.SIZE else 0
            if register == _DATA or register == _DATA_INTERRUPT:
                self._registers[_DATA_INTERRUPT] = 0
            register += 1

    def _store(self, index):
        """Put a sample into the data registers: left-justified, clipped at the range."""
        if self._registers[_INT_SET_1] & 0x10:
            self._registers[_DATA_INTERRUPT] = 1
        self._load(index)
        full_scale_g = self._registers[_RANGE] & 3
        bits = min(self.MOST_BITS, 14 - 2 * (self._registers[_RANGE] >> 2 & 3))
        for axis in range(3):
            value = max(-8192, min(8191, self._axis(axis) >> full_scale_g)) << 2  # 4096 counts a g at 2 g
            value &= 0xFFFF << 16 - bits
            if self._registers[_ODR] & 0x80 >> axis:
                value = 0  # that axis is off
            self._registers[_DATA + 2 * axis] = value & 0xFF
            self._registers[_DATA + 2 * axis + 1] = value >> 8 & 0xFF
