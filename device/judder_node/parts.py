"""The parts of a board that its config chooses: the bus, the sensor on it, and what paces the sampling."""

import time

import machine
from judder_core.errors import ConfigError
from machine import Pin
from micropython import const

from .pacer import DataReadyPacer, TimerPacer
from .pins import open_pin

_DRAINS_PER_FIFO = const(4)  # so that a collection or a flash write may take three quarters of what it holds
_MOST_PER_DRAIN = const(16)  # samples: a verdict is not to wait for a deep FIFO


def check_sensor(config, signal):
    """Raise ConfigError where no sensor does what the sections "sensor" and "signal" ask for."""
    from .sensors.checking import check

    mistakes = check(config, signal)
    if mistakes:
        raise ConfigError("; ".join(mistakes) + ".", "judder config check says so before a deploy.")


def open_sensor(config, signal):
    """Return (driver, pacer). Raises OSError where no sensor answers, ConfigError for wrong pins.

    The bus is made anew, and freed first: a part that was cut off within a byte holds it down.
    """
    from .sensors import finding

    driver = finding.open_sensor(config, signal, open_bus(config))
    return driver, make_pacer(driver, config, signal)


def open_bus(config):
    if config["kind"] == "simulated":
        return None
    scl = open_pin(config["scl_pin"], "sensor.scl_pin", Pin.OPEN_DRAIN, value=1)
    sda = open_pin(config["sda_pin"], "sensor.sda_pin", Pin.OPEN_DRAIN, value=1)
    free_bus(scl, sda)
    try:
        return machine.I2C(config["i2c_id"], scl=scl, sda=sda, freq=config["i2c_hz"])
    except ValueError as error:
        raise ConfigError("sensor.i2c_id is %d: %s on this chip." % (config["i2c_id"], error), "Take 0.")


def make_pacer(driver, config, signal):
    rate_hz = signal["sample_rate_hz"]
    if driver.FIFO_LEN:
        return TimerPacer(rate_hz / min(driver.FIFO_LEN // _DRAINS_PER_FIFO, _MOST_PER_DRAIN))
    pin = config["int_pin"]
    if pin is not None:
        return DataReadyPacer(open_pin(pin, "sensor.int_pin", Pin.IN))
    return TimerPacer(rate_hz * driver.LOOKS_PER_SAMPLE)


def free_bus(scl, sda):
    """Let a part that holds sda low finish its byte: up to nine clocks, then a stop.

    Source: I2C-bus specification, UM10204 rev. 7, 3.1.16 "Bus clear".
    """
    for _ in range(9):
        if sda.value():
            break
        for level in (0, 1):
            scl.value(level)
            time.sleep_us(5)
    sda.value(0)
    time.sleep_us(5)
    sda.value(1)
