"""Operating modes that nobody labelled: cut where the features step, and joined where they are alike."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from judder.bench.fan import fan_windows, sides
from judder.data.loading import load_recordings
from judder.data.recording import make_recording
from judder.data.windows import cut_windows
from judder.detectors.days import day_scatter
from judder.simulation import fan_options, simulate
from judder.training.fitting import FEATURES, hop_share_of, pose_of
from judder.training.modes import _change_points, find_modes
from judder.training.train import train
from judder_core import features

from tests.host.machines import machine, windows_of

DATA = Path(__file__).parents[2].parent / "shared" / "data"
on_recordings = pytest.mark.skipif(not DATA.exists(), reason="The recordings in ../shared/data are not here.")
SIZE = len(features.names(FEATURES))


def modes_of(windows, rows=None):
    """Return the modes of windows, found as training finds them. rows: in place of their features."""
    rows = windows.features(FEATURES, pose_of(windows)) if rows is None else rows
    floor = features.load(FEATURES).DEVIATION_FLOOR
    return find_modes(windows, rows, floor, day_scatter(FEATURES, rows.mean(axis=0)), hop_share_of(windows))


def in_one(windows):
    """Return windows as those of one long recording, of the condition "normal"."""
    order = np.arange(len(windows))
    same = np.full(len(windows), "normal")
    return replace(windows, condition=same, recording=same, group=same, index=order)


def found_in(windows):
    """Return the labels of windows, and the modes found where one recording holds them without labels."""
    return windows.condition, modes_of(in_one(windows))


def purity(labels, found):
    """Return the share of windows that lie in a mode together with most of their own label's."""
    return np.mean([np.sum(found[labels == c] == most(found[labels == c])) for c in labels]) / np.mean(
        [np.sum(labels == c) for c in labels]
    )


def most(names):
    values, counts = np.unique(names, return_counts=True)
    return values[counts.argmax()]


@on_recordings
def test_four_speeds_of_the_ceiling_fan_are_found_without_their_labels():
    windows = fan_windows(DATA / "ceiling-fan.zip")
    labels, found = found_in(windows.of(sides("E")[0]))
    assert len(set(found)) == 4 and purity(labels, found) > 0.99


@on_recordings
def test_five_speeds_of_the_rig_are_found_without_their_labels():
    windows = cut_windows(load_recordings(DATA / "rig-1khz.zip"), 1000.0, 256, 64)
    healthy = windows.select(np.char.find(windows.condition, "healthy") >= 0)
    labels, found = found_in(healthy)
    assert len(set(found)) == 5 and purity(labels, found) > 0.9  # a window over a border has rows of both


@on_recordings
@pytest.mark.parametrize("name", sides("E")[0])
def test_a_steady_recording_of_one_condition_stays_one_mode(name):
    windows = fan_windows(DATA / "ceiling-fan.zip").of([name])
    assert set(modes_of(windows)) == {name}


def of_rows(rows):
    """Return windows of one recording to go with rows of features."""
    return windows_of(machine("low", n=len(rows)))


def test_a_drift_is_no_second_mode():
    rng = np.random.default_rng(3)
    drifting = rng.normal(0, 1, (600, SIZE)) + np.linspace(0, 60, 600)[:, None]
    assert set(modes_of(of_rows(drifting), drifting)) == {"low"}


def test_a_step_is_a_second_mode_and_back_again_is_the_first():
    rng = np.random.default_rng(3)
    stepping = rng.normal(0, 0.3, (600, SIZE)) + 3.0 * ((np.arange(600) // 150) % 2)[:, None]
    expected = np.where((np.arange(600) // 150) % 2, "low 2", "low 1")
    assert (modes_of(of_rows(stepping), stepping) == expected).mean() > 0.99


def test_recordings_that_never_step_are_sessions_of_one_mode_however_far_apart():
    far = windows_of(
        *(replace(machine("low", 60, spread, seed), name=f"s{seed}") for seed, spread in enumerate((20, 60)))
    )
    assert set(modes_of(far)) == {"low"}


def test_a_step_smaller_than_a_days_is_no_second_mode():
    rng = np.random.default_rng(3)
    of_day = np.sqrt(np.diag(day_scatter(FEATURES, np.zeros(SIZE))))
    stepping = rng.normal(0, 0.02, (400, SIZE)) + 0.3 * of_day * (np.arange(400) >= 200)[:, None]
    assert set(modes_of(of_rows(stepping), stepping)) == {"low"}


def cost(rows, cuts, penalty):
    """Return what a choice of cuts costs: squares about the pieces' means, and a penalty per cut."""
    pieces = np.split(rows, cuts)
    return sum(((piece - piece.mean(axis=0)) ** 2).sum() for piece in pieces) + penalty * len(cuts)


def every_choice(n, least):
    """Yield all cuts of n rows into pieces of at least that many."""
    places = range(least, n - least + 1)
    for number in range(n // least):
        for cuts in combinations(places, number):
            if all(b - a >= least for a, b in zip((0, *cuts), (*cuts, n), strict=True)):
                yield list(cuts)


@pytest.mark.parametrize("seed", range(12))
def test_the_cuts_are_the_best_of_all_that_there_are(seed):
    rng = np.random.default_rng(seed)
    steps = np.cumsum(rng.normal(0, 2, (14, 2)) * (rng.random((14, 1)) < 0.2), axis=0)
    rows = steps + rng.normal(0, 0.5, (14, 2))
    least, penalty = 1 + seed % 4, (0.5, 2.0, 6.0)[seed % 3]
    best = min(every_choice(14, least), key=lambda cuts: cost(rows, cuts, penalty))
    assert _change_points(rows, least, penalty) == best


def test_train_finds_the_speeds_of_one_long_recording():
    speeds = [replace(fan_options("desk-fan", s), seconds=120, seed=k) for k, s in enumerate(("low", "high"))]
    samples = np.concatenate([simulate(options).in_g() for options in speeds])
    recordings = [make_recording("normal", "normal", [("0", samples)], sample_rate_hz=250.0)]
    trained = train(cut_windows(recordings, 250.0, 256), name="fan")
    assert len(trained.modes) == 2
    assert [mode.condition for mode in trained.document.modes] == ["normal", "normal"]
