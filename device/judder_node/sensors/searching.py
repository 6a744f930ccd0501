"""What is on the bus: which part "auto" takes, and what is said where the one asked for is not there."""

from judder_core.errors import ConfigError

from ..bus import I2CBus
from . import KINDS, forget, load
from .checking import check_driver
from .finding import SensorMissing, id_at


def search(section, signal, i2c):
    """Return the Driver of the first part in KINDS' order that can do what section and signal ask for.

    The terminal names the others. Raises SensorMissing where none fits section, ConfigError where none of
    those that do is able to.
    """
    parts = survey(i2c)
    fitting = [part for part in parts if _fits(part, section)]
    if not fitting:
        raise SensorMissing(*explain(section, parts))
    chosen = None
    for part in fitting:
        driver = load(part[0])
        mistakes = check_driver(driver, section, signal)
        if not mistakes:
            chosen = part
            break
    if chosen is None:
        raise ConfigError("; ".join(mistakes) + ".", "device/README.md lists what each sensor offers.")
    others = [_describe(part) for part in parts if part[0] is not None and part != chosen]
    print("sensor:", "; not used: ".join([_describe(chosen)] + others))
    return driver(I2CBus(i2c, chosen[1]))


def survey(i2c):
    """Return [(kind, address, looks)] of all that answers, in KINDS' order; kind None where none fits.

    looks: for people. One driver is in memory at a time.
    """
    strange = dict([(address, "unknown") for address in i2c.scan()])
    known = []
    for kind in KINDS:
        driver = load(kind)
        for address in driver.ADDRESSES:  # those too that the scan missed, by noise
            if address in [part[1] for part in known]:
                continue
            found = id_at(address, driver, i2c)
            if found in driver.IDS:
                known.append((kind, address, "%s by its id 0x%02x" % (kind, found)))
                strange.pop(address, None)
            elif found is not None:
                strange[address] = "its id 0x%02x is no %s's" % (found, kind)
        forget(kind)
    return known + [(None, address, strange[address]) for address in sorted(strange)]


def _fits(part, section):
    kind, address, _ = part
    return kind is not None and section["kind"] in ("auto", kind) and section["address"] in (None, address)


def explain(section, parts):
    """Return (sentence, hint): why the sensor of section is not there. parts: as survey() has them."""
    wanted = "known sensor" if section["kind"] == "auto" else section["kind"]
    if section["address"] is not None:
        wanted += " at 0x%02x" % section["address"]
    if not parts:
        return "No %s answers, and nothing else on its bus." % wanted, (
            "Check its power and its wires, and sensor.sda_pin (%s) and sensor.scl_pin (%s)."
            % (section["sda_pin"], section["scl_pin"])
        )
    sentence = "No %s answers. On the bus: %s." % (wanted, "; ".join([_describe(part) for part in parts]))
    for kind, address, _ in parts:
        if kind is not None and section["kind"] in ("auto", kind):
            return sentence, "Set sensor.address to %d, or leave it out." % address
        if kind is not None:
            return sentence, 'Set sensor.kind to "%s" or "auto".' % kind
    return sentence, "device/README.md lists the sensors that Judder knows."


def _describe(part):
    return "0x%02x, %s" % part[1:]
