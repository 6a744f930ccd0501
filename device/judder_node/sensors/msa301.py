"""MEMSensing MSA301, 14 bit, +-2 to 16 g, over I2C. Register names are the data sheet's (v1.3)."""

from judder_core.window import SENSOR_MSA301
from micropython import const

_ADDRESS = const(0x26)
_REG_PARTID = const(0x01)
_REG_ACC_X_LSB = const(0x02)
_REG_DATA_INTERRUPT = const(0x0A)
_REG_RESOLUTION_RANGE = const(0x0F)
_REG_ODR = const(0x10)
_REG_POWER_MODE = const(0x11)
_REG_INT_SET_1 = const(0x17)
_REG_INT_MAP_1 = const(0x1A)
_PARTID = const(0x13)
_NEW_DATA = const(0x01)

# sample rate -> (ODR field, low-power bandwidth field). In normal mode the bandwidth is ODR / 2 whatever
# the field says; the field is set all the same, for parts and clones that use it.
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
_RANGES = {2: 0, 4: 1, 8: 2, 16: 3}


class MSA301:
    """The output rate is the wanted sample rate: a faster part read slower folds what lies above it."""

    kind = SENSOR_MSA301
    polls_per_sample = 3  # a timer's look comes within a third of a period of the sample
    sample_rates_hz = tuple(sorted(_RATES))

    def __init__(self, i2c):
        self._i2c = i2c
        self._raw = bytearray(6)
        self._status = bytearray(1)
        self.scale_g = None

    def start(self, rate_hz, range_g):
        i2c = self._i2c
        i2c.readfrom_mem_into(_ADDRESS, _REG_PARTID, self._status)
        if self._status[0] != _PARTID:
            raise OSError("part id is 0x%02x, an MSA301 says 0x13" % self._status[0])
        odr, bandwidth = _RATES[rate_hz]
        self._write(_REG_POWER_MODE, bandwidth << 1)  # bits 7:6 = 0, normal mode
        self._write(_REG_ODR, odr)  # bits 7:5 = 0, all three axes on
        self._write(_REG_RESOLUTION_RANGE, _RANGES[range_g])  # bits 3:2 = 0, 14 bit
        self._write(_REG_INT_SET_1, 0x10)  # new data raises INT1 ...
        self._write(_REG_INT_MAP_1, 0x01)  # ... and its pin
        self.scale_g = range_g / 8192  # 14 bit signed

    def _write(self, register, value):
        self._status[0] = value
        self._i2c.writeto_mem(_ADDRESS, register, self._status)

    def new_data(self):
        self._i2c.readfrom_mem_into(_ADDRESS, _REG_DATA_INTERRUPT, self._status)
        return self._status[0] & _NEW_DATA != 0

    def read_into(self, counts, start):
        raw = self._raw
        self._i2c.readfrom_mem_into(_ADDRESS, _REG_ACC_X_LSB, raw)
        for k in range(3):  # 14 bits, left-justified in little-endian 16
            value = raw[2 * k] | raw[2 * k + 1] << 8
            if value >= 0x8000:
                value -= 0x10000
            counts[start + k] = value >> 2
