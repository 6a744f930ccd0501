"""The parts of a board that its config chooses: bus, sensor, pacer."""

import machine
from judder_core.errors import ConfigError

from .bus import I2CBus
from .pacer import DataReadyPacer, TimerPacer
from .sampler import Sampler
from .sensors import forget, load
from .sensors.checking import check, check_driver
from .sensors.finding import SensorMissing, open_sensor


def make_sampler(config):
    """Return the Sampler for config. Raises ConfigError where the sensor cannot do what is asked of it.

    Raises SensorMissing, an OSError, where it does not answer.
    """
    signal = config["signal"]
    rate_hz = signal["sample_rate_hz"]
    _refuse(check(config["sensor"], signal))
    sensor = _open(config["sensor"], _make_i2c(config["sensor"]))
    _refuse(check_driver(sensor, config["sensor"], signal))
    forget()
    pacer = _make_pacer(config["sensor"]["int_pin"], rate_hz * sensor.LOOKS_PER_SAMPLE)
    return Sampler(
        sensor, pacer, signal["window_len"], rate_hz, config["sensor"]["range_g"], signal["max_late_share"]
    )


def _open(section, i2c):
    """Return the driver; of a part that is not there yet as well, where the config says which."""
    try:
        return open_sensor(section, i2c)
    except SensorMissing as missing:
        if section["kind"] == "auto":
            raise
        print("sensor:", missing)
        print("  hint:", missing.hint)
        driver = load(section["kind"])
        return driver(I2CBus(i2c, section["address"] or driver.ADDRESSES[0]))


def _refuse(mistakes):
    if mistakes:
        raise ConfigError("; ".join(mistakes) + ".", "device/README.md lists what each sensor offers.")


def _make_i2c(config):
    if config["kind"] == "simulated":
        return None
    return machine.I2C(
        config["i2c_id"],
        scl=machine.Pin(config["scl_pin"]),
        sda=machine.Pin(config["sda_pin"]),
        freq=config["i2c_hz"],
    )


def _make_pacer(int_pin, polls_per_s):
    if int_pin is not None:
        return DataReadyPacer(int_pin)
    return TimerPacer(polls_per_s)
