"""What a simulated machine, its surroundings, its sensor and its board's clock can be told to be."""

import math
from dataclasses import dataclass, field

from judder.errors import JudderError

RANGES_G = (2, 4, 8, 16)

FAULTS = {
    # kind: (what its size means, the size where none is given)
    "imbalance": ("unbalance added, times the machine's residual one", 2.0),
    "misalignment": ("twice-a-turn line, times the healthy once-a-turn line; half of it axial", 0.8),
    "blade": ("depth, 0..1, to which a damaged blade modulates the blade-pass line", 0.6),
    "looseness": ("0.5x to 8x and clipped half waves, times the once-a-turn line", 0.5),
    "rub": ("1 adds half the once-a-turn line at 0.5x and 20 mg RMS bursts once a turn", 1.0),
    "stuck": ("axis that holds its value: 0 is x, 1 is y, 2 is z", 0.0),
    "offset": ("offset that x jumps by, mg", 50.0),
    "clipping": ("height the shaking grows to, g: choose more than the range", 5.0),
    "range": ("how many times the counts are too large: a range register that was not set", 2.0),
    "swap": ("x and y change places; any size", 1.0),
    "stall": ("seconds an I2C read hangs, once in half a minute", 1.0),
    "dropped": ("share of windows lost on the way, in runs of three", 0.05),
    "duplicated": ("share of windows that arrive twice", 0.05),
}


@dataclass(frozen=True)
class Fault:
    """size: see FAULTS; None for the one there."""

    kind: str
    size: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in FAULTS:
            raise JudderError(f"There is no fault {self.kind}.", hint=f"Choose from: {', '.join(FAULTS)}")
        if self.size is None:
            object.__setattr__(self, "size", FAULTS[self.kind][1])
        if self.kind == "stuck" and self.size not in (0, 1, 2):
            raise JudderError(f"An axis {self.size:g} cannot stick.", hint="0 is x, 1 is y, 2 is z.")


@dataclass(frozen=True)
class Mode:
    """One of a machine's speeds: turns per second, and the peak of its hum on x, mg."""

    speed_hz: float
    hum_mg: float


@dataclass(frozen=True)
class Machine:
    """A rotor on a mount that gives.

    residual_g_m: unbalance of the healthy rotor, gram metres. natural_hz, damping: the mount's. second: the
    healthy twice-a-turn line, times the once-a-turn line. blade_mg: peak of the blade-pass line on x, y, z at
    the mode med; it grows with speed squared. blade_am: its modulation once a turn, 0..1.
    """

    mass_kg: float
    residual_g_m: float
    natural_hz: float
    damping: float
    modes: dict[str, Mode]
    second: float = 0.25
    blades: int = 3
    blade_mg: tuple[float, float, float] = (2.0, 1.5, 3.0)
    blade_am: float = 0.2
    speed_wander: float = 0.005
    wander_s: float = 5.0
    run_up_s: float = 0.0


@dataclass(frozen=True)
class Surroundings:
    """What shakes, moves and drifts around the machine. All of it but a little ambient noise is off at first.

    hum_second, hum_second_deg: the hum's second harmonic, times the hum, and its phase. hum_am, hum_am_hz:
    depth and rate of the hum's modulation. hum_wander_hz: sd of its frequency over a minute. ambient_mg: RMS
    between 1 and 30 Hz on each axis, amplitude density falling as 1/sqrt(f). remount_s: shortest and longest
    time between two handlings, each of which turns the mount by up to remount_deg at half a degree a second.
    line_voltage: relative sd, over ten minutes, on hum and speed. temperature_swing_c: half of a day's range.
    dust_per_day: what unbalance gains, times the residual.
    """

    hum_second: float = 0.0
    hum_second_deg: float = 0.0
    hum_am: float = 0.0
    hum_am_hz: float = 14.0
    hum_wander_hz: float = 0.0
    ambient_mg: float = 0.3
    bumps_per_hour: float = 0.0
    remount_s: tuple[float, float] | None = None
    remount_deg: float = 10.0
    line_voltage: float = 0.0
    temperature_swing_c: float = 0.0
    dust_per_day: float = 0.0


@dataclass(frozen=True)
class Sensor:
    """An MSA301 by its data sheet; ideal where a single part differs from the next.

    noise_density_ug: x, y, z, ug/sqrt(Hz), as the parts on the reference's fan had it (the data sheet: 300).
    odr_error: relative error of the output rate. offset_mg, cross_axis: bounds of what unit, the number of
    the part, draws its own from. tco_mg_c: bound of the offset's temperature coefficient.
    """

    noise_density_ug: tuple[float, float, float] = (90.0, 100.0, 220.0)
    odr_error: float = 0.0
    offset_mg: float = 0.0
    cross_axis: float = 0.0
    tco_mg_c: float = 1.0
    unit: int = 0


@dataclass(frozen=True)
class Clock:
    """The board's. late_share of its polls come Exp(late_ms) late, at most 10 ms; gc_s: seconds between
    collections of 5-20 ms that hold all polls up, 0 for none.
    """

    crystal_ppm: float = 0.0
    jitter_us: float = 0.0
    late_share: float = 0.0
    late_ms: float = 3.0
    gc_s: float = 0.0


DESK_FAN = Machine(
    mass_kg=2.0,
    residual_g_m=0.0119,  # 12 mg at 20 turns per second
    natural_hz=9.0,
    damping=0.06,
    modes={"low": Mode(12.0, 3.0), "med": Mode(17.0, 5.0), "high": Mode(22.0, 7.0)},
)


@dataclass(frozen=True)
class FanOptions:
    """speed_hz: turns per second, 0 is off. imbalance: 1 is a healthy machine. hum_hz: twice the mains.

    noise_mg: RMS on each axis, None for the sensor's own density over its bandwidth. odr_hz: the sensor's
    output rate where it is polled sample_rate_hz times a second; None where each output is read once, when
    the sensor says it is ready. extra_mass_g sits at_m from the axis, at_deg ahead of the residual unbalance.
    fault_from_s: when the faults begin.
    """

    condition: str = "normal"
    seconds: float = 300.0
    speed_hz: float = 20.0
    imbalance: float = 1.0
    hum_hz: float = 100.0
    hum_mg: float = 5.0
    noise_mg: float | None = None
    sample_rate_hz: float = 250.0
    odr_hz: float | None = None
    range_g: int = 4
    seed: int = 0
    extra_mass_g: float = 0.0
    at_m: float = 0.5
    at_deg: float = 0.0
    faults: tuple[Fault, ...] = ()
    fault_from_s: float = 0.0
    machine: Machine = DESK_FAN
    surroundings: Surroundings = field(default_factory=Surroundings)
    sensor: Sensor = field(default_factory=Sensor)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        for name in ("seconds", "sample_rate_hz", "odr_hz"):
            value = getattr(self, name)
            if value is not None and not 0 < value < math.inf:
                raise JudderError(f"{name} is {value}.", hint="Give a number above 0.")
        for name in ("speed_hz", "imbalance", "extra_mass_g", "at_m", "hum_mg"):
            if not 0 <= getattr(self, name) < math.inf:
                raise JudderError(f"{name} is {getattr(self, name)}.", hint="Give a number of at least 0.")
        if self.range_g not in RANGES_G:
            raise JudderError(f"range_g is {self.range_g}.", hint="An MSA301 has 2, 4, 8 and 16 g.")

    @property
    def true_odr_hz(self) -> float:
        """The rate at which the sensor really puts samples out."""
        return (self.odr_hz or self.sample_rate_hz) * (1 + self.sensor.odr_error)

    @property
    def rows(self) -> int:
        return round(self.seconds * self.sample_rate_hz)

    def size(self, kind: str) -> float:
        """Return the sizes of the faults of this kind, added up; 0 where there is none."""
        return sum(fault.size or 0.0 for fault in self.faults if fault.kind == kind)

    def has(self, kind: str) -> bool:
        return any(fault.kind == kind for fault in self.faults)
