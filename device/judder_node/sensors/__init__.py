"""Sensors. A driver has five members the app relies on:

sample_rates_hz      the output rates it offers, or None for any
polls_per_sample     how often a timer must look for new data, per sample
start(rate_hz, range_g)   set it up; sets scale_g (g per count). Raises OSError where it does not answer
new_data()           True once for each sample; no allocation
read_into(counts, start)  write x, y, z into the array counts at start; no allocation
"""


def make_sensor(config, i2c):
    """Return the driver that config, the section "sensor", names. i2c: a machine.I2C, unused by some."""
    if config["kind"] == "msa301":
        from .msa301 import MSA301

        return MSA301(i2c)
    from .simulated import SimulatedSensor

    return SimulatedSensor()
