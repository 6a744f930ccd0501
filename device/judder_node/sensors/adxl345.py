"""Analog Devices ADXL345: 10 to 13 bits of 1/256 g, a FIFO of 32.

Source: its data sheet (rev. G); checked against Linux' drivers/iio/accel/adxl345_core.c (full resolution,
rates from 0.098 Hz doubling) and klipper's sensor_adxl345.c (FIFO in stream mode, one entry a read).

The data sheet gives 800 Hz as the most for I2C at 400 kHz.
"""

from .fifo import FifoDriver
from .registers import check_id, const

_OFSX = const(0x1E)
_BW_RATE = const(0x2C)
_POWER_CTL = const(0x2D)
_INT_ENABLE = const(0x2E)
_DATA_FORMAT = const(0x31)
_FIFO_CTL = const(0x38)
_FIFO_STATUS = const(0x39)

_RATES = {6.25: 6, 12.5: 7, 25: 8, 50: 9, 100: 10, 200: 11, 400: 12, 800: 13}  # bandwidth rate / 2


class Driver(FifoDriver):
    NAME = "adxl345"
    CODE = 6
    ADDRESSES = (0x53, 0x1D)
    ID_REGISTER = 0x00
    IDS = (0xE5,)
    RATES_HZ = tuple(sorted(_RATES))
    RANGES_G = (2, 4, 8, 16)
    BUS_BYTES = 10
    PIECES = (1,)  # the FIFO moves on when a read of DATAX0 to DATAZ1 ends
    _DATA = 0x32

    def start(self, rate_hz, range_g):
        bus = self._bus
        check_id(bus, self)
        bus.write(_POWER_CTL, 0)  # standby, for the settings
        bus.write(_INT_ENABLE, 0)
        for axis in range(3):
            bus.write(_OFSX + axis, 0)
        bus.write(_DATA_FORMAT, 0x08 | self.RANGES_G.index(range_g))  # FULL_RES, right-justified
        bus.write(_BW_RATE, _RATES[rate_hz])
        bus.write(_FIFO_CTL, 0)  # bypass, which empties it
        bus.write(_FIFO_CTL, 0x80)  # stream: the newest 32
        bus.write(_POWER_CTL, 0x08)  # measure
        self.scale_g = 1 / 256
        self.overrun = self._has_lost = False

    def _waiting(self):
        return self._bus.read(_FIFO_STATUS) & 0x3F
