"""Operating modes that nobody labelled."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from judder.bench.fan import fan_windows, sides
from judder.data.loading import load_recordings
from judder.data.windows import cut_windows
from judder.simulation import fan_options, simulate
from judder.training.fitting import FEATURES
from judder.training.modes import find_modes
from judder.training.train import train

DATA = Path(__file__).parents[2].parent / "shared" / "data"
on_recordings = pytest.mark.skipif(not DATA.exists(), reason="The recordings in ../shared/data are not here.")


def found_in(windows):
    """Return the modes of windows, and those found where all windows are called "normal"."""
    unlabelled = replace(windows, condition=np.full(len(windows), "normal"))
    return windows.condition, find_modes(unlabelled, unlabelled.features(FEATURES))


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
    assert len(set(found)) == 4 and purity(labels, found) == 1


@on_recordings
def test_five_speeds_of_the_rig_are_found_without_their_labels():
    windows = cut_windows(load_recordings(DATA / "rig-1khz.zip"), 1000.0, 256, 64)
    healthy = windows.select(np.char.find(windows.condition, "healthy") >= 0)
    labels, found = found_in(healthy)
    assert len(set(found)) == 5 and purity(labels, found) == 1


@on_recordings
def test_a_recording_of_one_condition_stays_one_mode():
    windows = fan_windows(DATA / "ceiling-fan.zip")
    assert set(find_modes(windows, windows.features(FEATURES))) == set(windows.condition)


def test_a_drift_is_no_second_mode():
    rng = np.random.default_rng(3)
    drifting = rng.normal(0, 1, (600, 8)) + np.linspace(0, 60, 600)[:, None]
    recordings = [simulate(replace(fan_options("desk-fan", "med"), seconds=60))]
    windows = cut_windows(recordings, 250.0, 25).select(np.arange(600))
    assert set(find_modes(windows, drifting)) == set(windows.condition)


def test_train_finds_the_speeds_of_one_long_recording():
    speeds = [replace(fan_options("desk-fan", s), seconds=120, seed=k) for k, s in enumerate(("low", "high"))]
    recordings = [
        replace(simulate(options), condition="normal", name=f"part {k}") for k, options in enumerate(speeds)
    ]
    trained = train(cut_windows(recordings, 250.0, 256), name="fan")
    assert [name for name, _, _ in trained.core.detectors[0].modes] == ["normal 1", "normal 2"]
