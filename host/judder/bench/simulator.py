"""The simulator: realised against wished alerts, the smallest fault found, and what a remount does."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judder.data.recording import Segment
from judder.data.sources import windows_of
from judder.data.windows import Windows
from judder.model.model import TrainedModel
from judder.simulation import FanOptions, fan_options, simulate
from judder.training.train import train

WINDOW_LEN = 256
HOUR_S = 3600.0
MASSES_G = (0.5, 1.0, 2.0, 5.67)
"""The last is a quarter."""
AT_M = 0.5
WISH = "1/week"
RUNS = 5
REMOUNTS = 20
TURNED_DEGREES = (5, 20)


def recorded(options: FanOptions, times: int = 1) -> Windows:
    """Return the windows of `times` recordings of one machine, seeds apart."""
    recordings = [
        replace(simulate(replace(options, seed=options.seed + k)), name=f"day {k}") for k in range(times)
    ]
    return windows_of(recordings, sample_rate_hz=options.sample_rate_hz, window_len=WINDOW_LEN)


def trained_on(options: FanOptions, wish: str) -> TrainedModel:
    """Train as `train` advises: on recordings of two days."""
    return train(recorded(options, times=2), name="simulated", false_alarms=wish)


def wished(wish: str, period_s: float, periods: int) -> dict[str, Any]:
    """Return how many alerts a healthy desk fan raised at a wish of one a period.

    Trained on 10 periods, so that the windows held out, a fifth, reach the wish twice.
    """
    machine = replace(fan_options("desk-fan", "med"), seconds=5 * period_s)
    model = trained_on(machine, wish)
    alerts = 0
    for k in range(periods):
        alert = model.score(recorded(replace(machine, seconds=period_s, seed=1000 + k))).alert
        alerts += int((np.diff(np.r_[False, alert].astype(int)) > 0).sum())
    return {"wish": wish, "periods": periods, "alerts": alerts}


def smallest_fault() -> Iterator[dict[str, Any]]:
    """Yield the seconds until a mass on a blade of a 5 kg ceiling fan is found, at WISH."""
    for speed in ("low", "med", "high"):
        machine = replace(fan_options("ceiling-fan", speed), seconds=HOUR_S / 2)
        model = trained_on(machine, WISH)
        for mass_g in MASSES_G:
            found = []
            for seed in range(RUNS):
                windows = recorded(
                    replace(machine, seconds=180.0, seed=50 + seed, extra_mass_g=mass_g, at_m=AT_M)
                )
                alert = np.flatnonzero(model.score(windows).alert)
                found.append(float((alert[0] + 1) * windows.step_s) if len(alert) else None)
            yield {"speed": speed, "mass_g": mass_g, "seconds": found}


def remounted() -> dict[str, Any]:
    """Return how often a sensor turned by TURNED_DEGREES was told as such, and how often it alerted."""
    machine = replace(fan_options("desk-fan", "med"), seconds=HOUR_S / 2)
    model = trained_on(machine, WISH)
    rng = np.random.default_rng(7)
    told = alerted = 0
    for k in range(REMOUNTS):
        recording = simulate(replace(machine, seconds=60.0, seed=300 + k))
        (segment,) = recording.segments
        turned = np.rint(segment.samples @ _rotation(rng).T).astype(np.int16)
        other = replace(recording, segments=(Segment(segment.name, 0, turned),))
        scored = model.score(other, sample_rate_hz=machine.sample_rate_hz)
        told += bool((scored.state == "mounting changed").any())
        alerted += bool(scored.alert.any())
    return {"remounts": REMOUNTS, "told": told, "alerted": alerted}


def _rotation(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a rotation by TURNED_DEGREES about a random horizontal axis. Source: Rodrigues' formula."""
    angle = np.radians(rng.uniform(*TURNED_DEGREES))
    direction = rng.uniform(0, 2 * np.pi)
    x, y, z = np.cos(direction), np.sin(direction), 0.0
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    turned: NDArray[np.float64] = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return turned
