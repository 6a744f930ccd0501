from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from judder.engine import numeric_numpy
from judder_core import features, numeric
from judder_core.errors import CoreError
from pytest import approx
from scipy import stats

batches = arrays(np.int16, st.tuples(st.integers(1, 4), st.integers(1, 80), st.just(3)))


@given(batches)
def test_mad_agrees_with_scipy_on_both_engines(batch):
    expected = stats.median_abs_deviation(batch.astype(float), axis=1) * 1.4826 / 2048
    by_numpy = np.stack(features.compute(numeric_numpy, "mad", batch, 1 / 2048), axis=-1)
    assert by_numpy == approx(expected, rel=1e-12)
    for window, row in zip(batch, expected, strict=True):
        pure = features.compute(numeric, "mad", array("h", window.ravel().tolist()), 1 / 2048)
        assert pure == approx(row, rel=1e-12)


@pytest.mark.parametrize("name", sorted(features.SETS))
def test_every_feature_has_a_name(name):
    counts = array("h", np.random.default_rng(1).integers(-99, 99, 768).tolist())
    assert len(features.compute(numeric, name, counts, 1.0)) == len(features.names(name))


def test_an_unknown_set_is_named():
    with pytest.raises(CoreError, match="'mood'"):
        features.names("mood")


@pytest.mark.parametrize("name, least", [("spectral", 65), ("vibration", 49), ("directional", 33)])
def test_a_window_too_short_for_the_bands_is_refused(name, least):
    counts = np.random.default_rng(1).integers(-99, 99, 3 * least).tolist()
    features.compute(numeric, name, array("h", counts), 1.0)
    with pytest.raises(CoreError, match=f"{least - 1} samples are too short"):
        features.compute(numeric, name, array("h", counts[3:]), 1.0)
