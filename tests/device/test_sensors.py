"""The sensors' drivers on real MicroPython, each on a model of its part's registers: what they read is right,
whole and in order, and what was lost is told.

The oracle is the data sheet's scale, and the signal that the part feels: sample j is the one of j / rate
seconds after the part's start.
"""

import json
import random
from fractions import Fraction
from itertools import pairwise
from math import floor

import numpy as np
import pytest

SIGNAL_HZ = 8000

# Of one count, in g, and the bits of one: by range, from each part's data sheet.
EIGHT_K = {2: Fraction(2, 8192), 4: Fraction(4, 8192), 8: Fraction(8, 8192), 16: Fraction(16, 8192)}
G_PER_COUNT = {
    "msa301": EIGHT_K,
    "msa311": {range_g: 4 * g for range_g, g in EIGHT_K.items()},
    "lis3dh": {2: Fraction(1, 1000), 4: Fraction(2, 1000), 8: Fraction(4, 1000), 16: Fraction(12, 1000)},
    "lis2dw12": EIGHT_K,
    "adxl345": dict.fromkeys((2, 4, 8, 16), Fraction(1, 256)),
    "mpu6050": {range_g: g / 4 for range_g, g in EIGHT_K.items()},
}
BITS = {
    "msa301": dict.fromkeys((2, 4, 8, 16), 14),
    "msa311": dict.fromkeys((2, 4, 8, 16), 12),
    "lis3dh": dict.fromkeys((2, 4, 8, 16), 12),
    "lis2dw12": dict.fromkeys((2, 4, 8, 16), 14),
    "adxl345": {2: 10, 4: 11, 8: 12, 16: 13},
    "mpu6050": dict.fromkeys((2, 4, 8, 16), 16),
}
KINDS = list(BITS)
RATE_HZ = {"msa301": 250, "msa311": 250, "lis3dh": 400, "lis2dw12": 400, "adxl345": 400, "mpu6050": 500}
WITH_FIFO = {"lis3dh": 32, "lis2dw12": 32, "adxl345": 32, "mpu6050": 170}
PARTS = [*((kind, kind) for kind in KINDS), ("mpu6050", "mpu6500")]
SMALL_FIFO = {**{(kind, kind): samples for kind, samples in WITH_FIFO.items()}, ("mpu6050", "mpu6500"): 85}


def signal():
    """Return what the parts feel, 1/4096 g a count: up to 4 g, and no two samples near one another alike."""
    n = np.arange(20000)
    x = n * 97 % 32768 - 16384
    return np.stack([x, -x, n * 31 % 8192 - 4096], axis=1)


SIGNAL = signal().tolist()


def expected(kind, rate_hz, range_g, j):
    """Return the counts of sample j, the first being 1."""
    limit = 2 ** (BITS[kind][range_g] - 1)
    felt = SIGNAL[j * SIGNAL_HZ // Fraction(str(rate_hz)) % len(SIGNAL)]
    counts = [floor(Fraction(value, 4096) / G_PER_COUNT[kind][range_g]) for value in felt]
    return [max(-limit, min(limit - 1, value)) for value in counts]


def runs(seen, kind, rate_hz, range_g):
    """Return [(number of the first sample, samples)] of each run between losses that were told.

    Fails where a run is not the part's samples one after the other.
    """
    bounds = [0, *seen["overruns"], len(seen["samples"])]
    found = []
    for start, end in pairwise(bounds):
        samples = seen["samples"][start:end]
        if not samples:
            continue
        after = found[-1][0] + found[-1][1] if found else 0
        first = next(
            j for j in range(after, after + 5000) if expected(kind, rate_hz, range_g, j) == samples[0]
        )
        assert samples == [expected(kind, rate_hz, range_g, first + k) for k in range(len(samples))]
        found.append((first, len(samples)))
    return found


@pytest.fixture
def sensors(world):
    """Return a function that runs a case of board_scripts/sensors.py."""
    world.signal(signal() / 4096)
    world.change(signal_hz=SIGNAL_HZ)

    def run(name, **case):
        (world.folder / "case.json").write_text(json.dumps(case))
        return json.loads(world.run("sensors.py", name, heapsize="2m").splitlines()[-1])

    return run


@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_counts_are_right_at_each_rate_and_range(sensors, kind, part):
    found = sensors("settings", kind=kind, part=part)
    assert len(found) == len({rate_hz for rate_hz, *_ in found}) * 4
    for rate_hz, range_g, seen, _ in found:
        assert seen["rate_hz"] == rate_hz
        assert seen["scale_g"] == pytest.approx(float(G_PER_COUNT[kind][range_g]))
        assert (seen["overruns"], seen["errors"]) == ([], 0)
        ((_, samples),) = runs(seen, kind, rate_hz, range_g)
        assert samples >= 9


@pytest.mark.parametrize("most", [8, 200])
@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_each_sample_is_taken_once_however_many_may_be(sensors, kind, part, most):
    seen = sensors("watch_one", kind=kind, part=part, rate_hz=RATE_HZ[kind], range_g=4, most=most)
    ((_, samples),) = runs(seen, kind, RATE_HZ[kind], 4)
    assert samples >= (60 * 5 if kind in WITH_FIFO else 60 / 3) - 10


@pytest.mark.parametrize(("kind", "part"), SMALL_FIFO)
def test_a_fifo_lets_a_busy_board_miss_nothing(sensors, kind, part):
    pause = SMALL_FIFO[kind, part] - 8
    seen = sensors("watch_one", kind=kind, part=part, rate_hz=RATE_HZ[kind], range_g=4, pause=pause)
    ((_, samples),) = runs(seen, kind, RATE_HZ[kind], 4)
    assert samples >= pause + 290


@pytest.mark.parametrize(("kind", "part"), SMALL_FIFO)
def test_a_fifo_that_ran_over_is_told_and_gives_its_newest_samples(sensors, kind, part):
    depth = SMALL_FIFO[kind, part]
    seen = sensors("watch_one", kind=kind, part=part, rate_hz=RATE_HZ[kind], range_g=4, pause=3 * depth)
    (first, before), (second, after) = runs(seen, kind, RATE_HZ[kind], 4)
    lost = second - first - before
    assert 2 * depth <= lost <= 2 * depth + 20  # the pause, a look more, and of an MPU-6050 a transfer
    assert after >= depth + 130


@pytest.mark.parametrize("kind", ["msa301", "msa311"])
def test_a_part_without_fifo_loses_what_is_not_read_in_time_and_cannot_tell(sensors, kind):
    seen = sensors("watch_one", kind=kind, rate_hz=250, range_g=4, pause=7)
    assert seen["overruns"] == []
    places = [expected(kind, 250, 4, j) for j in range(100)]
    numbers = [places.index(sample) for sample in seen["samples"]]
    gaps = [after - before for before, after in pairwise(numbers)]
    assert sorted(gaps)[:-1] == [1] * (len(gaps) - 1)
    assert max(gaps) in (7, 8)


@pytest.mark.parametrize("transfer", [1, 2, 3])
@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_a_transfer_that_nobody_answers_loses_nothing(sensors, kind, part, transfer):
    seen = sensors(
        "fail", kind=kind, part=part, rate_hz=RATE_HZ[kind], range_g=4, failure="nobody", transfer=transfer
    )
    ((_, samples),) = runs(seen, kind, RATE_HZ[kind], 4)
    assert seen["failed"] >= (9 if kind in WITH_FIFO or transfer < 3 else 0)
    assert samples >= (440 if kind in WITH_FIFO else 29)


@pytest.mark.parametrize("transfer", [1, 2])
@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_a_transfer_that_breaks_off_loses_nothing_untold_and_mixes_no_bytes(sensors, kind, part, transfer):
    rate_hz = RATE_HZ[kind]
    seen = sensors(
        "fail", kind=kind, part=part, rate_hz=rate_hz, range_g=4, failure="half", transfer=transfer
    )
    found = runs(seen, kind, rate_hz, 4)
    assert sum(samples for _, samples in found) >= (300 if kind in WITH_FIFO else 29)
    assert (len(seen["overruns"]) > 0) == (kind in WITH_FIFO)


def schedule(depth, seed):
    """Return looks at random times: mostly in time, some too late, some that fail."""
    rng = random.Random(seed)
    waits = [0, 0.3, 1, 2.5, 7, 12, depth // 2, depth - 3, depth, depth + 1, 2.3 * depth]
    weights = [4, 4, 8, 8, 8, 8, 2, 1, 1, 1, 1]
    return [
        [
            wait,
            rng.choice([1, 3, 8, 64, 200]),
            rng.choice([0, 0, 0, 1, 2, 3, 5]),
            rng.choice(["nobody", "half"]),
        ]
        for wait in rng.choices(waits, weights, k=150)
    ]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("kind", "part"), SMALL_FIFO)
def test_nothing_is_lost_untold_whatever_happens_when(sensors, kind, part, seed):
    looks = schedule(SMALL_FIFO[kind, part], seed)
    seen = sensors("drive", kind=kind, part=part, rate_hz=RATE_HZ[kind], range_g=4, schedule=looks)
    found = runs(seen, kind, RATE_HZ[kind], 4)
    assert len(found) > 3
    assert seen["failed"] > 10


RUBBISH = [[0xFF], [0x00], [0xA5], [0x5A, 0x40]]


@pytest.mark.parametrize("values", RUBBISH)
@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_a_start_is_right_whatever_state_the_part_is_in(sensors, kind, part, values):
    rate_hz = RATE_HZ[kind]
    seen, _ = sensors(
        "restart",
        kind=kind,
        part=part,
        before=[],
        registers=list(range(0x80)),
        values=values,
        rate_hz=rate_hz,
        range_g=4,
    )
    ((_, samples),) = runs(seen, kind, rate_hz, 4)
    assert samples >= 9


@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_a_start_gives_no_sample_from_before_it(sensors, kind, part):
    rate_hz = RATE_HZ[kind]
    seen, started_at = sensors(
        "restart",
        kind=kind,
        part=part,
        before=[[rate_hz, 4]],
        registers=[],
        values=[],
        rate_hz=rate_hz,
        range_g=4,
    )
    ((first, _),) = runs(seen, kind, rate_hz, 4)
    assert first * SIGNAL_HZ / rate_hz >= started_at


ASLEEP = {"msa301": 0x11, "msa311": 0x11, "lis3dh": 0x20, "lis2dw12": 0x20, "adxl345": 0x2D, "mpu6050": 0x6B}


@pytest.mark.parametrize("kind", KINDS)
def test_a_part_that_is_not_woken_gives_nothing(sensors, kind):
    seen = sensors("watch_one", kind=kind, rate_hz=RATE_HZ[kind], range_g=4, ignored=[ASLEEP[kind]])
    assert seen["samples"] == []


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("lis3dh", ["_DATA", 0x28]),  # without the bit that lets the address move on
        ("lis3dh", ["UNUSED_BITS", 2]),
        ("lis2dw12", ["UNUSED_BITS", 4]),
        ("adxl345", ["PIECES", [4, 2, 1]]),  # several samples in one read
        ("mpu6050", ["HIGH", 1]),
        ("mpu6050", ["_DATA", 0x3B]),
        ("msa301", ["UNUSED_BITS", 4]),
    ],
)
def test_a_driver_with_this_fault_would_be_found_out(sensors, kind, change):
    seen = sensors("mutate", kind=kind, change=change, rate_hz=RATE_HZ[kind], range_g=4)
    with pytest.raises((AssertionError, StopIteration)):
        runs(seen, kind, RATE_HZ[kind], 4)


ON_THE_BUS = {
    "msa301": (0x26, "lis3dh"),
    "msa311": (0x62, "lis3dh"),
    "lis3dh": (0x18, "lis2dw12"),
    "lis2dw12": (0x19, "lis3dh"),
    "adxl345": (0x53, "lis3dh"),
    "mpu6050": (0x68, "adxl345"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_on_an_empty_bus_is_the_bus_error(sensors, kind):
    assert sensors("start_on", kind=kind, parts=[]) == 19


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_on_another_part_names_its_id(sensors, kind):
    said = sensors("start_on", kind=kind, parts=[ON_THE_BUS[kind]])
    assert said.startswith("its id, register 0x")
    assert said.endswith(f": no {kind}")
