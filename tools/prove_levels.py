"""What Judder says at its two levels, notice and alarm: proofs on the recorded and the simulated machines.

Any warning, such as NumPy's of too few windows, ends them.
"""

import os
import warnings
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
    from judder.bench.machines import each_once
    from judder.bench.remounts import remount

    for machine in each_once(recorded()):
        for row in remount(machine):
            turn = f"{row.degrees} degrees about {row.about}"
            report(f"{row.machine}, {row.label}, {turn}", **levels(row.count), told=told(row.count))


def ladders(report, workers):
    """Faults that grow in the simulator: no step up may be told less, at any range of the sensor."""
    from judder.bench.ladders import climbs, surely_felt

    for what, count in surely_felt():
        report(f"desk-fan, {what}", **levels(count))
    falls = sum(report_climb(report, climb) for climb in climbs(workers))
    report("ladders", told_less_a_step_up=falls)


def report_climb(report, climb):
    """Report the shares at each size, NOTICE/ALARM, and each fall; return how many there are."""
    where = f"{climb.machine} {climb.speed}, {climb.range_g} g, {climb.fault}"
    shares = {size: (count.share("notice"), count.share("alarm")) for size, count in climb.counts.items()}
    report(where, **{f"{size:g}": f"{notice:.2f}/{alarm:.2f}" for size, (notice, alarm) in shares.items()})
    falls = list(climb.falls())
    for level, size, before, there in falls:
        report(f"{where}: TOLD LESS", level=level, size=size, before=f"{before:.2f}", there=f"{there:.2f}")
    return len(falls)


def days(report, workers):
    """A day of weather, mains and hands after an hour that was learnt, of each machine at each speed."""
    from judder.bench.days import days

    for day in days(workers):
        report(f"day, {day.machine} {day.speed}, seed {day.seed}", **levels(day.count), told=told(day.count))


def wishes(report, workers):
    """Wished against realised alarms, of so many machines for a day each that 20 are expected."""
    from judder.bench.days import EXPECTED, wished
    from judder.bench.levels import total

    for unit in ("day", "week"):
        found = wished(unit, workers)
        counts = total(day.count for day in found)
        report(f"wished 1/{unit}", machines=len(found), expected=EXPECTED, **levels(counts))
        report(f"wished 1/{unit}", train_says=found[0].cannot_show or "nothing")


PROOFS = {"design": design, "remounts": remounts, "ladders": ladders, "days": days, "wishes": wishes}


def run(name, report, workers):
    """Run a proof of PROOFS on so many processes. Raises whatever warning there is."""
    os.environ["PYTHONWARNINGS"] = "error"
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # a process a core; BLAS would start more in each
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        PROOFS[name](report, workers)


def recorded():
    from judder.bench.machines import Paths, machines

    names = ("ceiling-fan.zip", "rig-1khz.zip", "uci611-fan-50hz.npz", "gearbox.npz")
    return machines(Paths(*(DATA / name for name in names)))


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
