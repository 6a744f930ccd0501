"""What the evaluation page says of simulated machines: every figure in it is computed."""

from collections.abc import Iterator
from typing import Any

from judder.bench import simulator
from judder.bench.markdown import table
from judder.training.false_alarms import SECONDS

HOURS, DAYS = 40, 20


def section(days: bool) -> Iterator[str]:
    """Yield the lines on the simulator. days: with the alerts of simulated days, a few minutes."""
    yield "\n## Simulator"
    yield "\n" + _wished("hour", HOURS)
    if days:
        yield _wished("day", DAYS)
    turned = simulator.remounted()
    low, high = simulator.TURNED_DEGREES
    yield (
        f"- Sensor turned by {low} to {high} degrees: told as mounting changed {turned['told']} of"
        f" {turned['remounts']} times, alerts {turned['alerted']}."
    )
    yield (
        f"- A mass at {simulator.AT_M:g} m on a blade of a 5 kg ceiling fan, seconds until the alert at"
        f" {simulator.WISH}, {simulator.RUNS} runs:"
    )
    yield from table(("speed", "mass", "seconds"), (_fault(row) for row in simulator.smallest_fault()))


def _wished(unit: str, periods: int) -> str:
    found = simulator.wished(f"1/{unit}", SECONDS[unit], periods)
    return f"- Wished {found['wish']}: {found['alerts']} alerts in {periods} periods of a healthy desk fan."


def _fault(row: dict[str, Any]) -> list[str]:
    seconds = ", ".join("not found" if s is None else f"{s:.0f}" for s in row["seconds"])
    return [row["speed"], f"{row['mass_g']:g} g", seconds]
