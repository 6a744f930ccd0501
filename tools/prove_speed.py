"""What a window costs the server, in time of the processor, beside an empty POST to a bare application."""

import contextlib
import json
import subprocess
import sys
from dataclasses import asdict, replace
from statistics import median

from hall import train_on
from judder.bench.speed import cost, growth
from judder.bench.speed.clients import Asking
from judder.bench.speed.fill import give_keys
from judder_core.window import FLAG_LOCAL_SCORE

MANY = 32
"""Frames in a body, as a board sends its backlog."""
MODELS = ("mad", "directional")
"""Feature sets: the one with the fewest features, and the default."""
STORED = (*growth.STORED, 10_000_000)


def run(folder, rounds, seconds, report):
    """Report what windows cost: each row the median of some rounds, in which all rows take turns."""
    models, asking = _models(folder), Asking(0, seconds, counts=str(folder / "counts.i16"))
    with contextlib.ExitStack() as stack:
        rows = _rows(folder, models, asking, stack.enter_context)
        found = {name: [] for name in rows}
        for _ in range(rounds):
            for name, (server, what) in rows.items():
                found[name].append(server.cost(what))
    _report_rows(found, report)
    for name, steps in _steps(folder, models, asking):
        report(f"server-speed, steps of {name}, us a window", **{k: f"{us:.1f}" for k, us in steps.items()})


def run_growth(folder, seconds, report):
    """Report how the cost of a window grows with boards and with stored windows, 10 million at most."""
    for point in growth.measure(folder, growth.BOARDS, STORED, seconds).points:
        figures = {"cpu_us": f"{point.window_us:.0f}", "empty_posts": f"{point.ratio:.1f}"}
        report(f"server-growth, {point.boards} boards, {point.stored} stored", **figures)


def _models(folder):
    """Write a model for each of MODELS, and windows of the machine; return the models' paths."""
    from judder.simulation import FanOptions, simulate

    recordings = [simulate(FanOptions(seconds=410))]
    paths = {}
    for feature_set in MODELS:
        windows, data = train_on(recordings, features=feature_set)
        paths[feature_set] = folder / f"{feature_set}.judder.json"
        paths[feature_set].write_bytes(data)
    windows.samples.astype("<i2").tofile(folder / "counts.i16")
    return paths


def _rows(folder, models, asking, enter):
    """Return by name which server is asked, and what."""
    give_keys(folder / "signed", asking.boards)
    judged = replace(asking, flags=FLAG_LOCAL_SCORE)
    plain, signed = enter(cost.judder(folder / "plain")), enter(cost.judder(folder / "signed"))
    empty = replace(asking, frames=0)
    rows = {
        "empty POST": (enter(cost.serving("judder.bench.speed.bare")), empty),
        "empty POST, uvloop": (enter(cost.serving("judder.bench.speed.bare", "uvloop")), empty),
        **_one_and_many("stored", plain, judged),
        **_one_and_many("stored, signed", signed, replace(judged, is_signed=True)),
    }
    for feature_set, model in models.items():
        server = enter(cost.judder(folder / feature_set, "--model", model))
        rows |= _one_and_many(f"scored by {feature_set}", server, asking)
    return rows


def _one_and_many(name, server, asking):
    return {
        name: (server, asking),
        f"{name}, in bodies of {MANY}": (server, replace(asking, frames=MANY)),
    }


def _report_rows(found, report):
    empty_us = median(each.each_us for each in found["empty POST"])
    for name, costs in found.items():
        each_us = median(each.each_us for each in costs)
        report(
            f"server-speed, {name}",
            cpu_us=f"{each_us:.1f}",
            empty_posts=f"{each_us / empty_us:.2f}",
            of_us=f"{min(each.each_us for each in costs):.1f}-{max(each.each_us for each in costs):.1f}",
            per_s=f"{median(each.per_s for each in costs):.0f}",
            refused=sum(each.asked.refused for each in costs),
        )


def _steps(folder, models, asking):
    """Yield by profile what each step of a window's path costs."""
    judged = replace(asking, flags=FLAG_LOCAL_SCORE)
    profiles = {"stored": (judged, ()), **{f"scored by {k}": (asking, (path,)) for k, path in models.items()}}
    for name, (what, model) in profiles.items():
        for frames in (1, MANY):
            command = [sys.executable, "-m", "judder.bench.speed.steps", folder / f"{name} {frames}", *model]
            given = json.dumps(asdict(replace(what, frames=frames)))
            run = subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True)
            yield f"{name}, {frames} a body", json.loads(run.stdout.splitlines()[-1])
