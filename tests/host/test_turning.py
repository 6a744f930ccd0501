"""Sensors that hang another way, and what training takes that for."""

import numpy as np
import pytest
from judder.data.sources import windows_of
from judder.data.turning import rotation, turned
from judder.detectors import MahalanobisDetector
from judder.detectors.base import Metric, Rows
from judder.model.evidence import measure
from judder.simulation import fan_options, simulate
from judder.training.changes import remount_scatter
from judder_core.decision import ALARM, NOTICE
from scipy.spatial.transform import Rotation

AXIS = np.array([0.6, 0.0, 0.8])


@pytest.fixture(scope="module")
def windows():
    return windows_of(simulate(fan_options("motor", "med", seconds=120, seed=3)), window_len=256)


@pytest.mark.parametrize("degrees", [-15.0, 5.0, 90.0])
def test_a_turn_is_scipys(degrees):
    expected = Rotation.from_rotvec(np.radians(degrees) * AXIS).as_matrix()
    assert rotation(AXIS, degrees) == pytest.approx(expected, abs=1e-12)


def test_a_turn_there_and_back_leaves_counts_within_their_rounding(windows):
    back = turned(turned(windows, AXIS, 15), AXIS, -15)
    assert np.abs(back.samples - windows.samples).max() <= 2


def test_a_turned_sensor_ends_at_full_scale_like_any_other(windows):
    high = windows.select(np.arange(1))
    high.samples[:] = 32767
    assert turned(high, np.array([0, 0, 1.0]), 45).samples.max() == 32767


@pytest.fixture(scope="module")
def baselines(windows):
    measured = measure(windows, "directional", None)
    remounts = remount_scatter(measured, "directional", None)
    rows = Rows(measured.features, measured.mode, windows.group)
    knowing = Rows(measured.features, measured.mode, windows.group, remounts)
    return [MahalanobisDetector("directional", 0.02).fit(each) for each in (rows, knowing)]


def distances(baselines, windows, level):
    off = windows.features("directional").mean(axis=0)
    return [
        np.linalg.norm((off - each.means_[0]) @ each.whitening(Metric(level, 5))[0]) for each in baselines
    ]


def test_a_remount_is_nearer_for_an_alarm_that_knows_remounts(windows, baselines):
    plain, knowing = distances(baselines, turned(windows, AXIS, 15), ALARM)
    assert knowing < 0.7 * plain


def test_a_remount_is_as_far_as_ever_for_a_notice(windows, baselines):
    plain, knowing = distances(baselines, turned(windows, AXIS, 15), NOTICE)
    assert knowing == pytest.approx(plain)


def test_a_fault_is_nearly_as_far_for_an_alarm_that_knows_remounts(baselines):
    loose = windows_of(
        simulate(fan_options("motor", "med", seconds=120, seed=4, imbalance=5.0)), window_len=256
    )
    plain, knowing = distances(baselines, loose, ALARM)
    assert knowing > 0.8 * plain
