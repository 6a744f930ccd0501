"""An MSA301 seen through its registers, with a signal file behind it. Nothing here allocates on reads."""

from samples import Samples

_PARTID = 0x01
_DATA = 0x02
_NEW_DATA = 0x0A
_RANGE = 0x0F
_ODR = 0x10
_POWER_MODE = 0x11
_RATES_MILLIHZ = (1000, 1950, 3900, 7810, 15630, 31250, 62500, 125000, 250000, 500000)


class Part:
    """Powers up suspended; needs power mode 0 (normal) before it measures, as the data sheet says."""

    def __init__(self, world, address):
        self._world = world
        self._registers = bytearray(0x40)
        self._registers[_PARTID] = 0x13
        self._registers[_ODR] = 0x0F
        self._registers[_POWER_MODE] = 0x80
        self._sample = bytearray(6)
        self.samples = Samples()
        self.samples.start(self._rate_millihz())

    def rate_hz(self):
        return self._rate_millihz() / 1000

    def _rate_millihz(self):
        odr = self._registers[_ODR] & 0x0F
        return _RATES_MILLIHZ[odr] if odr < 10 else 1000000

    def write(self, register, data):
        for k in range(len(data)):
            self._registers[register + k] = data[k]
        if register <= _ODR < register + len(data):
            self.samples.start(self._rate_millihz())

    def read(self, register, buffer):
        measuring = self._registers[_POWER_MODE] & 0xC0 == 0 and self._world.sensor == "ok"
        if self.samples.catch_up() and measuring:
            self._registers[_NEW_DATA] = 1
        for k in range(len(buffer)):
            buffer[k] = self._registers[register + k]
        if register == _NEW_DATA:
            self._registers[_NEW_DATA] = 0  # reading it clears it
        if register == _DATA and measuring:
            self._measure(buffer)

    def _measure(self, buffer):
        """Put the sample of this moment into buffer: 14 bits, left-justified, clipped at the range."""
        self.samples.read(0, self._sample)
        shift = self._registers[_RANGE] & 3  # the signal is in counts of the 2 g range
        for k in range(0, 6, 2):
            value = self._sample[k] | self._sample[k + 1] << 8
            if value >= 0x8000:
                value -= 0x10000
            value = max(-8192, min(8191, value >> shift)) << 2
            buffer[k] = value & 0xFF
            buffer[k + 1] = value >> 8 & 0xFF
