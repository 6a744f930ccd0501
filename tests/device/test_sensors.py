"""The sensors' drivers on real MicroPython, each on a model of its part's registers: what they read is right,
whole and in order, and what was lost is told.
"""

import random
from itertools import pairwise

import pytest

from tests.device.sensor_truth import G_PER_COUNT, PARTS, RATE_HZ, WITH_FIFO, expected, runs
from tests.device.sensor_truth import sensors as sensors


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


@pytest.mark.parametrize(("part", "register"), [("mpu6050", 0x1A), ("mpu6500", 0x1D)])
def test_an_mpu_is_filtered_below_half_its_rate(sensors, part, register):
    low_pass_hz = {1: 184, 2: 94, 3: 44, 4: 21, 5: 10, 6: 5}  # RM-MPU-6000A, register 26
    for rate_hz, _, _, written in sensors("settings", kind="mpu6050", part=part):
        assert low_pass_hz[dict(written)[register]] < rate_hz / 2


@pytest.mark.parametrize("most", [8, 200])
@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_each_sample_is_taken_once_however_many_may_be(sensors, kind, part, most):
    seen = sensors("watch_one", kind=kind, part=part, rate_hz=RATE_HZ[kind], range_g=4, most=most)
    ((_, samples),) = runs(seen, kind, RATE_HZ[kind], 4)
    assert samples >= (60 * 5 if (kind, part) in WITH_FIFO else 60 / 3) - 10


@pytest.mark.parametrize(("kind", "part"), WITH_FIFO)
def test_a_fifo_lets_a_busy_board_miss_nothing(sensors, kind, part):
    pause = WITH_FIFO[kind, part] - 8
    seen = sensors("watch_one", kind=kind, part=part, rate_hz=RATE_HZ[kind], range_g=4, pause=pause)
    ((_, samples),) = runs(seen, kind, RATE_HZ[kind], 4)
    assert samples >= pause + 290


@pytest.mark.parametrize(("kind", "part"), WITH_FIFO)
def test_a_fifo_that_ran_over_is_told_and_gives_its_newest_samples(sensors, kind, part):
    depth = WITH_FIFO[kind, part]
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


@pytest.mark.parametrize(
    ("kind", "part", "transfer"),
    [(*part, transfer) for part in PARTS for transfer in (1, 2, 3) if transfer < 3 or part in WITH_FIFO],
)
def test_a_transfer_that_nobody_answers_loses_nothing(sensors, kind, part, transfer):
    seen = sensors(
        "fail", kind=kind, part=part, rate_hz=RATE_HZ[kind], range_g=4, failure="nobody", transfer=transfer
    )
    ((_, samples),) = runs(seen, kind, RATE_HZ[kind], 4)
    assert seen["failed"] >= 9
    assert samples >= (440 if (kind, part) in WITH_FIFO else 29)


@pytest.mark.parametrize("transfer", [1, 2])
@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_a_transfer_that_breaks_off_loses_nothing_untold_and_mixes_no_bytes(sensors, kind, part, transfer):
    rate_hz = RATE_HZ[kind]
    seen = sensors(
        "fail", kind=kind, part=part, rate_hz=rate_hz, range_g=4, failure="half", transfer=transfer
    )
    found = runs(seen, kind, rate_hz, 4)
    assert sum(samples for _, samples in found) >= (300 if (kind, part) in WITH_FIFO else 29)
    assert (len(seen["overruns"]) > 0) == ((kind, part) in WITH_FIFO)


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
@pytest.mark.parametrize(("kind", "part"), WITH_FIFO)
def test_nothing_is_lost_untold_whatever_happens_when(sensors, kind, part, seed):
    looks = schedule(WITH_FIFO[kind, part], seed)
    seen = sensors("drive", kind=kind, part=part, rate_hz=RATE_HZ[kind], range_g=4, schedule=looks)
    found = runs(seen, kind, RATE_HZ[kind], 4)
    assert len(found) > 3
    assert seen["failed"] > 10
