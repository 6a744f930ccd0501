"""An MPU-6050 seen through its registers. Written from RM-MPU-6000A rev. 4.2: registers 25 to 28, 35, 56, 58, 106 to
108 and 114 to 117.
"""

import time

from .model import Fifo, Model

_SMPLRT_DIV = 0x19
_CONFIG = 0x1A
_ACCEL_CONFIG = 0x1C
_FIFO_EN = 0x23
_INT_ENABLE = 0x38
_INT_STATUS = 0x3A
_ACCEL_XOUT_H = 0x3B
_USER_CTRL = 0x6A
_PWR_MGMT_1 = 0x6B
_FIFO_COUNT_H = 0x72
_FIFO_COUNT_L = 0x73
_FIFO_R_W = 0x74
_WHO_AM_I = 0x75
_RESET_US = 50000  # writes until then are lost; Linux and the maker's own driver wait 100 ms


class Part(Model):
    """Wakes asleep. The FIFO counts bytes, and its size is no multiple of a sample's six: when it overflows, the
    oldest bytes go, and what stands first is the rest of a sample. Empty, it repeats its last byte.
    """

    SIZE = 0x76
    ID = 0x68
    AWAKE = 0x40  # PWR_MGMT_1 after a reset
    FIFO_BYTES = 1024

    def __init__(self, world, address):
        self.POWER_ON = {_PWR_MGMT_1: self.AWAKE, _WHO_AM_I: self.ID}
        self._fifo = Fifo(self.FIFO_BYTES // 6 + 2)
        self._gone = 0  # bytes of the FIFO's first sample that were read, or lost
        self._last = 0
        self._newest = 0
        self._reset_us = None
        super().__init__(world, address)

    def _millihz(self):
        if self._registers[_PWR_MGMT_1] & 0x40:
            return 0
        base = 1000000 if 1 <= self._registers[_CONFIG] & 7 <= 6 else 8000000
        return base // (1 + self._registers[_SMPLRT_DIV])

    def _is_read_only(self, register):
        return register == _INT_STATUS or _ACCEL_XOUT_H <= register < 0x61 or register >= _FIFO_COUNT_H

    def write(self, register, data):
        if self._reset_us is not None and (time.ticks_us() - self._reset_us) & 0x3FFFFFFF < _RESET_US:
            return
        self._reset_us = None
        super().write(register, data)

    def _changed(self, register):
        if register == _PWR_MGMT_1 and self._registers[_PWR_MGMT_1] & 0x80:
            self._clear()
            self.power_on()
            self._reset_us = time.ticks_us()
        if register == _USER_CTRL and self._registers[_USER_CTRL] & 0x04:
            self._registers[_USER_CTRL] &= 0xFB
            if not self._registers[_USER_CTRL] & 0x40:  # only while FIFO_EN is 0
                self._clear()

    def _clear(self):
        self._fifo.clear()
        self._gone = 0

    def _count(self):
        return 6 * self._fifo.level - self._gone

    def _store(self, index):
        self._registers[_INT_STATUS] |= 0x01
        self._newest = index
        if self._registers[_USER_CTRL] & 0x40 and self._registers[_FIFO_EN] & 0x08:
            self._fifo.push(index)
            if self._count() > self.FIFO_BYTES:
                self._registers[_INT_STATUS] |= self._registers[_INT_ENABLE] & 0x10
                self._drop(self._count() - self.FIFO_BYTES)

    def _drop(self, most):
        for _ in range(most):
            self._gone += 1
            if self._gone == 6:
                self._gone = 0
                self._fifo.pop()

    def read(self, register, buffer):
        self._catch_up()
        for k in range(len(buffer)):
            buffer[k] = self._read_one(register)
            if register != _FIFO_R_W:
                register += 1

    def _read_one(self, register):
        if register == _FIFO_R_W:
            return self._read_fifo()
        if register == _FIFO_COUNT_H:  # reading it loads both
            count = self._count()
            self._registers[_FIFO_COUNT_H] = count >> 8
            self._registers[_FIFO_COUNT_L] = count & 0xFF
        if _ACCEL_XOUT_H <= register < _ACCEL_XOUT_H + 6:
            return self._byte(self._newest, register - _ACCEL_XOUT_H)
        value = self._registers[register] if register < self.SIZE else 0
        if register == _INT_STATUS:
            self._registers[_INT_STATUS] = 0
        return value

    def _read_fifo(self):
        if self._count():
            self._last = self._byte(self._fifo.front(), self._gone)
            self._drop(1)
        return self._last

    def _byte(self, index, place):
        """Return one of a sample's six bytes: 16 bits a range, the high byte first."""
        self._load(index)
        value = self._axis(place >> 1) * 4 >> (self._registers[_ACCEL_CONFIG] >> 3 & 3)
        value = max(-32768, min(32767, value))
        return value & 0xFF if place & 1 else value >> 8 & 0xFF
