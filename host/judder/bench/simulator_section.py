"""What the evaluation page says of simulated machines: every figure in it is computed."""

from collections.abc import Iterator, Sequence

from judder.bench import days, ladders, simulator
from judder.bench.levels import total
from judder.bench.markdown import paragraph, span, table

SURELY = 0.9
"""A level is reached at a size where this share of the windows has it."""


def section(long: bool) -> Iterator[str]:
    """Yield the lines on the simulator. long: with ladders, days and wishes, some minutes."""
    yield "\n## Simulator"
    turned = simulator.remounted()
    low, high = simulator.TURNED_DEGREES
    yield (
        f"\n- Sensor turned by {low} to {high} degrees: told as mounting changed {turned.told} of"
        f" {turned.remounts} times, notices {turned.notices}, alarms {turned.alarms}."
    )
    yield (
        f"- A mass at {simulator.AT_M:g} m on a blade of a 5 kg ceiling fan, seconds until NOTICE and until"
        f" ALARM, {simulator.RUNS} runs:"
    )
    found = simulator.smallest_fault()
    rows = ([row.speed, f"{row.mass_g:g} g", _each(row.notice_s), _each(row.alarm_s)] for row in found)
    yield from table(("speed", "mass", "NOTICE", "ALARM"), rows)
    if long:
        yield from _ladders()
        yield from _days()
        yield from map(_wished, ("day", "week"))


def _each(seconds: Sequence[float | None]) -> str:
    return ", ".join("not found" if s is None else f"{s:.0f}" for s in seconds)


def _ladders() -> Iterator[str]:
    climbs = list(ladders.climbs())
    steps = sum(len(climb.counts) - 1 for climb in climbs)
    falls = sum(bool(list(climb.falls())) for climb in climbs)
    yield paragraph(
        f"Severity ladders: {len(ladders.MACHINES)} machines at {len(ladders.SPEEDS)} speeds, ranges of",
        f"{span(ladders.RANGES_G)} g, {ladders.SEEDS} seeds a step. A step up lowers the share of windows at",
        f"NOTICE or at ALARM by more than {ladders.MOST_LOWER:g} in {falls} of {len(climbs)} ladders of",
        f"{steps} steps. From which size on {SURELY:.0%} of the windows are at a level, least and greatest:",
    )
    of_fault = {fault: [climb for climb in climbs if climb.fault == fault] for fault in ladders.SIZES}
    rows = ([fault, *_reached(mine)] for fault, mine in of_fault.items())
    yield from table(("fault", "NOTICE", "ALARM"), rows)


def _reached(climbs: Sequence[ladders.Climb]) -> Iterator[str]:
    for level in ("notice", "alarm"):
        sizes = [climb.reaches(level, SURELY) for climb in climbs]
        known = [size for size in sizes if size is not None]
        never = f", never in {len(sizes) - len(known)} of {len(sizes)}" if len(known) < len(sizes) else ""
        yield (span(known, "g") if known else "") + never


def _days() -> Iterator[str]:
    weather = days.WORLD
    yield paragraph(
        f"A day after an hour that was learnt: {weather.temperature_swing_c:g} degrees up and down, mains",
        f"within {weather.line_voltage:.0%}, and the mount turned every 4 to 8 hours by up to",
        f"{days.HANDS.remount_deg:g} degrees. Share of the windows at ALARM.",
    )
    yield from table(("machine", "speed", "notices", "alarms", "share"), map(_day, days.days()))


def _day(day: days.Day) -> list[str]:
    count = day.count
    return [day.machine, day.speed, f"{count.notices}", f"{count.alarms}", f"{count.share('alarm'):.2%}"]


def _wished(unit: str) -> str:
    found = days.wished(unit)
    alarms = total(day.count for day in found).alarms
    return paragraph(
        f"Wished 1/{unit}: {alarms} alarms where {days.EXPECTED} are expected, of {len(found)} healthy",
        "ceiling fans in as many days, each learnt for an hour.",
        f"`train` says: {found[0].cannot_show}" if found[0].cannot_show else "",
    )
