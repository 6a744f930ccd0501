"""An MSA301 seen through its registers, with a signal file behind it. Nothing here allocates on reads."""

import time

_PARTID = 0x01
_DATA = 0x02
_NEW_DATA = 0x0A
_RANGE = 0x0F
_ODR = 0x10
_POWER_MODE = 0x11
_RATES_MILLIHZ = (1000, 1950, 3900, 7810, 15630, 31250, 62500, 125000, 250000, 500000)


class MSA301:
    """Powers up suspended; needs power mode 0 (normal) before it measures, as the data sheet says."""

    ADDRESS = 0x26

    def __init__(self, world):
        self._world = world
        self._registers = bytearray(0x40)
        self._registers[_PARTID] = 0x13
        self._registers[_ODR] = 0x0F
        self._registers[_POWER_MODE] = 0x80
        self._sample = bytearray(6)
        self._taken = -1

    def rate_hz(self):
        return self._rate_millihz() / 1000

    def _rate_millihz(self):
        odr = self._registers[_ODR] & 0x0F
        return _RATES_MILLIHZ[odr] if odr < 10 else 1000000

    def write(self, register, data):
        for k in range(len(data)):
            self._registers[register + k] = data[k]

    def read(self, register, buffer):
        measuring = self._registers[_POWER_MODE] & 0xC0 == 0 and self._world.sensor == "ok"
        if register == _NEW_DATA and measuring:
            index = time.ticks_us() * self._rate_millihz() // 1000000000
            if index != self._taken:
                self._taken = index
                self._registers[_NEW_DATA] = 1
        for k in range(len(buffer)):
            buffer[k] = self._registers[register + k]
        if register == _NEW_DATA:
            self._registers[_NEW_DATA] = 0  # reading it clears it
        if register == _DATA and measuring:
            self._measure(buffer)

    def _measure(self, buffer):
        """Put the sample of this moment into buffer: 14 bits, left-justified, clipped at the range."""
        index = self._taken if self._taken >= 0 else 0
        self._world.read_signal(index * self._world.signal_hz * 1000 // self._rate_millihz(), self._sample)
        shift = self._registers[_RANGE] & 3  # the signal is in counts of the 2 g range
        for k in range(0, 6, 2):
            value = self._sample[k] | self._sample[k + 1] << 8
            if value >= 0x8000:
                value -= 0x10000
            value = max(-8192, min(8191, value >> shift)) << 2
            buffer[k] = value & 0xFF
            buffer[k + 1] = value >> 8 & 0xFF
