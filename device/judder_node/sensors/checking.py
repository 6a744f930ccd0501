"""Whether a sensor can do what a config asks of it: for the host before a deploy, for a board at its boot."""

from . import KINDS, load

AUTO = "auto"
# Without a FIFO each sample needs a callback in time. On a model of the ESP32's timer (tools/prove.py timing)
# one window in thirty to six lost samples at 500 Hz, by timer or pin; at 250 Hz next to none did (2026-11).
MOST_HZ_WITHOUT_FIFO = 250
_MOST_BUS_SHARE = 0.5  # of the time that the bus has; the calls around the transfers need the rest


def check(sensor, signal):
    """Return the mistakes in the config's sections "sensor" and "signal", a sentence each.

    With kind "auto" any part's rate will do, until the part is known. A range and an address that the
    schema lets pass are checked against the part.
    """
    kind = sensor["kind"]
    if kind == AUTO:
        return _check_rate(sensor, signal, "a sensor", [load(kind) for kind in KINDS if load(kind).ADDRESSES])
    if kind not in KINDS:
        return ["sensor.kind is %r, expected one of %s" % (kind, ", ".join((AUTO,) + KINDS))]
    return check_driver(load(kind), sensor, signal)


def check_driver(driver, sensor, signal):
    """Return the mistakes for a sensor of this driver, a sentence each."""
    mistakes = _check_rate(sensor, signal, driver.NAME, [driver])
    if driver.RANGES_G and sensor["range_g"] not in driver.RANGES_G:
        mistakes.append(
            "sensor.range_g is %s, %s offers %s" % (sensor["range_g"], driver.NAME, _listed(driver.RANGES_G))
        )
    if sensor["address"] is not None and driver.ADDRESSES and sensor["address"] not in driver.ADDRESSES:
        mistakes.append(
            "sensor.address is %s, %s may be at %s"
            % (sensor["address"], driver.NAME, _listed(driver.ADDRESSES))
        )
    needed_hz = driver.BUS_BYTES * 9 * signal["sample_rate_hz"] / _MOST_BUS_SHARE
    if not mistakes and sensor["i2c_hz"] < needed_hz:
        mistakes.append(
            "sensor.i2c_hz is %s, %s at %s Hz needs %d"
            % (sensor["i2c_hz"], driver.NAME, signal["sample_rate_hz"], needed_hz)
        )
    return mistakes


def _check_rate(sensor, signal, who, drivers):
    """Return a list of one sentence, or of none where one of drivers can keep the rate."""
    rate_hz = signal["sample_rate_hz"]
    offered = [driver for driver in drivers if not driver.RATES_HZ or rate_hz in driver.RATES_HZ]
    if not offered:
        rates = sorted(set([rate for driver in drivers for rate in driver.RATES_HZ]))
        nearest = [rate for rate in rates if rate < rate_hz][-1:] + [
            rate for rate in rates if rate > rate_hz
        ][:1]
        return ["signal.sample_rate_hz is %s, %s offers %s" % (rate_hz, who, _listed(nearest))]
    if rate_hz <= MOST_HZ_WITHOUT_FIFO or [driver for driver in offered if driver.FIFO_LEN]:
        return []
    way = "by timer" if sensor["int_pin"] is None else "by sensor.int_pin"
    return [
        "signal.sample_rate_hz is %s: %s Hz %s needs a sensor with a FIFO, %s keeps up to %d Hz"
        % (rate_hz, rate_hz, way, who, MOST_HZ_WITHOUT_FIFO)
    ]


def _listed(values):
    return " or ".join([str(value) for value in values])
