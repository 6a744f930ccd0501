"""The feature set `directional`, its bands and its turning, against SciPy and NumPy."""

from array import array

import cross_spectra
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judder.engine import numeric_numpy
from judder_core import features, numeric, rotation
from judder_core.features import directional
from judder_core.triangles import WHOLE, centres, triangles, weights
from pytest import approx
from scipy.spatial.transform import Rotation

SCALE_G = 1 / 2048
SIZES = [1 << k for k in range(6, 14)]  # of transforms: windows of 33 to 8192 samples
LENGTHS = [33, 64, 100, 128, 200, 256, 1024]
GRAVITY = np.array([0.0, 0.2, 0.98])
LOGARITHMS = 24  # of the 27 features; three correlations follow
few = settings(max_examples=20)


def shaking_g(window_len, seed=1):
    """Return a window of a machine that shakes along one line at two speeds, with noise, about 0."""
    turns = np.arange(window_len)[:, None] * [0.35, 1.7] @ [[1, 0], [0, 1]]
    along = np.sin(turns) @ [[0.05, 0.03, 0.01], [0.004, -0.01, 0.02]]
    return along + np.random.default_rng(seed).normal(0, 0.004, (window_len, 3))


def counts_of(samples_g):
    return np.rint(samples_g / SCALE_G).astype(np.int16)


def interleaved(counts):
    return array("h", counts.ravel().tolist())


def pure(counts, pose=None):
    return np.array(features.compute(numeric, "directional", interleaved(counts), SCALE_G, pose))


@pytest.mark.parametrize("pose", [None, (0.0, 0.2, 0.98), (0.5, -0.3, 0.7)], ids=["no", "same", "askew"])
@pytest.mark.parametrize("window_len", LENGTHS)
def test_features_are_those_of_scipy(window_len, pose):
    counts = counts_of(shaking_g(window_len) + GRAVITY)
    found, expected = pure(counts, pose), cross_spectra.directional(counts, SCALE_G, pose)
    # 0.05: the integer FFT's rounding lies 70 dB under the loudest line
    assert found[:LOGARITHMS] == approx(expected[:LOGARITHMS], abs=0.05)
    assert found[LOGARITHMS:] == approx(expected[LOGARITHMS:], abs=1e-9)


@pytest.mark.parametrize("window_len", LENGTHS)
def test_many_windows_are_each_what_they_are_alone(window_len):
    windows = np.array([counts_of(shaking_g(window_len, seed) * seed + GRAVITY * seed) for seed in range(4)])
    found = np.stack(
        features.compute(numeric_numpy, "directional", windows, np.full(4, SCALE_G), (1, 0, 1)), axis=-1
    )
    for window, row in zip(windows, found, strict=True):
        assert row == approx(pure(window, (1, 0, 1)), rel=1e-12, abs=1e-12)


@given(st.data())
@few
def test_weighted_products_of_numpy_are_the_formulas_to_the_bit(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    length, spread = data.draw(st.integers(33, 90)), data.draw(st.sampled_from([0, 1, 40, 2000, 32768]))
    windows = np.clip(rng.integers(-spread, spread + 1, (2, length, 3)), -32768, 32767)
    rests = rng.integers(-2048, 2049, (3, 2)).tolist()
    formula, many = (directional.Tables(engine.transform, length) for engine in (numeric, numeric_numpy))
    spectra, units = many.spectra(numeric_numpy, *((windows[..., k].T, rests[k]) for k in range(3)))
    for which, window in enumerate(windows.tolist()):
        mine, unit = formula.spectra(
            numeric, *((axis, rests[k][which]) for k, axis in enumerate(zip(*window, strict=True)))
        )
        assert unit == units[which]
        for i, j in rotation.PAIRS:
            for band in range(4):
                found = many.transform.weighted([(spectra[i], spectra[j])], many.of_each, band)[which]
                assert found == formula.transform.weighted([(mine[i], mine[j])], formula.of_each, band)


@pytest.mark.parametrize("degrees", [5, 20, 60])
def test_a_sensor_put_back_askew_sees_the_same(degrees):
    samples_g = shaking_g(256) + GRAVITY
    axis = np.cross(GRAVITY, [1, 0, 0])  # across gravity, so that the way back is the smallest rotation
    turn = Rotation.from_rotvec(np.radians(degrees) * axis / np.linalg.norm(axis))
    before, after = (counts_of(samples) for samples in (samples_g, turn.apply(samples_g)))
    pose = before.mean(axis=0) * SCALE_G
    assert pure(after, pose) == approx(pure(before, pose), abs=0.05)
    assert abs(pure(after) - pure(before)).max() > 0.1, "nothing was turned"


@pytest.mark.parametrize(
    "gravity", [(0, 0, 0.3), (0, 0, 1.8), (0.0, -0.2, -0.98)], ids=["none", "no such", "upside down"]
)
def test_without_a_sane_gravity_nothing_is_turned(gravity):
    counts = counts_of(shaking_g(128) + gravity)
    assert pure(counts, GRAVITY).tolist() == pure(counts).tolist()


def test_where_between_two_counts_the_mean_lies_changes_nothing():
    noise = np.random.default_rng(2).normal(0, 1, (200, 256, 3))
    noise -= noise.mean(axis=1, keepdims=True)
    found = [
        features.compute(numeric_numpy, "directional", np.rint(noise + rest), np.full(200, SCALE_G))
        for rest in (0, 0.5)
    ]
    assert np.mean(found[1], axis=1) == approx(np.mean(found[0], axis=1), abs=0.05)


def test_an_axis_that_stands_still_has_the_noise_of_rounding():
    counts = counts_of(shaking_g(128) * [0.1, 0, 0.1] + GRAVITY)
    found = dict(zip(features.names("directional"), pure(counts), strict=True))
    assert found["band_y_2"] == approx(np.log(SCALE_G**2 / 12), abs=0.01)
    assert found["correlation_xy"] == 0


@pytest.mark.parametrize("mean", [(0, 0, 0), (0, 0.3, 0.3)])
def test_to_a_pose_without_gravity_nothing_is_turned(mean):
    counts = counts_of(shaking_g(128) + GRAVITY)
    assert pure(counts, mean).tolist() == pure(counts).tolist()


def test_each_window_of_many_may_have_a_pose_of_its_own():
    windows = np.array([counts_of(shaking_g(64, seed) + GRAVITY) for seed in range(3)])
    poses = np.array([[0, 0, 1.0], [0.5, 0.5, 0.5], [0, 0, 0]])
    found = features.compute(numeric_numpy, "directional", windows, np.full(3, SCALE_G), list(poses.T))
    for window, pose, row in zip(windows, poses, np.stack(found, axis=-1), strict=True):
        assert row == approx(pure(window, pose), rel=1e-12, abs=1e-12)


@given(st.lists(st.floats(-1, 1), min_size=6, max_size=6))
def test_the_smallest_rotation_is_scipys(vectors):
    mean_g, pose = np.array(vectors[:3]), np.array(vectors[3:]) + [0, 0, 2]
    found = rotation.smallest(numeric, mean_g.tolist(), pose.tolist())
    assert np.array(found) == approx(cross_spectra.rotation(mean_g, pose), abs=1e-9)


@pytest.mark.parametrize("number", [4, 12])
@pytest.mark.parametrize("size", SIZES)
def test_weights_are_the_definitions(size, number):
    bins = size // 2 - 1
    expected = cross_spectra.triangles(bins, number)
    for found, totals, band in zip(*spread(bins, number), expected, strict=True):
        assert found / totals == approx(band, abs=1e-12)


@pytest.mark.parametrize("size", SIZES)
def test_the_weights_of_each_bin_add_up_to_one(size):
    found, _ = spread(size // 2 - 1, 12)
    assert (np.sum(found, axis=0) == WHOLE).all()


def spread(bins, number):
    """Return the weights of each band, (number, bins), and their totals."""
    rises, marks, totals = triangles(bins, number)
    found = np.zeros((number, bins))
    for band in range(number):
        found[band, marks[band] : marks[band + 2]] = weights(rises, marks, band)
    return found, totals


@pytest.mark.parametrize("number", [4, 12])
@pytest.mark.parametrize("size", SIZES)
def test_no_float32_rounds_a_centre_to_another_bin(size, number):
    for exact in cross_spectra.exact_centres(size // 2 - 1, number):
        from_a_tie = abs(exact - round(exact))
        assert from_a_tie > 8 * 2.0**-24 * float(exact), "8 roundings of a board's floats may reach the tie"


@pytest.mark.parametrize("size", SIZES)
def test_centres_are_two_bins_apart_and_within_the_spectrum(size):
    found = centres(size // 2 - 1, 12)
    assert min(np.diff(found)) >= 2 and found[0] >= 0 and found[-1] <= size // 2 - 2
