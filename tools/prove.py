"""The proofs that are long or timed, at full size, with their figures and the machine's load.

usage: python tools/prove.py [PROOF ...] [--micropython PATH] [--seconds N] [--cpu-factors N ...]
       [--windows N] [--engine NAME] [--hours N] [--seeds N] [--first-seed N] [--examples N] [--inputs N]
       [--guesses N] [--kinds KIND ...] [--from-kb N] [--to-kb N] [--workers N] [--rounds N]
       [--each-s N] [--rows N] [--days N] [--kills N]

--micropython: another binary, such as one with real ulab, for the proofs that run on MicroPython.
--seconds: how long each half of `dashboard` takes; its full size is 600.
--cpu-factors: for `timing`, `healthy` and `signing`, how much slower than this PC the board is.
--engine: for `timing`, what judges; ulab wants a --micropython that has it.
--inputs: how many pieces of nonsense `fuzz` gives.
--examples: how many requests `requests` makes up for each operation, beside those that cover its description.
--guesses: how many `guesses` makes, at tokens and keys.
--windows, --hours: how long `timing` and `healthy` watch; --seeds: how many fans `healthy` has, from
--first-seed on.
--soak-hours: of each board's time in `soak`.
--rounds, --each-s: of `server-speed`, how often each row is measured, and how long each time.
--workers: processes of the proofs on the levels: design, remounts, ladders, days, wishes.
--rows: windows that `prune` drops, five times what `backup` copies; --days of `year`; --kills of `kills`.
--kinds: of the models that `memory` tries, all unless named; --from-kb, --to-kb: the heaps it looks among.
"""

import argparse
import asyncio
import difflib
import functools
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
JUDDER = Path(sys.executable).with_name("judder")
SCRIPTS = ROOT / "tests" / "device" / "board_scripts"

sys.path.insert(0, str(ROOT))
import prove_fuzz  # noqa: E402
import prove_hall  # noqa: E402
import prove_idle  # noqa: E402
import prove_levels  # noqa: E402
import prove_memory  # noqa: E402
from hall import train_on  # noqa: E402

ENGINES = ("judder_core.numeric", "judder_node.numeric_ulab", "judder_node.numeric_native")
KINDS = (
    ("mad", "mad", 1),
    ("statistics", "statistics", 1),
    ("spectral", "spectral", 1),
    ("vibration", "vibration", 1),
    ("vibration, four modes", "vibration", 4),
)


def report(what, **figures):
    print(f"{what}: " + ", ".join(f"{name} {value}" for name, value in figures.items()), flush=True)


def judder(*arguments):
    run = subprocess.run([JUDDER, *map(str, arguments)], capture_output=True, text=True, check=True)
    return json.loads(run.stdout) if "--json" in arguments else run.stdout


def serve(folder, _):
    """An idle server takes under 1 % of a core, and answers within 2 s of its start."""
    started = time.monotonic()
    with prove_hall.serving(folder) as (port, process):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz").read()
        first_answer_s = time.monotonic() - started
        before = prove_hall.cpu_seconds(process.pid)
        time.sleep(20)
        share = (prove_hall.cpu_seconds(process.pid) - before) / 20
    report("serve", first_answer_s=f"{first_answer_s:.2f}", idle_share_of_a_core=f"{share:.2%}")


def recordings(folder, _):
    """The published recordings: the smoke test on the fan, the rig as it is."""
    fan = ("--data", DATA / "ceiling-fan.zip", "--normal", "fan_0_low_0_weight")
    model = folder / "fan.judder.json"
    judder("train", *fan, "--train-on", "first-half", "--out", model)
    faults = [w for c in ("low_1", "high_0", "high_1", "med_0") for w in ("--anomaly", f"fan_0_{c}_weight")]
    show("ceiling fan", judder("evaluate", model, *fan, *faults, "--json"))
    rig = ("--data", DATA / "rig-1khz.zip", "--sample-rate", 1000, "--window-len", 256, "--hop", 64)
    rig = (*rig, "--normal", "*healthy*")
    model = folder / "rig.judder.json"
    judder("train", *rig, "--train-on", "first-half", "--out", model)
    faults = [w for c in ("*imbalance*", "*bent*", "*outer*") for w in ("--anomaly", c)]
    show("rig", judder("evaluate", model, *rig, *faults, "--json"))


def show(what, figures):
    keys = ("auc", "false_alarm_rate", "detection_rate")
    report(what, **{key: f"{figures[key]:.4f}" for key in keys}, windows=figures["windows"])


def page(folder, _):
    """The report of the published recordings, made in less than 30 s and smaller than 5 MB."""
    out, started = folder / "report.html", time.monotonic()
    judder("report", DATA / "ceiling-fan.zip", "--out", out)
    report("report", seconds=f"{time.monotonic() - started:.1f}", megabytes=f"{out.stat().st_size / 1e6:.2f}")


def dashboard(folder, arguments):
    """200 boards at a window a second, judged here, 20 open pages: p99 of an answer at most 100 ms, and
    the page's memory flat; a page that never reads changes neither.
    """
    import prove_dashboard

    model, counts = example(folder, "vibration")
    with prove_hall.serving(folder, "--model", model) as (port, process):
        asyncio.run(prove_dashboard.run(port, counts.read_bytes(), arguments.seconds, report))
        waited_s, cpu_s = prove_hall.waited_seconds(process.pid), prove_hall.cpu_seconds(process.pid)
        report("dashboard, server", cpu_s=f"{cpu_s:.0f}", ready_but_without_a_core_s=f"{waited_s:.0f}")


def engines(folder, arguments):
    """What a window costs with each feature set and engine of the binary; the score beside CPython's."""
    script = SCRIPTS / "engine_cost.py"
    environment = {**os.environ, "MICROPYPATH": f"{ROOT}/shared:{ROOT}/device:.frozen"}
    for name, feature_set, modes in KINDS:
        model, counts = example(folder, feature_set, modes)
        report(f"{name}, CPython", score=cpython_score(model, counts))
        for engine in ENGINES:
            command = [arguments.micropython, "-X", "heapsize=2M", script, model, counts, ENGINES[0], engine]
            run = subprocess.run(command, env=environment, capture_output=True, text=True)
            if run.returncode:
                what = {"not_run": (run.stderr or run.stdout).strip().splitlines()[-1:]}
            else:
                plain, what = map(json.loads, run.stdout.splitlines())
                what["times_faster"] = f"{plain['us'] / what['us']:.1f}"
            report(name, **what)


def example(folder, feature_set, modes=1):
    """Return the paths of a model of 256-sample windows, with that many modes, and of one such window."""
    from judder.simulation import FanOptions, simulate

    recordings = [
        simulate(FanOptions(seconds=410, imbalance=1.0 + mode, seed=mode, condition=f"mode {mode}"))
        for mode in range(modes)
    ]
    windows, data = train_on(recordings, features=feature_set)
    model, counts = folder / "example.judder.json", folder / "example.i16"
    model.write_bytes(data)
    windows.samples[123].astype("<i2").tofile(counts)
    return model, counts


def cpython_score(model_path, counts_path):
    import numpy as np
    from judder.engine import numeric_numpy
    from judder_core import model_file as artefact

    detector = artefact.load(model_path.read_bytes(), numeric_numpy).detectors[0]
    counts = numeric_numpy.batch(np.fromfile(counts_path, "<i2"))
    return artefact.as_float(
        detector.score(numeric_numpy, detector.features(numeric_numpy, counts, 1 / 2048))
    )


def opinions(folder, _):
    """Grey-zone round trips on loopback: 50 boards ask about every window, one a second each."""
    report("opinions", **prove_hall.opinions(folder, boards=50, seconds=60), load=os.getloadavg()[0])


def outage(folder, _):
    """kill -9 of the server in the middle: no window and no alert is lost, all are back within 10 s."""
    report("outage", **prove_hall.outage(folder, boards=2, lights=50, calm_s=20, outage_s=40))


def autoencoder(folder, _):
    """The autoencoder over ten seeds, beside Mahalanobis and the reference's autoencoder."""
    from judder.bench import autoencoders

    seeds = range(10)
    for name, figures in autoencoders.tasks(DATA / "ceiling-fan.zip", seeds):
        report(f"autoencoder, task {name}", **figures.row())
    report("autoencoder, rig", **autoencoders.rig(DATA / "rig-1khz.zip", seeds).row())
    report("autoencoder, wandering load", **autoencoders.wandering(seeds).row())


def evaluation(folder, _):
    """EVALUATION.md made anew, simulated days and all: the lines that came out differently."""
    out = folder / "EVALUATION.md"
    data = ("--fan", DATA / "ceiling-fan.zip", "--rig", DATA / "rig-1khz.zip")
    data = (*data, "--small-fan", DATA / "uci611-fan-50hz.npz", "--gearbox", DATA / "gearbox.npz")
    judder("bench", *data, "--days", "--alternatives", "--out", out)
    published = (ROOT / "EVALUATION.md").read_text().splitlines()
    changes = list(difflib.unified_diff(published, out.read_text().splitlines(), n=0, lineterm=""))[2:]
    report("evaluation", lines=len(published), changed=sum(line.startswith("-") for line in changes))
    print("\n".join(changes), flush=True)


def memory(folder, arguments):
    """The least heap of a board per kind of model, on 32 bits: 300 windows, none lost or unjudged, and
    reports made.
    """
    heaps = {"windows": 300, "from_kb": arguments.from_kb, "to_kb": arguments.to_kb}
    models = prove_memory.models(folder)
    for kind in arguments.kinds:
        board = folder / kind.replace(" ", "_")
        report(f"memory, {kind}", **prove_memory.least_heap(board, models[kind], **heaps))


def timing(folder, arguments):
    """What judging and collecting garbage do to the sampling, on boards slower than this PC."""
    import prove_timing

    prove_timing.run(folder, arguments, report)


def guesses(folder, arguments):
    """100,000 guesses at tokens and keys: few are looked at, few lines logged, and who is right goes on."""
    import prove_guesses

    report("guesses", **prove_guesses.run(folder, arguments.guesses))


def signing(folder, arguments):
    """What the signature on each request costs a board with a key: at most 5 % of a window's time."""
    import prove_signing

    prove_signing.run(folder, arguments, report)


def healthy(folder, arguments):
    """A healthy fan, learnt and then judged for hours of the board's time at each speed of its processor."""
    import prove_healthy

    for cpu_factor in arguments.cpu_factors:
        for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
            place = folder / f"{cpu_factor}-{seed}"
            place.mkdir()
            found = prove_healthy.watch(place, cpu_factor, seed, arguments.hours)
            report(f"healthy fan, x{cpu_factor}, seed {seed}", **found)


def startup(folder, _):
    """The command line and the server are there soon: as multiples of a bare import of numpy."""
    import prove_startup

    prove_startup.run(folder, report)


def idle(folder, _):
    """3,000 connections that only wait, at 1,024 files, and 100 boards: p99 at most 200 ms, none refused."""
    log = folder / "server.log"
    with prove_hall.serving(folder, files=1024, log=log) as (port, process):
        alone = prove_idle.run(port, waiting=0, boards=100, seconds=20)
        found = prove_idle.run(port, waiting=3000, boards=100, seconds=60)
        cpu_s, waited_s = prove_hall.cpu_seconds(process.pid), prove_hall.waited_seconds(process.pid)
    found |= {"p99_alone_ms": alone["p99_ms"], "server_cpu_s": round(cpu_s)}
    found |= {"ready_but_without_a_core_s": round(waited_s), "log_lines": len(log.read_bytes().splitlines())}
    report("idle", **found, load=os.getloadavg()[0])


def fuzz(folder, arguments):
    """Nonsense by the million: never a 5xx, never an exception, memory flat."""
    report("fuzz", **prove_fuzz.run(folder, arguments.inputs))


def requests(_, arguments):
    """Whatever the description of the HTTP interface allows or forbids, asked of a server: never a 5xx."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "tests/host/test_openapi.py"]
    environment = {**os.environ, "JUDDER_EXAMPLES": str(arguments.examples)}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    report("requests", examples=arguments.examples, outcome=run.stdout.strip().splitlines()[-1])
    if run.returncode:
        print(run.stdout)


def server_speed(folder, arguments):
    """What a window costs the server, in empty POSTs: stored at most 3.5, scored 6, in bodies of 32 1.5."""
    import prove_speed

    prove_speed.run(folder, arguments.rounds, arguments.each_s, report)


def server_growth(folder, arguments):
    """How that grows with 1 to 1,000 boards and with 10 thousand to 10 million stored windows (22 GB)."""
    import prove_speed

    prove_speed.run_growth(folder, arguments.each_s, report)


def of_disk(name, folder, arguments):
    """A disk that lives for years: a year in a budget, a prune beside windows, kills, a backup."""
    import prove_disk

    prove_disk.run(name, folder, arguments, report)


def soak(folder, arguments):
    """Eight hours of 200 boards in less time, with 20 pages open: the server's memory stays flat (10 GB)."""
    import prove_soak

    prove_soak.run(folder, arguments.soak_hours, report)


def of_levels(name, _, arguments):
    """What is said at the two levels, on recorded and on simulated machines."""
    prove_levels.run(name, report, arguments.workers)


PROOFS = {
    "serve": serve,
    "startup": startup,
    "idle": idle,
    "fuzz": fuzz,
    "requests": requests,
    "recordings": recordings,
    "report": page,
    "dashboard": dashboard,
    "engines": engines,
    "opinions": opinions,
    "outage": outage,
    "autoencoder": autoencoder,
    "evaluation": evaluation,
    "memory": memory,
    "timing": timing,
    "signing": signing,
    "guesses": guesses,
    "healthy": healthy,
    "server-speed": server_speed,
    "server-growth": server_growth,
    "soak": soak,
    **{name: functools.partial(of_disk, name) for name in ("year", "prune", "kills", "backup")},
    **{name: functools.partial(of_levels, name) for name in prove_levels.PROOFS},
}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("proof", nargs="*", choices=[[], *PROOFS], help="default: all")
    parser.add_argument("--micropython", type=Path, default=Path(sys.executable).with_name("micropython"))
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--cpu-factors", type=int, nargs="+", default=[20, 35, 50])
    parser.add_argument("--windows", type=int, default=32)
    parser.add_argument("--engine", choices=["native", "ulab", "pure"], default="native")
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--soak-hours", type=float, default=8.0)
    parser.add_argument("--each-s", type=float, default=3.0)
    parser.add_argument("--inputs", type=int, default=10_000_000)
    parser.add_argument("--examples", type=int, default=500)
    parser.add_argument("--guesses", type=int, default=100_000)
    parser.add_argument("--kinds", nargs="+", choices=prove_memory.KINDS, default=prove_memory.KINDS)
    parser.add_argument("--from-kb", type=int, default=56)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--to-kb", type=int, default=120)
    arguments = parser.parse_args()
    report("machine", cores=os.cpu_count(), load=os.getloadavg()[0], python=sys.version.split()[0])
    for name in arguments.proof or PROOFS:
        with tempfile.TemporaryDirectory() as folder:
            PROOFS[name](Path(folder), arguments)


if __name__ == "__main__":
    main()
