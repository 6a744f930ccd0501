"""MEMSensing MSA301: 14 bits, no FIFO.

Source: its data sheet, v1.3, whose register names these are; checked against Adafruit_MSA301.cpp (shift by 2,
4096 counts per g at 2 g) and, for the soft reset, against Linux' drivers/iio/accel/msa311.c.
"""

from time import sleep

from .registers import check_id, const, put_counts

_SOFT_RESET = const(0x00)
_ACC_X_LSB = const(0x02)
_DATA_INTERRUPT = const(0x0A)
_RESOLUTION_RANGE = const(0x0F)
_ODR = const(0x10)
_POWER_MODE = const(0x11)
_INT_SET_1 = const(0x17)
_INT_MAP_1 = const(0x1A)
_NEW_DATA = const(0x01)

# sample rate -> (ODR field, low-power bandwidth field). In normal mode the bandwidth is ODR / 2 whatever
# the field says; the field is set all the same, for parts and clones that use it. 1 and 1.95 Hz are not for
# the normal mode.
_RATES = {
    1000: (0x0F, 0x0A),
    500: (0x09, 0x09),
    250: (0x08, 0x08),
    125: (0x07, 0x07),
    62.5: (0x06, 0x06),
    31.25: (0x05, 0x05),
    15.63: (0x04, 0x04),
    7.81: (0x03, 0x03),
}


class Driver:
    """The output rate is the wanted sample rate: a faster part read slower folds what lies above it."""

    NAME = "msa301"
    CODE = 1
    ADDRESSES = (0x26,)
    ID_REGISTER = 0x01
    IDS = (0x13,)
    RATES_HZ = tuple(sorted(_RATES))
    RANGES_G = (2, 4, 8, 16)
    FIFO_LEN = 0
    LOOKS_PER_SAMPLE = 3  # a timer's look comes within a third of a period of the sample
    BUS_BYTES = 21  # three looks of 4, one read of 9
    UNUSED_BITS = 2  # of 16

    def __init__(self, bus):
        self._bus = bus
        self._raw = bytearray(6)
        self._is_due = False
        self.scale_g = None
        self.overrun = False  # it never tells

    def start(self, rate_hz, range_g):
        bus = self._bus
        check_id(bus, self)
        odr, bandwidth = _RATES[rate_hz]
        bus.write(_SOFT_RESET, 0x24)  # bits 5 and 2 together
        sleep(0.01)
        bus.write(_POWER_MODE, bandwidth << 1)  # bits 7:6 = 0, normal mode: it wakes suspended
        bus.write(_ODR, odr)  # bits 7:5 = 0, all three axes on
        bus.write(_RESOLUTION_RANGE, self.RANGES_G.index(range_g))  # bits 3:2 = 0, 14 bit
        bus.write(_INT_SET_1, 0x10)  # new data raises INT1 ...
        bus.write(_INT_MAP_1, 0x01)  # ... and its pin
        self._is_due = False
        self.scale_g = range_g / (0x8000 >> self.UNUSED_BITS)

    def take(self, counts, start, most):
        if not self._is_due and self._bus.read(_DATA_INTERRUPT) & _NEW_DATA:
            self._is_due = True  # reading the flag cleared it: the sample is due until it was read
        if not self._is_due:
            return 0
        self._bus.read_into(_ACC_X_LSB, self._raw)
        self._is_due = False
        put_counts(self._raw, 1, self.UNUSED_BITS, counts, start)
        return 1
