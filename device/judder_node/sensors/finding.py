"""Which sensor is there, by its address on the bus and its id register. Only a boot needs this."""

from judder_core.errors import ConfigError

from ..bus import I2CBus
from . import KINDS, load
from .checking import check_driver


class SensorMissing(OSError):
    """The sensor that the config asks for does not answer: a sentence, and a hint. It may come yet."""

    def __init__(self, sentence, hint):
        super().__init__(sentence)
        self.hint = hint


def open_sensor(section, signal, i2c):
    """Return the Driver for section, the config's "sensor", not started yet. i2c: a machine.I2C, or None.

    Of several parts that "auto" finds, the first in KINDS that can do what section and signal, the config's
    "signal", ask for is taken, and the terminal names the others. Raises SensorMissing, and ConfigError where
    those that are there cannot.
    """
    kind = section["kind"]
    if kind == "simulated":
        return load(kind)()
    parts = [identify(i2c, address) for address in i2c.scan()]
    known = sorted([part for part in parts if part[0] is not None])
    fitting = [part for part in known if _fits(part, section)]
    if not fitting:
        raise SensorMissing(*explain(section, parts))
    able = [part for part in fitting if not check_driver(load(KINDS[part[0]]), section, signal)]
    if not able:
        mistakes = check_driver(load(KINDS[fitting[0][0]]), section, signal)
        raise ConfigError("; ".join(mistakes) + ".", "device/README.md lists what each sensor offers.")
    rank, address, _ = able[0]
    if kind == "auto":
        others = [_describe(part) for part in known if part != able[0]]
        print("sensor:", "; not used: ".join([_describe(able[0])] + others))
    return load(KINDS[rank])(I2CBus(i2c, address))


def identify(i2c, address):
    """Return (rank, address, looks) of the part at address.

    rank: its index in KINDS, or None where it is no part that Judder knows. looks: for people.
    """
    looks = "unknown"
    for rank in range(len(KINDS)):
        try:
            driver = load(KINDS[rank])
        except ImportError:  # a board that was not filled by `judder deploy`
            continue
        if address in driver.ADDRESSES:
            try:
                found = I2CBus(i2c, address).read(driver.ID_REGISTER)
            except OSError:
                continue
            if found in driver.IDS:
                return rank, address, "%s by its id 0x%02x" % (driver.NAME, found)
            looks = "its id 0x%02x is no %s's" % (found, driver.NAME)
    return None, address, looks


def _fits(part, section):
    rank, address, _ = part
    return section["kind"] in ("auto", KINDS[rank]) and section["address"] in (None, address)


def explain(section, parts):
    """Return (sentence, hint): why the sensor of section is not there. parts: as identify() has them."""
    wanted = "known sensor" if section["kind"] == "auto" else section["kind"]
    if section["address"] is not None:
        wanted += " at 0x%02x" % section["address"]
    if not parts:
        return "No %s answers, and nothing else on its bus." % wanted, (
            "Check its power and its wires, and sensor.sda_pin (%s) and sensor.scl_pin (%s)."
            % (section["sda_pin"], section["scl_pin"])
        )
    sentence = "No %s answers. On the bus: %s." % (wanted, "; ".join([_describe(part) for part in parts]))
    for rank, address, _ in parts:
        if rank is not None and section["kind"] in ("auto", KINDS[rank]):
            return sentence, "Set sensor.address to %d, or leave it out." % address
        if rank is not None:
            return sentence, 'Set sensor.kind to "%s" or "auto".' % KINDS[rank]
    return sentence, "device/README.md lists the sensors that Judder knows."


def _describe(part):
    return "0x%02x, %s" % part[1:]
