"""A fan that nobody has to own: imbalance, blades, mains hum, and the sensor that looks at it.

The fan follows a rotor on a mount: its once-a-turn line grows with speed squared times the imbalance. The
sensor is an MSA301 by its data sheet: an output rate, a bandwidth of half of it, noise, 14 bits. Polled at
another rate than its own it folds lines, as the reference's 200 Hz poll of a 500 Hz part did to 120 Hz hum.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from judder.errors import JudderError
from judder.recording import Recording, Segment

Floats = NDArray[np.float64]

RANGES_G = (2, 4, 8, 16)
REFERENCE_SPEED_HZ = 20.0
IMBALANCE_MG = 12.0
"""Peak of the once-a-turn line at 20 turns a second and an imbalance of 1, a desk fan's order of size."""
SPEED_WANDER = 0.005
WANDER_S = 5.0
POSE = np.array([-0.012, 0.204, 0.979])
"""Where gravity points, in g: a sensor that is mounted a little askew."""
LINE_AXES = {
    # line: (times the speed, share of the once-a-turn line's height on x, y, z, phase of y behind x)
    "imbalance": (1, np.array([1.0, 0.8, 0.2]), -np.pi / 2),
    "misalignment": (2, np.array([0.25, 0.2, 0.1]), 0.7),
}
BLADES = 3
BLADES_MG = np.array([2.0, 1.5, 3.0])
HUM_AXES = np.array([1.0, 0.8, 0.35])


@dataclass(frozen=True)
class FanOptions:
    """speed_hz: turns a second. imbalance: 1 is a healthy fan. hum_hz: twice the mains.

    odr_hz: the sensor's own output rate, None for sample_rate_hz; sample_rate_hz: how often it is read.
    """

    condition: str = "normal"
    seconds: float = 300.0
    speed_hz: float = REFERENCE_SPEED_HZ
    imbalance: float = 1.0
    hum_hz: float = 100.0
    hum_mg: float = 5.0
    noise_mg: float = 1.0
    sample_rate_hz: float = 250.0
    odr_hz: float | None = None
    range_g: int = 4
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("seconds", "speed_hz", "sample_rate_hz"):
            if not getattr(self, name) > 0:
                raise JudderError(f"{name} is {getattr(self, name)}.", hint="Give a number above 0.")
        if self.range_g not in RANGES_G:
            raise JudderError(f"range_g is {self.range_g}.", hint="An MSA301 has 2, 4, 8 and 16 g.")


def simulate(options: FanOptions) -> Recording:
    """Return the recording of one fan, int16 counts of a 14-bit sensor; the same for the same seed."""
    rng = np.random.default_rng(options.seed)
    odr_hz = options.odr_hz or options.sample_rate_hz
    samples = _quantise(_acceleration(options, odr_hz, rng), options.range_g)
    polled = samples[_polls(len(samples), odr_hz, options)]
    segment = Segment("0000", 0, polled)
    scale_g = options.range_g / 8192
    return Recording(options.condition, options.condition, (segment,), scale_g, options.sample_rate_hz)


def _acceleration(options: FanOptions, odr_hz: float, rng: np.random.Generator) -> Floats:
    """Return what the sensor's front end sees, (n, 3) in g, one row an output of the sensor."""
    n = int(np.ceil(options.seconds * odr_hz)) + 1
    times = np.arange(n) / odr_hz
    speed_hz = options.speed_hz * (1 + _wander(n, odr_hz, rng))
    angle = 2 * np.pi * np.cumsum(speed_hz) / odr_hz + rng.uniform(0, 2 * np.pi)
    total = np.tile(POSE, (n, 1))
    height_g = IMBALANCE_MG / 1000 * (options.speed_hz / REFERENCE_SPEED_HZ) ** 2 * options.imbalance
    for times_speed, share, phase in LINE_AXES.values():
        gain = _bandwidth_gain(times_speed * options.speed_hz, odr_hz)
        total += gain * height_g * share * _turning(times_speed * angle, phase)
    gain = _bandwidth_gain(BLADES * options.speed_hz, odr_hz)
    total += gain * BLADES_MG / 1000 * _turning(BLADES * angle, 0.0)
    hum = np.cos(2 * np.pi * options.hum_hz * times + rng.uniform(0, 2 * np.pi))
    total += _bandwidth_gain(options.hum_hz, odr_hz) * options.hum_mg / 1000 * HUM_AXES * hum[:, None]
    return total + rng.normal(0, options.noise_mg / 1000, (n, 3))


def _turning(angle: Floats, phase: float) -> Floats:
    """Return a line on three axes, (n, 3): y follows x by phase, z goes with x."""
    return np.stack([np.cos(angle), np.cos(angle + phase), np.cos(angle)], axis=-1)


def _wander(n: int, rate_hz: float, rng: np.random.Generator) -> Floats:
    """Return the speed's relative wander: an Ornstein-Uhlenbeck process, sd 0.5 %, 5 s of memory."""
    from scipy.signal import lfilter

    keep = float(np.exp(-1 / (WANDER_S * rate_hz)))
    shocks = rng.normal(0, SPEED_WANDER * np.sqrt(1 - keep**2), n)
    wander: Floats = lfilter([1.0], [1.0, -keep], shocks)
    return wander


def _bandwidth_gain(line_hz: float, odr_hz: float) -> float:
    """Return what the sensor's filter leaves of a line: second order, -3 dB at half the output rate."""
    return float(1 / np.sqrt(1 + (line_hz / (odr_hz / 2)) ** 4))


def _quantise(samples_g: Floats, range_g: int) -> NDArray[np.int16]:
    counts: NDArray[np.int16] = np.clip(np.rint(samples_g / (range_g / 8192)), -8192, 8191).astype(np.int16)
    return counts


def _polls(n: int, odr_hz: float, options: FanOptions) -> NDArray[np.int64]:
    """Return which output of the sensor each poll finds: the newest."""
    polls = np.arange(round(options.seconds * options.sample_rate_hz))
    newest = np.floor(polls * (odr_hz / options.sample_rate_hz) + 1e-9)
    found: NDArray[np.int64] = np.minimum(newest, n - 1).astype(np.int64)
    return found
