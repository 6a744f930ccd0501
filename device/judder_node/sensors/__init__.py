"""Sensors: one file per part, which holds all that is known of it, and its driver.

A file is named after its part and has a class Driver, which can be read on a PC as well:

NAME, CODE           the part's name in a config, and its number in a frame
ADDRESSES            where it may be on an I2C bus; the first is the usual one
ID_REGISTER, IDS     the register that tells what it is, and what it says there
RATES_HZ, RANGES_G   what it offers, in rising order; () where any will do
FIFO_LEN             how many samples it keeps for a board that is busy; 0: only the newest
LOOKS_PER_SAMPLE     how often a timer must look for one, where it keeps no more than that
BUS_BYTES            bytes on an I2C bus, addresses included, for one sample
Driver(bus)          bus: see judder_node.bus
start(rate_hz, range_g)   set it up from any state it may be in. Sets scale_g (g per count). Raises OSError
                     where it does not answer, or is another part
take(counts, start, most)   read up to most new samples into the array counts, x, y, z from index start on,
                     and return how many. Does not allocate: it runs with the heap locked. Raises OSError
                     where the bus fails; what was not read then is read by the next call
overrun              True once samples were lost, or may have been: its FIFO was full. The reader clears it
"""

import sys

UNKNOWN = "unknown"

# The order in which "auto" prefers them: first those that keep samples, of these the quieter ones first.
KINDS = ("lis2dw12", "lis3dh", "mpu6050", "adxl345", "msa301", "msa311", "simulated")


def load(kind):
    """Return the Driver class of kind, one of KINDS. Raises ImportError where a board was not given it."""
    return __import__(__name__ + "." + kind, None, None, ("Driver",)).Driver


def forget(kind=None):
    """Free the driver of kind, or all that was loaded here: only a class that somebody holds stays."""
    start = __name__ + "." + (kind or "")
    for name in [name for name in sys.modules if name == start or not kind and name.startswith(start)]:
        del sys.modules[name]
        delattr(sys.modules[__name__], name[len(__name__) + 1 :])


def name_of(code):
    """Return the name of the sensor with this code in a frame, or "unknown"."""
    for kind in KINDS:
        if code == load(kind).CODE:
            return kind
    return UNKNOWN
