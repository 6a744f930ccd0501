"""A fan without a fan: for a board that has no sensor yet. Integers only, the same signal every boot."""

_SINE = (0, 25, 50, 71, 87, 97, 100, 97, 87, 71, 50, 25)  # half a turn, in hundredths


class Driver:
    """A fan at about 1/20 of the sample rate, 12 mg on x, its echo on y and z, and 1 mg of noise.

    It has a new sample whenever it is asked, so that the one who asks is its clock.
    """

    NAME = "simulated"
    CODE = 2
    ADDRESSES = ()
    ID_REGISTER = None
    IDS = ()
    RATES_HZ = ()
    RANGES_G = ()
    FIFO_LEN = 0
    LOOKS_PER_SAMPLE = 1
    BUS_BYTES = 0

    def __init__(self, bus=None):
        self.scale_g = 1 / 2048
        self.overrun = False
        self._turn = 0
        self._noise = 12345

    def start(self, rate_hz, range_g):
        pass

    def take(self, counts, start, most):
        self._turn = (self._turn + 12) % 240  # a 20th of a turn, in tenths of a table step
        step = self._turn // 10
        sine = _SINE[step] if step < 12 else -_SINE[step - 12]
        self._noise = (self._noise * 75 + 74) % 65537
        noise = (self._noise >> 13) - 4
        counts[start] = sine // 4 + noise
        counts[start + 1] = sine // 6 - noise
        counts[start + 2] = 2048 + sine // 16 + noise
        return 1
