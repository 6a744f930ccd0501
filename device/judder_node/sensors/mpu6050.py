"""InvenSense MPU-6050 and what is sold as one: MPU-6500, MPU-9250, ICM-20689. 16 bits, a FIFO of bytes.

Source: RM-MPU-6000A (rev. 4.2), RM-MPU-9250A (rev. 1.4); checked against Linux' drivers/iio/imu/inv_mpu6050
(inv_mpu_iio.h: registers and ids; inv_mpu_core.c: the later ones' filter of their own; inv_mpu_ring.c: FIFO).
"""

from time import sleep

from .fifo import FifoDriver
from .registers import check_id, const

_SMPLRT_DIV = const(0x19)
_CONFIG = const(0x1A)
_ACCEL_CONFIG = const(0x1C)
_ACCEL_CONFIG_2 = const(0x1D)
_FIFO_EN = const(0x23)
_INT_ENABLE = const(0x38)
_INT_STATUS = const(0x3A)
_USER_CTRL = const(0x6A)
_PWR_MGMT_1 = const(0x6B)
_FIFO_COUNT_H = const(0x72)
_WHO_AM_I_6050 = const(0x68)
_FIFO_OFLOW = const(0x10)
_SMALL_FIFO = const(512)  # bytes; an MPU-6050 has twice that
_MARGIN = const(12)

# sample rate -> (divider of 1 kHz, less 1; low-pass filter field: the widest below half the rate, of
# 184, 94, 44, 21, 10 and 5 Hz).
_RATES = {
    1000: (0, 1),
    500: (1, 1),
    250: (3, 2),
    200: (4, 2),
    125: (7, 3),
    100: (9, 3),
    50: (19, 4),
    25: (39, 5),
    20: (49, 6),
}


class Driver(FifoDriver):
    """A sample is 6 bytes, and the FIFO's size no multiple of that: when it overflows, or a transfer broke
    off, the rest of a sample stands at its front. Its end is always the end of a sample.
    """

    NAME = "mpu6050"
    CODE = 7
    ADDRESSES = (0x68, 0x69)
    ID_REGISTER = 0x75
    IDS = (0x68, 0x70, 0x71, 0x72, 0x98)
    RATES_HZ = tuple(sorted(_RATES))
    RANGES_G = (2, 4, 8, 16)
    FIFO_LEN = 85
    FULL = 171  # never: _waiting() sees to it
    BUS_BYTES = 8
    HIGH = 0
    _DATA = 0x74  # FIFO_R_W: this address does not move on

    def __init__(self, bus):
        super().__init__(bus)
        self._count = bytearray(2)
        self._most = 0  # bytes that are surely whole samples

    def start(self, rate_hz, range_g):
        bus = self._bus
        found = check_id(bus, self)
        divider, low_pass = _RATES[rate_hz]
        bus.write(_PWR_MGMT_1, 0x80)  # DEVICE_RESET
        sleep(0.1)
        bus.write(_PWR_MGMT_1, 0x01)  # it wakes in SLEEP; the gyroscope's clock is truer than its own
        sleep(0.03)
        bus.write(_SMPLRT_DIV, divider)
        bus.write(_CONFIG, low_pass)
        self._most = 2 * _SMALL_FIFO - _MARGIN
        if found != _WHO_AM_I_6050:
            self._most = _SMALL_FIFO - _MARGIN
            bus.write(_ACCEL_CONFIG_2, low_pass)  # those after it have a filter for each sensor
        bus.write(_ACCEL_CONFIG, self.RANGES_G.index(range_g) << 3)
        bus.write(_INT_ENABLE, _FIFO_OFLOW)  # no pin needs it, but some clones set the flag only then
        bus.write(_USER_CTRL, 0x04)  # FIFO_RESET, while it is off
        bus.write(_USER_CTRL, 0x40)  # on ...
        bus.write(_FIFO_EN, 0x08)  # ... for the accelerometer
        self.scale_g = range_g / 32768
        self.overrun = self._has_lost = False

    def _waiting(self):
        count = self._fifo_count()
        if count > self._most or self._has_overflowed(count):
            self._has_lost = True
            self._bus.read_into(self._DATA, self._pieces[0])  # room, or the next sample tears the front anew
            count = self._fifo_count()
        if self._has_lost:
            for _ in range(count % 6):
                self._bus.read(self._DATA)
        return count // 6

    def _has_overflowed(self, count):
        return count > _SMALL_FIFO - _MARGIN and self._bus.read(_INT_STATUS) & _FIFO_OFLOW != 0

    def _fifo_count(self):
        self._bus.read_into(_FIFO_COUNT_H, self._count)
        return self._count[0] << 8 | self._count[1]
