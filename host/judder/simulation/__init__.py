"""A machine that nobody has to own: rotor, mount, surroundings, sensor and the clock it is read by.

Lines stand where physics puts them. A sensor polled at another rate than its own repeats and skips its
outputs, which folds lines and gives them images, as it did in the reference's recordings.
"""

from judder.simulation.options import FAULTS, Clock, FanOptions, Fault, Machine, Mode, Sensor, Surroundings
from judder.simulation.presets import MACHINES, fan_options
from judder.simulation.stream import simulate, simulate_windows

__all__ = [
    "FAULTS",
    "MACHINES",
    "Clock",
    "FanOptions",
    "Fault",
    "Machine",
    "Mode",
    "Sensor",
    "Surroundings",
    "fan_options",
    "simulate",
    "simulate_windows",
]
