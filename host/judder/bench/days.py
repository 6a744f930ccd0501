"""Virtual days: a machine learnt for an hour, then watched through weather, mains and hands on its mount."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from judder.bench.levels import Count, count
from judder.bench.simulated import WINDOW_LEN, recorded
from judder.bench.spread import spread
from judder.data.windows import Windows
from judder.model.model import TrainedModel
from judder.simulation import FanOptions, Surroundings, fan_options
from judder.training.false_alarms import SECONDS
from judder.training.train import train

FANS, MOTOR = ("ceiling-fan", "desk-fan"), "motor"
SPEEDS = ("low", "med", "high")
LEARNT_S, WATCHED_S = SECONDS["hour"], SECONDS["day"]
WORLD = Surroundings(line_voltage=0.01, temperature_swing_c=5.0)
HANDS = replace(WORLD, remount_s=(4 * 3600.0, 8 * 3600.0))
"""The mount is handled three to six times a day, and turned by up to ten degrees."""
SEEDS = 2
SLOW_HZ = 62.5
"""The slowest output rate of an MSA301 that a ceiling fan's lines fit in: a day of it takes 2 s to judge."""
EXPECTED = 20
"""So many false alarms the machines of a wish are to wait for together, a day each."""


@dataclass(frozen=True)
class Day:
    """cannot_show: what training says of a wish that the first hour cannot reach; empty where it can."""

    machine: str
    speed: str
    seed: int
    count: Count
    cannot_show: str


def days(workers: int | None = None) -> Iterator[Day]:
    """Yield a day of each machine at each speed, with hands on the mount, SEEDS times."""
    asked = [(name, speed, seed) for name in (*FANS, MOTOR) for speed in SPEEDS for seed in range(SEEDS)]
    yield from spread(handled, asked, workers)


def wished(unit: str, workers: int | None = None) -> list[Day]:
    """Return the days of so many fans, one each, that a wish of one alarm a unit expects EXPECTED alarms."""
    asked = [(seed, f"1/{unit}") for seed in range(machines_for(SECONDS[unit]))]
    return list(spread(untouched, asked, workers))


def machines_for(wish_s: float) -> int:
    """Return how many machines wait a day for EXPECTED alarms at one per wish_s seconds each.

    >>> machines_for(SECONDS["day"]), machines_for(SECONDS["week"])
    (20, 140)
    """
    return round(EXPECTED * wish_s / WATCHED_S)


def handled(of: tuple[str, str, int]) -> Day:
    """Return a day of weather, mains and hands. of: a machine's name, its speed, a seed."""
    machine, speed, seed = of
    return day(machine, speed, replace(fan_options(machine, speed), surroundings=HANDS, seed=seed))


def untouched(of: tuple[int, str]) -> Day:
    """Return a day of weather and mains, but no hands, of the fan that wishes are held against.

    of: a seed, and how many false alarms are wished.
    """
    seed, wish = of
    fan = fan_options(FANS[0], "med", sample_rate_hz=SLOW_HZ)
    fan = replace(fan, surroundings=WORLD, seed=1000 + seed)
    return day(FANS[0], "med", fan, false_alarms=wish)


def day(machine: str, speed: str, options: FanOptions, watched_s: float = WATCHED_S, **training: Any) -> Day:
    """Return what the model of a machine's first hour says of the time after. training: of judder.train."""
    learnt, after = _split(replace(options, seconds=LEARNT_S + watched_s))
    model = train(learnt, **training)
    return Day(machine, speed, options.seed, count(model.score(after)), _cannot_show(model))


def _split(options: FanOptions) -> tuple[Windows, Windows]:
    """Return the windows of the first hour, and those after it."""
    windows = recorded(options)
    learnt = windows.start_row + WINDOW_LEN <= LEARNT_S * options.sample_rate_hz
    return windows.select(learnt), windows.select(~learnt)


def _cannot_show(model: TrainedModel) -> str:
    return next((said for said in model.warnings if "cannot show the wish" in said), "")
