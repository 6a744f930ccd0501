"""What Judder says at its two levels, notice and alarm: proofs on the recorded and the simulated machines.

Any warning, such as NumPy's of too few windows, ends them.
"""

import contextlib
import os
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

DATA = Path(__file__).parents[2] / "shared" / "data"


def design(report, _):
    """The machines handed over: the share of windows at each level, and what counted for nothing."""
    from judder.bench.judged import judge

    for machine in recorded():
        for row in judge(machine):
            lowest = min(each.share("notice") for each in row.per_condition.values())
            report(
                f"{row.machine}, {row.label}",
                **levels(row.count),
                lowest_condition=f"{lowest:.3f}",
                auc="none" if row.auc is None else f"{row.auc:.4f}",
                reference=f"{row.reference:.3f}",
                skipped=dict(row.count.skipped),
            )


def remounts(report, _):
    """The same recordings as a sensor turned by 5 to 20 degrees would have made them."""
    from judder.bench.remounts import remount

    for machine in recorded():
        for row in remount(machine):
            turn = f"{row.degrees} degrees about {row.about}"
            report(f"{row.machine}, {row.label}, {turn}", **levels(row.count), told=told(row.count))


def ladders(report, workers):
    """Faults that grow in the simulator: no step up may be told less, at any range of the sensor."""
    from judder.bench.ladders import MACHINES, RANGES_G, SPEEDS, surely_felt

    for what, count in surely_felt():
        report(f"desk-fan, {what}", **levels(count))
    falls = 0
    asked = [(name, speed, range_g) for name in MACHINES for speed in SPEEDS for range_g in RANGES_G]
    for climbs in spread(_climb, asked, workers):
        for climb in climbs:
            falls += _report_climb(report, climb)
    report("ladders", steps_up_told_less=falls)


def days(report, workers):
    """A day of weather, mains and hands after an hour that was learnt, two seeds a machine and speed."""
    from judder.bench.days import FANS, MOTOR, SPEEDS

    asked = [(name, speed, seed) for name in (*FANS, MOTOR) for speed in SPEEDS for seed in range(2)]
    for (name, speed, seed), (count, _) in zip(asked, spread(_day, asked, workers), strict=True):
        report(f"day, {name} {speed}, seed {seed}", **levels(count), told=told(count))


def wishes(report, workers):
    """Wished against realised alarms, of so many machines for a day each that 20 are expected."""
    from judder.bench.days import EXPECTED, machines_for
    from judder.bench.levels import total
    from judder.training.false_alarms import SECONDS

    for unit in ("day", "week"):
        asked = [(seed, f"1/{unit}") for seed in range(machines_for(SECONDS[unit]))]
        found = list(spread(_wished, asked, workers))
        counts = total(count for count, _ in found)
        report(f"wished 1/{unit}", machines=len(found), expected=EXPECTED, realised=counts.alarms)
        report(
            f"wished 1/{unit}", **levels(counts), trainer=next(iter(said for _, said in found)) or "silent"
        )


PROOFS = {"design": design, "remounts": remounts, "ladders": ladders, "days": days, "wishes": wishes}


def run(name, report, workers):
    """Run a proof of PROOFS on so many processes. Raises whatever warning there is."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # a process a core; BLAS would start more in each
    with no_warnings():
        PROOFS[name](report, workers)


@contextlib.contextmanager
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def recorded():
    from judder.bench.machines import machines

    names = ("ceiling-fan.zip", "rig-1khz.zip", "uci611-fan-50hz.npz", "gearbox.npz")
    return machines(*(DATA / name for name in names))


def levels(count):
    return {
        "windows": count.windows,
        "notice": f"{count.share('notice'):.4f}",
        "alarm": f"{count.share('alarm'):.4f}",
        "notices": count.notices,
        "alarms": count.alarms,
    }


def told(count):
    return f"{count.share('mounting_changed'):.3f}"


def spread(work, asked, workers):
    """Yield what work makes of each that is asked, in order, on so many processes."""
    with ProcessPoolExecutor(workers, initializer=warnings.simplefilter, initargs=("error",)) as pool:
        yield from pool.map(work, asked)


def _climb(asked):
    from judder.bench.ladders import climb

    return list(climb(*asked))


def _report_climb(report, climb):
    """Report the shares at each size, NOTICE/ALARM, and each fall; return how many there are."""
    steps = {
        f"{size:g}": f"{count.share('notice'):.2f}/{count.share('alarm'):.2f}"
        for size, count in climb.counts.items()
    }
    where = f"{climb.machine} {climb.speed}, {climb.range_g} g, {climb.fault}"
    report(where, **steps)
    falls = list(climb.falls())
    for level, size, before, there in falls:
        report(f"{where}: TOLD LESS", level=level, size=size, before=f"{before:.2f}", there=f"{there:.2f}")
    return len(falls)


def _day(asked):
    from judder.bench.days import day, handled

    found = day(handled(*asked))
    return found.count, found.cannot_show


def _wished(asked):
    from judder.bench.days import day, untouched

    seed, wish = asked
    found = day(untouched(seed), false_alarms=wish)
    return found.count, found.cannot_show
