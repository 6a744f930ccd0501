"""Machines one can name. Speeds are turns per second; hum is the peak on x at each speed."""

from dataclasses import replace
from typing import Any

from judder.errors import JudderError
from judder.simulation.options import DESK_FAN, FanOptions, Machine, Mode, Sensor, Surroundings

CEILING_FAN = Machine(
    mass_kg=5.0,
    residual_g_m=0.85,  # 0.3 of what a quarter (5.67 g) at 0.5 m adds
    natural_hz=0.7,  # a pendulum of half a metre
    damping=0.05,
    modes={"low": Mode(1.2, 4.0), "med": Mode(2.0, 6.0), "high": Mode(3.3, 9.0)},
    blades=5,
    blade_mg=(0.7, 0.6, 1.5),
)
MOTOR = Machine(
    mass_kg=10.0,
    residual_g_m=0.05,
    natural_hz=60.0,  # feet on a bench, stiffer than the motor turns
    damping=0.05,
    modes={"low": Mode(12.3, 6.0), "med": Mode(24.5, 8.0), "high": Mode(49.0, 10.0)},
    second=0.3,
    blades=4,
    blade_mg=(1.0, 1.0, 1.0),
    speed_wander=0.001,
)
REFERENCE_FAN = replace(
    CEILING_FAN, modes={"low": Mode(1.2, 12.6), "med": Mode(2.0, 28.9), "high": Mode(3.3, 58.7)}
)
"""The published recordings' fan. 0.82 of its hum shows at 80 Hz: filter and stale readings take the rest."""

MACHINES = {
    "ceiling-fan": CEILING_FAN,
    "desk-fan": DESK_FAN,
    "motor": MOTOR,
    "reference-fan": REFERENCE_FAN,
}

# What the recordings tell of their sensor: set to 500 Hz it put out 414. Read 200 times a second, 120 Hz hum
# then has images at 414 k +- 120 Hz of height 120 / (414 k +- 120): at 94 Hz .41, at 66 Hz .22, at 52 Hz .13
# of the line at 80 Hz. The recordings have .41, .23 and .13 there; 94 and 66 Hz wander against each other
# while 80 stands still (r = -.90 from window to window at high).
REFERENCE: dict[str, Any] = {
    "hum_hz": 120.0,
    "sample_rate_hz": 200.0,
    "odr_hz": 500.0,
    "sensor": Sensor(noise_density_ug=(97.0, 104.0, 238.0), odr_error=-0.1717),
}
# The hum's second harmonic, from the recordings' lines at 40 Hz and their image at 26 Hz; its phase, which no
# spectrum shows, from the MAD of y.
REFERENCE_SECOND = {"low": (0.4, 20.0), "med": (0.2, 60.0), "high": (0.2, 60.0)}


def fan_options(machine: str = "desk-fan", speed: str = "med", **changes: Any) -> FanOptions:
    """Return the options of a machine of MACHINES at a speed: off, low, med, high or turns per second.

    changes: FanOptions' own, which go before the preset's. Raises JudderError for a name there is not.
    """
    if machine not in MACHINES:
        raise JudderError(f"There is no machine {machine}.", hint=f"Choose from: {', '.join(MACHINES)}")
    mode = _mode(MACHINES[machine], speed)
    fields: dict[str, Any] = {"speed_hz": mode.speed_hz, "hum_mg": mode.hum_mg, "machine": MACHINES[machine]}
    if machine == "reference-fan":
        second, degrees = REFERENCE_SECOND.get(speed, (0.2, 60.0))
        hum = Surroundings(hum_second=second, hum_second_deg=degrees, hum_wander_hz=0.02)
        fields = {**fields, **REFERENCE, "surroundings": hum}
    return FanOptions(**{**fields, **changes})


def _mode(machine: Machine, speed: str) -> Mode:
    if speed == "off":
        return Mode(0.0, 0.0)
    if speed in machine.modes:
        return machine.modes[speed]
    try:
        return Mode(float(speed), machine.modes["med"].hum_mg)
    except ValueError as error:
        raise JudderError(
            f"There is no speed {speed}.", hint="Choose off, low, med, high or turns per second."
        ) from error
