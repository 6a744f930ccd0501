"""The two wires of the I2C bus, and what hangs on them.

A part that lost the clock in the middle of a read goes on holding SDA low: no transfer succeeds until nine
clocks and a stop have freed it (NXP UM10204, 3.1.16), and an I2C object has its pins back. world.json's "i2c"
is "ok", "stuck" (from then on until it is freed so) or "shorted" (for as long as it says so); "i2c_pins" is
the [scl, sda] that the parts are wired to, or left out: any.
"""

from world import WORLD

_CLOCKS = 9
_USUAL = {"38": "msa301"}


class Bus:
    def __init__(self):
        self.pins = None  # (scl, sda) of the newest I2C object
        self.connected = False  # no longer, once a Pin has taken one of them
        self._stuck = self._shorted = False
        self._clocks = 0
        self._high = [True, True]
        self._said = "ok"
        self._kinds = {}
        self._parts = {}
        for kind in (WORLD.get("parts", None) or _USUAL).values():
            _module(kind)  # also of what is unplugged: a flash image may be the root when it comes
        self._take_in()
        WORLD.watch(self._take_in)

    def connect(self, scl, sda):
        self.pins = (scl, sda)
        self.connected = True

    def take_pin(self, number):
        """A Pin is set to a mode: gpio_config() takes the pad away from the I2C controller."""
        if self.pins and number in self.pins:
            self.connected = False

    def drive(self, number, high):
        """A Pin drives one of the wires."""
        if not self.pins or number not in self.pins or self.connected:
            return
        wire = self.pins.index(number)
        rises = high and not self._high[wire]
        self._high[wire] = high
        if rises and wire == 0:
            self._clocks += 1
        elif rises and self._high[0] and self._clocks >= _CLOCKS:  # a stop
            self._stuck = False

    def holds_low(self, number):
        """Whether a part pulls the wire at this pin low: SDA, until it has seen enough clocks."""
        held = self._shorted or self._stuck and self._clocks < _CLOCKS
        return held and self.pins is not None and number == self.pins[1]

    def works(self):
        return self.connected and not (self._stuck or self._shorted)

    def addresses(self):
        wired = WORLD.get("i2c_pins", None)
        return sorted(self._parts) if not wired or tuple(wired) == self.pins else []

    def part(self, address):
        """Return what answers at address, or None."""
        wired = WORLD.get("i2c_pins", None)
        if wired and (wired[0] != self.pins[0] or wired[1] != self.pins[1]):
            return None
        return self._parts.get(address)

    def first_part(self):
        """Return the part whose data-ready line is wired, or None."""
        for part in self._parts.values():
            return part

    def _take_in(self):
        """The world is another: what was unplugged and is back begins at its power-on state."""
        kinds = {} if WORLD.sensor == "missing" else WORLD.get("parts", _USUAL)
        for key in set(self._kinds) | set(kinds):
            kind = kinds.get(key)
            if kind != self._kinds.get(key):
                self._parts.pop(int(key), None)
                if kind:
                    self._parts[int(key)] = _module(kind).Part(WORLD, int(key))
        self._kinds = dict(kinds)
        said = WORLD.get("i2c", "ok")
        if said == "stuck" and said != self._said:
            self._stuck, self._clocks = True, 0
        self._shorted = said == "shorted"
        self._said = said


def _module(kind):
    """Return the module of parts/ for kind, or None for none."""
    return kind and getattr(__import__("parts." + kind), kind)


BUS = Bus()
