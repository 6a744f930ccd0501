"""STMicroelectronics LIS3DH: 12 bits, a FIFO of 32.

Source: its data sheet (DocID17530) and AN3308; checked against ST's lis3dh-pid (lis3dh_reg.h), for the scale
Linux' drivers/iio/accel/st_accel_core.c (16 g is 12 mg a digit), and for the multi-byte bit on I2C klipper's
sensor_lis2dw.c.

Its bandwidth is a ninth of the rate: the mode with half of it has 10 bits, 4 to 48 mg a digit, and a fan's
vibration is about that.
"""

from time import sleep

from .fifo import FifoDriver
from .registers import check_id, const

_CTRL_REG1 = const(0x20)
_CTRL_REG2 = const(0x21)
_CTRL_REG3 = const(0x22)
_CTRL_REG4 = const(0x23)
_CTRL_REG5 = const(0x24)
_CTRL_REG6 = const(0x25)
_FIFO_CTRL_REG = const(0x2E)
_FIFO_SRC_REG = const(0x2F)
_OVRN_FIFO = const(0x40)

_RATES = {1: 1, 10: 2, 25: 3, 50: 4, 100: 5, 200: 6, 400: 7, 1344: 9}
_SCALES_G = {2: 0.001, 4: 0.002, 8: 0.004, 16: 0.012}


class Driver(FifoDriver):
    NAME = "lis3dh"
    CODE = 4
    ADDRESSES = (0x18, 0x19)
    ID_REGISTER = 0x0F
    IDS = (0x33,)
    RATES_HZ = tuple(sorted(_RATES))
    RANGES_G = (2, 4, 8, 16)
    BUS_BYTES = 8
    UNUSED_BITS = 4
    _DATA = 0x28 | 0x80  # with bit 7 the address moves on; in FIFO mode from OUT_Z_H back to OUT_X_L

    def start(self, rate_hz, range_g):
        bus = self._bus
        check_id(bus, self)
        bus.write(_CTRL_REG5, 0x80)  # BOOT: its trimming values anew; the other registers stay as they were
        sleep(0.01)
        bus.write(_CTRL_REG2, 0)  # no high-pass
        bus.write(_CTRL_REG3, 0)
        bus.write(_CTRL_REG6, 0)
        bus.write(_CTRL_REG4, 0x88 | self.RANGES_G.index(range_g) << 4)  # BDU, HR: 12 bits
        bus.write(_CTRL_REG1, 0x07 | _RATES[rate_hz] << 4)  # all three axes on
        sleep(min(7 / rate_hz, 0.2))  # its turn-on time in this mode is 7 samples
        bus.write(_FIFO_CTRL_REG, 0)  # bypass, which empties it
        bus.write(_CTRL_REG5, 0x40)  # FIFO_EN
        bus.write(_FIFO_CTRL_REG, 0x80)  # stream: the newest 32
        self.scale_g = _SCALES_G[range_g]
        self.overrun = self._has_lost = False

    def _waiting(self):
        source = self._bus.read(_FIFO_SRC_REG)
        return self.FIFO_LEN if source & _OVRN_FIFO else source & 0x1F  # of 32, FSS says 31
