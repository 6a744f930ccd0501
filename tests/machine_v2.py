"""A machine that has everything happen to it: speeds, rests, bumps, remounts, faults, clipping."""

import functools

import numpy as np
from judder.engine import numeric_numpy
from judder_core import features

from tests import models_v2

WINDOW_LEN = 64
SCALE_G = 1 / 2048
POSE = (0.0, 0.0, 1.0)
SPEEDS = {"slow": (9.0, 0.02), "middle": (21.0, 0.05), "fast": (40.0, 0.1)}
"""Hz, and g."""


def window(rng, speed, fault=1.0, pose=POSE, bump=0.0):
    """Return the counts (WINDOW_LEN, 3) of one window of a sensor that clips at 2 g. speed: None at rest."""
    samples = rng.normal(0, 0.001, (WINDOW_LEN, 3)) + np.array(pose)
    if speed is not None:
        hz, strength_g = SPEEDS[speed]
        t = np.arange(WINDOW_LEN)[:, None] / 250 + rng.uniform()
        phases = rng.uniform(0, 0.3, 3) + np.array([0.0, 1.5, 0.5])
        samples += fault * strength_g * np.sin(2 * np.pi * hz * t + phases)
        samples += 0.2 * fault * strength_g * rng.normal(0, 1, (WINDOW_LEN, 3))
    samples[: WINDOW_LEN // 4] += bump
    return np.clip(np.rint(samples / SCALE_G), -4096, 4095).astype(np.int16)


def normal(speed, number, seed=0):
    """Return windows (number, WINDOW_LEN, 3) at one speed."""
    rng = np.random.default_rng([seed, *speed.encode()])
    return np.stack([window(rng, speed) for _ in range(number)])


def eventful(number, seed=0):
    """Return windows (number, WINDOW_LEN, 3) of a machine that has a new fate every few."""
    rng = np.random.default_rng(seed)
    windows = []
    while len(windows) < number:
        speed = rng.choice([None, "slow", "middle", "fast"], p=[0.1, 0.3, 0.3, 0.3])
        fault = rng.choice([1.0, 1.15, 1.3, 2.0, 30.0], p=[0.5, 0.1, 0.15, 0.15, 0.1])
        tilt = rng.choice([0.0, 0.2], p=[0.7, 0.3])
        pose = (tilt, 0.0, np.sqrt(1 - tilt * tilt))
        often = rng.choice([0.02, 0.6], p=[0.8, 0.2])
        for _ in range(rng.integers(3, 40)):
            bump = rng.choice([0.0, 0.5], p=[1 - often, often])
            windows.append(window(rng, speed, fault, pose, bump))
    return np.stack(windows[:number])


def stop_and_go(run, rest, cycles, fault=1.0, seed=0):
    """Return windows of a machine that runs and rests in turn, for so many windows each.

    It starts in the middle of a run's first window, and stops in the middle of the last.
    """
    rng = np.random.default_rng(seed)
    half = WINDOW_LEN // 2
    windows = []
    for _ in range(cycles):
        running = [window(rng, "fast", fault) for _ in range(run)]
        running[0][:half] = window(rng, None)[:half]
        running[-1][half:] = window(rng, None)[half:]
        windows += running + [window(rng, None) for _ in range(rest)]
    return np.stack(windows)


def changing(before, after, at, number=12, seed=0):
    """Return windows of a machine that goes to another speed, in the middle one after `at` samples."""
    rng = np.random.default_rng(seed)
    windows = [window(rng, before if k <= number else after) for k in range(2 * number + 1)]
    windows[number][at:] = window(rng, after)[at:]
    return np.stack(windows)


def restless(number, seed=0):
    """Return windows (number, WINDOW_LEN, 3) of a machine that changes its speed within some of them."""
    rng = np.random.default_rng(seed)
    parts = []
    while sum(map(len, parts)) < number:
        before, after = rng.choice(list(SPEEDS), 2, replace=False)
        at, length = rng.integers(0, WINDOW_LEN), rng.choice([1, 3, 8])
        parts.append(changing(before, after, at, length, rng.integers(1 << 30)))
    return np.concatenate(parts)[:number]


def fitful(number, seed=0):
    """Return windows (number, WINDOW_LEN, 3) of a machine that stops and goes, at times never for long.

    Its sensor is stuck in a few of them.
    """
    rng = np.random.default_rng(seed)
    parts = []
    while sum(map(len, parts)) < number:
        longest, fault = rng.choice([2, 8]), rng.choice([1.0, 1.3, 2.0])
        for run, rest in zip(rng.integers(1, longest + 1, 15), rng.integers(1, 4, 15), strict=True):
            parts.append(stop_and_go(run, rest, 1, fault, rng.integers(1 << 30)))
    windows = np.concatenate(parts)[:number]
    stuck = rng.random(number) < 0.03
    windows[stuck] = windows[stuck, :1]
    return windows


@functools.cache
def document(
    feature_set="vibration",
    speeds=("slow", "middle", "fast"),
    metrics=models_v2.METRICS,
    share=models_v2.with_own_shapes,
    standstill_g=0.004,
):
    """Return the document of a model of this machine, with an autoencoder after the Mahalanobis detector.

    standstill_g: up to which rms it stands still, None where that is not known.
    """
    groups = {speed: rows(feature_set, normal(speed, 120)) for speed in speeds}
    size = len(features.names(feature_set))
    detectors = [models_v2.detector(), models_v2.autoencoder(size)]
    standstill = None if standstill_g is None else {"limit_g": standstill_g}
    changes = {"detectors": detectors, "standstill": standstill}
    return models_v2.document(groups, feature_set, WINDOW_LEN, metrics, share, **changes)


def rows(feature_set, windows):
    """Return the features (n, n_features) of windows."""
    scales_g = np.full(len(windows), SCALE_G)
    return np.stack(features.compute(numeric_numpy, feature_set, windows, scales_g, POSE), axis=-1)
