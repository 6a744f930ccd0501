"""The parts of a board that its config chooses: bus, sensor, pacer."""

import machine
from judder_core.errors import ConfigError

from .pacer import DataReadyPacer, TimerPacer
from .sampler import Sampler
from .sensors import make_sensor


def make_sampler(config):
    """Return the Sampler for config. Raises ConfigError for a rate that the sensor does not offer."""
    signal = config["signal"]
    rate_hz = signal["sample_rate_hz"]
    sensor = make_sensor(config["sensor"], _make_i2c(config["sensor"]))
    offered = sensor.sample_rates_hz
    if offered is not None and rate_hz not in offered:
        raise ConfigError(
            "signal.sample_rate_hz is %s; sensor %s offers %s."
            % (rate_hz, config["sensor"]["kind"], ", ".join([str(rate) for rate in offered])),
            "Choose one of these.",
        )
    pacer = _make_pacer(config["sensor"]["int_pin"], rate_hz * sensor.polls_per_sample)
    return Sampler(
        sensor, pacer, signal["window_len"], rate_hz, config["sensor"]["range_g"], signal["max_late_share"]
    )


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
