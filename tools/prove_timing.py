"""What a board's own code does to its sampling, at a clock that code costs (tools/board/clock.py)."""

import json

import numpy as np
from hall import train_on
from prove_hall import serving

MODEL = "model.judder.json"
SPEEDS_HZ = (14.0, 17.0, 20.0, 23.0)

CASES = {
    "vibration, one mode": {"modes": 1},
    "vibration, four modes": {"modes": 4},
    "nothing judged": {"modes": 1, "config": {"task": "collect"}},
    "data-ready pin": {"modes": 1, "config": {"sensor": {"int_pin": 4}}},
    "LIS3DH's FIFO, 400 Hz": {
        "modes": 1,
        "rate_hz": 400.0,
        "config": {"sensor": {"kind": "lis3dh"}},
        "world": {"parts": {"24": "lis3dh"}},
    },
}
COLUMNS = (
    "judge_ms",
    "gc_mean_ms",
    "gc_max_ms",
    "late_a_window",
    "lost_samples",
    "lost_windows",
    "rate_hz",
    "flagged",
    "observed",
    "callbacks_dropped",
)


def rows(folder, micropython, cpu_factors, windows, names=tuple(CASES), engine="native"):
    """Yield (case, cpu_factor, figures) of the app with that engine, in as many windows."""
    for name in names:
        case = CASES[name]
        place = folder / name.replace(" ", "-")
        place.mkdir()
        rate_hz = case.get("rate_hz", 250.0)
        model = _train(place, case["modes"], rate_hz)
        for cpu_factor in cpu_factors:
            world = _world(place, micropython, case, rate_hz, cpu_factor)
            yield name, cpu_factor, _measure(world, model, case, rate_hz, windows, engine)


def _train(place, modes, rate_hz):
    """Return the path of a model of a fan at that many speeds, as an MSA301 at 4 g sees it."""
    speeds_hz = SPEEDS_HZ[-modes:]
    recordings = [_fan(f"speed{k}", speed_hz, rate_hz) for k, speed_hz in enumerate(speeds_hz)]
    path = place / MODEL
    path.write_bytes(train_on(recordings, rate_hz)[1])
    return path


def _fan(condition, speed_hz, rate_hz):
    from judder.simulation import FanOptions, simulate

    seconds = 410.0 * 250.0 / rate_hz
    return simulate(
        FanOptions(condition, seconds=seconds, speed_hz=speed_hz, sample_rate_hz=rate_hz, range_g=4)
    )


def _world(place, micropython, case, rate_hz, cpu_factor):
    from tests.device.board import World

    world = World(place, micropython)
    world.signal(np.asarray(_fan("now", SPEEDS_HZ[-1], rate_hz).in_g()))
    world.change(cpu_factor=cpu_factor, factor=20, signal_hz=int(rate_hz), **case.get("world", {}))
    return world


def _measure(world, model, case, rate_hz, windows, engine):
    from tests.device.board import search_path

    signal = {"signal": {"sample_rate_hz": rate_hz}} if rate_hz != 250.0 else {}
    with serving(world.folder, "--model", model) as (port, _):
        world.config(port, **case.get("config", {}), **signal)
        lines = world.run("timing.py", windows, timeout=600, search=search_path(engine=engine)).splitlines()
    return json.loads(lines[-1])


def run(folder, arguments, report):
    for name, cpu_factor, found in rows(
        folder, arguments.micropython, arguments.cpu_factors, arguments.windows, engine=arguments.engine
    ):
        figures = {column: found[column] for column in COLUMNS}
        shown = {k: f"{v:.3g}" if isinstance(v, float) else v for k, v in figures.items()}
        report(f"{name}, x{cpu_factor}", **{**shown, "rate_hz": f"{found['rate_hz']:.1f}"})
