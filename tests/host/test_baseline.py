"""The baseline: its metrics as the docstring has them, in plain NumPy, and in whole numbers."""

import base64
import json
from dataclasses import replace

import numpy as np
import pytest
from judder.data import sources
from judder.detectors import MahalanobisDetector
from judder.detectors.base import Metric, Rows, nearest
from judder.detectors.days import day_scatter
from judder.model.evidence import measure
from judder.training.changes import remount_scatter
from judder.training.describe_modes import whole
from judder.training.train import train
from judder_core.decision import ALARM, NOTICE
from judder_core.features import names
from scipy.spatial.transform import Rotation

from tests.host.machines import machine, windows_of

SET, FLOOR = "vibration", 0.02
SIZE = len(names(SET))
PRIOR_WINDOWS, OWN_CORRELATION, NOTICE_SHARE, PRIOR = 10, 40, 0.25, 4


def rows_of(sizes, seed=0, offset=0.0):
    """Return Rows of {(mode, session): windows}, Gaussian, each session about a mean of its own."""
    rng = np.random.default_rng(seed)
    mixing = np.eye(SIZE) + rng.normal(0, 0.2, (SIZE, SIZE))
    parts = [
        rng.normal(0, offset, SIZE) + 0.1 * rng.normal(0, 1, (n, SIZE)) @ mixing + 3 * k
        for k, n in enumerate(sizes.values())
    ]
    labels = [np.repeat([[mode, session]], n, axis=0) for (mode, session), n in sizes.items()]
    mode, session = np.concatenate(labels).T
    return Rows(np.concatenate(parts), mode, session)


def shrunk(rows):
    """Return Ledoit & Wolf's covariance of rows of mean 0, written as the paper does, with loops."""
    n, size = rows.shape
    sample = rows.T @ rows / n
    mu = np.trace(sample) / size
    d2 = np.linalg.norm(sample - mu * np.eye(size)) ** 2 / size
    b2 = sum(np.linalg.norm(np.outer(x, x) - sample) ** 2 for x in rows) / n**2 / size
    weight = min(b2, d2) / d2
    return weight * mu * np.eye(size) + (1 - weight) * sample


def covariance_of_one(residuals):
    """Return C of the one mode there is, its windows about their sessions' means."""
    variance = residuals.var(axis=0) + FLOOR**2  # drawn towards the mean of all modes: its own
    return shrunk(residuals / np.sqrt(variance)) * np.sqrt(np.outer(variance, variance))


def wander_of(parts):
    """Return (what blocks of 30 windows scatter by, summed over sessions, and how many are free)."""
    scatter, free = np.zeros((SIZE, SIZE)), 0
    for part in parts:
        means = [part[k : k + 30].mean(axis=0) for k in range(0, len(part) - 29, 30)]
        if len(means) > 1:
            scatter += (len(means) - 1) * np.cov(means, rowvar=False)
            free += len(means) - 1
    return scatter / max(1, free), free


@pytest.mark.parametrize("level", [NOTICE, ALARM])
@pytest.mark.parametrize("m", [5, 30])
@pytest.mark.parametrize("sizes", [(100,), (90, 70, 120, 65, 80, 95, 100)], ids=["one session", "seven"])
def test_a_metric_whitens_c_over_m_and_2_c_over_n_and_what_a_day_does(level, m, sizes):
    rows = rows_of({("low", f"s{k}"): n for k, n in enumerate(sizes)}, offset=0.05)
    learned = MahalanobisDetector(SET, FLOOR).fit(rows)
    parts = [rows.features[rows.session == f"s{k}"] for k in range(len(sizes))]
    means = np.array([part.mean(axis=0) for part in parts])
    residuals = np.concatenate([part - mean for part, mean in zip(parts, means, strict=True)])
    n, seen = len(residuals), len(parts) - 1
    between = np.cov(means, rowvar=False) if seen else np.zeros((SIZE, SIZE))
    prior = day_scatter(SET, means.mean(axis=0))
    wander, free = wander_of(parts)
    within = NOTICE_SHARE**2 * prior
    d = within + (PRIOR * within + free * wander) / (PRIOR + free) + between / (seen + 1)
    if level == ALARM:
        d = d + between / (seen + 1) + prior * PRIOR / (PRIOR + max(0, seen - 3))
    s = covariance_of_one(residuals) * (1 / m + 2 / n) + d
    (whitening,) = learned.whitening(Metric(level, m))
    assert np.allclose(whitening, np.triu(whitening))
    assert whitening @ whitening.T == pytest.approx(np.linalg.inv(s), rel=1e-6, abs=1e-6)
    assert learned.means_ == pytest.approx(means.mean(axis=0)[None])


def test_another_mounting_or_speed_widens_an_alarm_and_no_notice():
    plain = rows_of({("low", "s"): 100})
    scatter = np.diag(np.linspace(0.01, 1.0, SIZE))
    turned = replace(plain, changes={"low": scatter})
    before, after = (MahalanobisDetector(SET, FLOOR).fit(rows) for rows in (plain, turned))
    for level, widened in ((NOTICE, 0.0), (ALARM, 1.0)):
        s, wider = (
            np.linalg.inv(w @ w.T) for w in (each.whitening(Metric(level, 5))[0] for each in (before, after))
        )
        assert wider - s == pytest.approx(widened * scatter, abs=1e-8)


@pytest.mark.parametrize("pose", [(0.0, 0.0, 1.0), None], ids=["gravity", "no gravity"])
def test_what_turns_do_to_a_modes_mean_is_that_of_turned_samples(pose):
    rng = np.random.default_rng(0)
    mean = (0, 0, 2048) if pose else (0, 0, 0)
    samples = rng.normal(mean, (5, 20, 60), (40, 64, 3)) / 2048
    windows = sources.windows_of(samples, sample_rate_hz=250.0)
    found = remount_scatter(measure(windows, "directional", pose), "directional", pose)
    still = windows.features("directional", pose).mean(axis=0)
    gaps = []
    for axis in np.eye(3):
        for degrees in (15.0, -15.0):
            by = Rotation.from_rotvec(np.radians(degrees) * axis).as_matrix()
            askew = sources.windows_of(samples @ by.T, sample_rate_hz=250.0)
            gaps.append(askew.features("directional", pose).mean(axis=0) - still)
    expected = np.array(gaps).T @ np.array(gaps) / 6
    (scatter,) = found.values()
    assert scatter == pytest.approx(expected, rel=0.02, abs=1e-3)  # one of them is in whole counts


def test_overlapping_windows_count_for_as_much_as_they_tell():
    rows = rows_of({("low", "s"): 200})
    touching, dense = (MahalanobisDetector(SET, FLOOR, hop_share).fit(rows) for hop_share in (1.0, 0.25))
    whitenings = [each.whitening(Metric(NOTICE, 5))[0] for each in (touching, dense)]
    lengths = [np.linalg.norm((rows.features - touching.means_[0]) @ w, axis=1) for w in whitenings]
    assert np.median(lengths[1]) < 0.8 * np.median(lengths[0])  # the mean of five tells of two windows


def test_a_mode_of_few_windows_has_the_correlations_of_all():
    rows = rows_of({("low", "s"): 200, ("high", "t"): 20})
    learned = MahalanobisDetector(SET, FLOOR).fit(rows)
    residuals = [
        rows.features[rows.mode == name] - mean
        for name, mean in zip(learned.names_, learned.means_, strict=True)
    ]
    within = np.mean([each.var(axis=0) for each in residuals], axis=0)
    variances = [
        (len(each) * each.var(axis=0) + PRIOR_WINDOWS * within) / (len(each) + PRIOR_WINDOWS) + FLOOR**2
        for each in residuals
    ]
    pooled = shrunk(np.concatenate([r / np.sqrt(v) for r, v in zip(residuals, variances, strict=True)]))
    few = pooled * np.sqrt(np.outer(variances[1], variances[1]))
    own = shrunk(residuals[0] / np.sqrt(variances[0])) * np.sqrt(np.outer(variances[0], variances[0]))
    prior = [NOTICE_SHARE**2 * day_scatter(SET, mean) for mean in learned.means_]
    wander, free = wander_of(residuals)
    for covariance, n, a_day, whitening in zip(
        (own, few), (200, 20), prior, learned.whitening(Metric(NOTICE, 5)), strict=True
    ):
        s = covariance * (1 / 5 + 2 / n) + a_day + (PRIOR * a_day + free * wander) / (PRIOR + free)
        assert whitening @ whitening.T == pytest.approx(np.linalg.inv(s), rel=1e-6, abs=1e-6)


def test_of_seven_modes_one_matrix_serves_all_and_each_has_a_stretch():
    rows = rows_of({(f"mode {k}", f"s{k}"): 60 for k in range(7)})
    learned = MahalanobisDetector(SET, FLOOR).fit(rows)
    metric = Metric(NOTICE, 5)
    assert learned.is_shared
    shape, stretches = learned.shared(metric)
    for whitening, stretch in zip(learned.whitening(metric), stretches, strict=True):
        residual = np.random.default_rng(1).normal(0, 1, (20, SIZE))
        assert (residual * stretch) @ shape == pytest.approx(residual @ whitening)
    assert np.mean(np.diag(np.linalg.inv(shape @ shape.T))) == pytest.approx(1)  # a correlation


def test_each_window_is_of_its_nearest_mode():
    rows = rows_of({("low", "s"): 50, ("high", "t"): 50})
    learned = MahalanobisDetector(SET, FLOOR).fit(rows)
    mode, distance = nearest(learned, rows.features, learned.whitening(Metric(NOTICE, 5)))
    assert [learned.names_[k] for k in mode] == rows.mode.tolist()
    assert distance.max() < 30


def test_sixteen_bits_err_by_less_than_one_in_a_thousand_of_a_distance():
    rows = rows_of({("low", "s"): 100})
    learned = MahalanobisDetector(SET, FLOOR).fit(rows)
    for level in (NOTICE, ALARM):
        (whitening,) = learned.whitening(Metric(level, 5))
        shape = whole(whitening)
        matrix = np.zeros((SIZE, SIZE))
        for j in range(SIZE):
            column = shape.whitening[j * (j + 1) // 2 : (j + 1) * (j + 2) // 2]
            matrix[: j + 1, j] = np.array(column) * shape.scales[j]
        residuals = rows.features - learned.means_[0]
        exact, rounded = (np.linalg.norm(residuals @ w, axis=1) for w in (whitening, matrix))
        assert rounded == pytest.approx(exact, rel=1e-3)
        assert max(map(abs, shape.whitening)) == 32767


def test_the_file_holds_the_whole_numbers_that_were_made():
    trained = train(windows_of(machine("low")), name="fan", features=SET)
    shape = json.loads(trained.data)["shapes"][0]
    numbers = np.frombuffer(base64.b64decode(shape["whitening"]), "<i2")
    assert len(numbers) == SIZE * (SIZE + 1) // 2
    assert numbers.tolist() == list(trained.document.shapes[0].whitening)
