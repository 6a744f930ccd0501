"""Whatever is given to train on: a model, or a sentence with a hint; never a warning of NumPy's."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from judder.data.recording import make_recording
from judder.data.windows import cut_windows
from judder.errors import JudderError
from judder.model.scoring import score_windows
from judder.training.train import train

from tests.host.machines import machine, windows_of

LENGTH = 64


def noise(n, spread=20.0, seed=0):
    """Return the samples in g of n windows of a noisy machine."""
    return np.rint(np.random.default_rng(seed).normal((0, 0, 2048), spread, (n * LENGTH, 3))) / 2048


def recorded(*parts, name="s", condition="low"):
    segments = [(f"{k:04d}", part) for k, part in enumerate(parts)]
    return make_recording(condition, name, segments, sample_rate_hz=250.0)


def cut(*recordings, hop=None):
    return cut_windows(recordings, 250.0, LENGTH, hop)


def with_gaps():
    samples = noise(60)
    return cut(recorded(samples[: 64 * 22], samples[64 * 25 : 64 * 34 + 11], samples[64 * 40 :]))


def single_precision():
    windows = cut(recorded(noise(60)))
    return replace(windows, samples=windows.in_g().astype(np.float32), scale_g=np.ones(len(windows)))


TRAINED = {
    "two sessions": lambda: cut(recorded(noise(40)), recorded(noise(40, seed=1), name="t")),
    "sessions of eleven windows": lambda: cut(*(recorded(noise(11, seed=k), name=f"s{k}") for k in range(5))),
    "sixty sessions of twenty windows": lambda: cut(
        *(recorded(noise(20, seed=k), name=f"s{k}") for k in range(60))
    ),
    "gaps": with_gaps,
    "float32": single_precision,
    "windows that overlap": lambda: cut(recorded(noise(30)), hop=16),
    "no gravity": lambda: cut(recorded(noise(60) - [0, 0, 1])),
    "far too strong": lambda: cut(recorded(1000 * noise(60))),
    **{f"{n} windows": lambda n=n: windows_of(machine("low", n=n)) for n in range(14, 31, 2)},
    **{f"{n} windows": lambda n=n: windows_of(machine("low", n=n)) for n in (15, 21, 25)},
}
REFUSED = {
    "one window": (lambda: windows_of(machine("low", n=1)), "1 windows to learn from, of 1; at least 8"),
    "seven windows": (lambda: windows_of(machine("low", n=7)), "7 windows to learn from, of 7; at least 8"),
    "eight windows": (lambda: windows_of(machine("low", n=8)), "No recording is long enough to calibrate on"),
    "ten windows": (lambda: windows_of(machine("low", n=10)), "means of 5 windows are left to calibrate on"),
    "two sessions of eight": (
        lambda: cut(recorded(noise(8)), recorded(noise(8, seed=1), name="t")),
        "the longest has 8 of the 16 windows",
    ),
    "constant at rest": (
        lambda: windows_of(machine("off", 60, spread=0.0), machine("on")),
        "Nothing moves in the recordings at rest",
    ),
    "constant": (lambda: cut(recorded(np.ones((50 * 64, 3)))), "Feature band_00 is the same in all 50"),
    "nothing but zeros": (lambda: cut(recorded(np.zeros((50 * 64, 3)))), "Feature band_00 is the same"),
    "a single axis": (
        lambda: cut(recorded(noise(50) * [1, 0, 0] + [0, 0, 1])),
        "Feature correlation_xy is the same",
    ),
    "the same window again": (lambda: cut(recorded(np.tile(noise(1), (60, 1)))), "is the same in all 60"),
}


@pytest.mark.parametrize("make", TRAINED.values(), ids=TRAINED)
def test_it_trains_and_scores_its_own_windows_without_a_warning_or_an_alarm(make):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        windows = make()
        trained = train(windows, name="fan")
        scored = score_windows(trained.core, windows)
    assert np.isfinite(scored.score).all() and not scored.level.any()


@pytest.mark.parametrize("make, said", REFUSED.values(), ids=REFUSED)
def test_it_is_refused_in_words_with_a_hint(make, said):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(JudderError, match=said) as caught:
            train(make(), name="fan")
    assert caught.value.hint


def with_a_stuck_part():
    return cut(recorded(np.concatenate([np.tile([0.0, 0.0, 1.0], (20 * 64, 1)), noise(40)])))


def test_a_sensor_that_was_stuck_for_a_while_is_said_and_is_not_learned():
    trained = train(with_a_stuck_part(), name="fan")
    assert trained.modes == ["low"]
    assert trained.warnings[-1].startswith(
        "In 20 of 60 windows nothing moves, not even by the sensor's noise"
    )
    assert not any("nothing moves" in said for said in train(cut(recorded(noise(40))), name="fan").warnings)


def test_a_sensor_that_is_stuck_alarms_though_it_was_so_while_it_was_recorded():
    windows = with_a_stuck_part()
    level = np.asarray(score_windows(train(windows, name="fan").core, windows).level)
    assert set(level[5:20]) == {2} and not level[30:].any()


def test_few_windows_are_said():
    trained = train(windows_of(machine("low", n=30), machine("high", n=200, spread=60.0)), name="fan")
    assert trained.warnings[0].startswith("Few windows (low: 30):")


def test_of_windows_that_overlap_it_is_said_how_many_stand_apart():
    trained = train(cut(recorded(noise(20)), hop=LENGTH // 2), name="fan")
    assert trained.warnings[0].startswith("Few windows (low: 20 that share no sample):")


def test_sessions_that_hang_opposite_ways_are_said_to_tell_no_mounting():
    sessions = [recorded(noise(60, seed=k) * (1, 1, (-1) ** k), name=f"s{k}") for k in range(2)]
    assert train(cut(*sessions), name="fan").warnings[-1].startswith("Gravity has no common direction")
    assert not any("Gravity" in said for said in train(cut(sessions[0]), name="fan").warnings)


def test_recordings_of_one_day_are_said_to_show_nothing_of_others():
    sessions = [replace(machine("low", 40, seed=k), name=f"s{k}") for k in range(6)]
    (one,) = [w for w in train(windows_of(sessions[0]), name="fan").warnings if "each." in w]
    assert one.startswith("low: one recording each.")
    assert not any("each." in w for w in train(windows_of(*sessions), name="fan").warnings)


def test_a_longer_mean_needs_recordings_long_enough_for_it():
    def lengths(*recordings):
        return [metric.windows for metric in train(windows_of(*recordings), name="fan").document.metrics]

    short = [replace(machine("low", 20, seed=k), name=f"s{k}") for k in range(60)]
    assert lengths(*short) == [5, 5]
    assert lengths(machine("low", 1200)) == [5, 5, 30]
