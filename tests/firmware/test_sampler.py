"""Late, lost and the rate, as the sampler tells them, against a sensor whose every sample is known."""

import numpy as np
import pytest
from judder_core.window import FLAG_LATE, FLAG_LOST

LEN = 256
WRAP = 1 << 32


def look_at(rng, true_hz, seconds=20, nominal_hz=250, delays=(), start_us=0):
    """Return ([(us, whether a look found a sample)], truly late, truly lost, lost in each window).

    A look comes three times a nominal period. delays: (when in seconds, for how many periods none comes).
    """
    period_us = 1e6 / nominal_hz
    times = np.arange(0, seconds * 1e6, period_us / 3)
    for when, periods in delays:
        times = times[(times < when * 1e6) | (times > when * 1e6 + periods * period_us)]
    times = times + rng.uniform(0, 40, len(times))
    phase_us = rng.uniform(0, period_us)
    made = np.floor((times - phase_us) * true_hz / 1e6).astype(int)
    fresh = made > np.concatenate([[-1], np.maximum.accumulate(made)[:-1]])
    read, at = made[fresh], times[fresh]
    gaps = np.diff(read, prepend=read[0] - 1) - 1
    late = np.count_nonzero(at - phase_us - read / true_hz * 1e6 > 1e6 / true_hz / 2)
    whole = len(gaps) // LEN * LEN
    looks = [(int(us + start_us) % WRAP, int(found)) for us, found in zip(times, fresh, strict=True)]
    return looks, late, gaps.sum(), gaps[:whole].reshape(-1, LEN).sum(axis=1)


def told(ask, looks, nominal_hz=250):
    """Return (late, lost, rate in Hz, [flags] of the windows)."""
    (line,) = ask(["sampler", nominal_hz, LEN, len(looks), *(number for look in looks for number in look)])
    late, lost, rate_hz, *windows = line.split()
    return int(late), int(lost), float(rate_hz), [int(flags) for flags in windows]


@pytest.mark.parametrize("true_hz", [242.0, 249.3, 250.0, 250.1, 255.0, 260.0])
def test_a_sensor_that_is_looked_at_in_time_is_never_late_and_loses_nothing(ask, true_hz):
    looks, late, lost, _ = look_at(np.random.default_rng(1), true_hz)
    assert late == lost == 0
    found = told(ask, looks)
    assert found[0] <= 10 and found[1] == 0  # a few while its rate is not known yet
    assert not any(found[3])


@pytest.mark.parametrize("true_hz", [242.0, 250.0, 251.0, 258.0])
def test_the_rate_is_the_sensors_whether_samples_were_lost_or_not(ask, true_hz):
    rng = np.random.default_rng(2)
    delays = [(when, 4.5) for when in np.arange(3, 60, 0.7)]
    for each in ((), delays):
        looks, *_ = look_at(rng, true_hz, seconds=60, delays=each)
        assert told(ask, looks)[2] == pytest.approx(true_hz, rel=0.001)


@pytest.mark.parametrize("true_hz", [245.0, 250.0, 253.0])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_lost_is_counted_window_by_window(ask, true_hz, seed):
    rng = np.random.default_rng(seed)
    delays = [(when + rng.uniform(0, 0.3), rng.uniform(2, 9)) for when in np.arange(3, 40, 1.3)]
    looks, _, lost, windows = look_at(rng, true_hz, seconds=40, delays=delays)
    found = told(ask, looks)
    assert lost > 60 and abs(found[1] - lost) <= 0.1 * lost
    assert found[3] == [FLAG_LOST if each > 0 else 0 for each in windows]


def test_a_sample_read_late_is_late_once_and_nothing_is_lost(ask):
    rng = np.random.default_rng(4)
    looks, late, lost, _ = look_at(
        rng, 250.0, seconds=30, delays=[(when, 0.6) for when in np.arange(3, 30, 0.51)]
    )
    found = told(ask, looks)
    assert lost == found[1] == 0 and late > 10
    assert abs(found[0] - late) <= 0.35 * late  # a look a third of a period says no more


def test_a_clock_that_wraps_is_not_noticed(ask):
    looks, *_ = look_at(np.random.default_rng(5), 250.0, seconds=40, start_us=WRAP - 20_000_000)
    assert told(ask, looks)[:2] == (0, 0) and told(ask, looks)[2] == pytest.approx(250, rel=0.001)


def test_more_late_samples_than_a_fiftieth_flag_a_window_that_lost_none(ask):
    looks, _, lost, _ = look_at(
        np.random.default_rng(6), 250.0, seconds=8, delays=[(when, 0.6) for when in np.arange(4, 8, 0.0203)]
    )
    found = told(ask, looks)
    assert lost == 0 and FLAG_LATE in found[3] and set(found[3]) <= {0, FLAG_LATE}
