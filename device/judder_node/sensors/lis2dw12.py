"""STMicroelectronics LIS2DW12: 14 bits, low noise, a FIFO of 32.

Source: its data sheet and AN5038; checked against ST's lis2dw12-pid (lis2dw12_reg.h) and klipper's lis2dw.py
(CTRL6 for low noise and half the rate as bandwidth, FIFO_CTRL 0xC0) and sensor_lis2dw.c.
"""

from time import sleep

from .fifo import FifoDriver
from .registers import check_id, const

_CTRL1 = const(0x20)
_CTRL2 = const(0x21)
_CTRL6 = const(0x25)
_FIFO_CTRL = const(0x2E)
_FIFO_SAMPLES = const(0x2F)

_RATES = {12.5: 2, 25: 3, 50: 4, 100: 5, 200: 6, 400: 7, 800: 8, 1600: 9}


class Driver(FifoDriver):
    NAME = "lis2dw12"
    CODE = 5
    ADDRESSES = (0x19, 0x18)
    ID_REGISTER = 0x0F
    IDS = (0x44,)
    RATES_HZ = tuple(sorted(_RATES))
    RANGES_G = (2, 4, 8, 16)
    BUS_BYTES = 8
    UNUSED_BITS = 2
    _DATA = 0x28  # with IF_ADD_INC the address moves on; in FIFO mode from OUT_Z_H back to OUT_X_L

    def start(self, rate_hz, range_g):
        bus = self._bus
        check_id(bus, self)
        bus.write(_CTRL2, 0x40)  # SOFT_RESET: all registers as after power-on, within 5 us
        sleep(0.001)
        bus.write(_CTRL2, 0x0C)  # BDU, IF_ADD_INC
        bus.write(_CTRL6, 0x04 | self.RANGES_G.index(range_g) << 4)  # bandwidth rate / 2, LOW_NOISE
        bus.write(_CTRL1, 0x04 | _RATES[rate_hz] << 4)  # high performance: 14 bits
        bus.write(_FIFO_CTRL, 0)  # bypass, which empties it
        bus.write(_FIFO_CTRL, 0xC0)  # continuous: the newest 32
        self.scale_g = range_g / 8192
        self.overrun = self._has_lost = False

    def _waiting(self):
        return self._bus.read(_FIFO_SAMPLES) & 0x3F
