"""The numbers a port of the reference must reproduce, from its own demonstration windows."""

import json
from pathlib import Path

import numpy as np
import pytest
from judder_core import fit, mahalanobis_v1, numeric, stats
from pytest import approx
from scipy.stats import median_abs_deviation

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "reference-samples.json"


@pytest.fixture
def samples():
    if not SAMPLES.exists():
        pytest.skip(
            "The reference's windows (shared/data/reference-samples.json) are not beside this checkout."
        )
    return json.loads(SAMPLES.read_text())


@pytest.fixture(params=["normal", "anomaly"])
def sample(samples, request):
    return samples[request.param]


# The sketch printed six decimals, half rounded up, but of all counts these two a millionth too high.
PRINTED_HIGH = (2007, 2039)


def axes_as_printed(samples, sample):
    """Return the axes in g as the sketch printed them and the reference's Python then read them."""
    counts = np.array(sample["counts"][: samples["rows_used"]])
    millionths = np.sign(counts) * np.floor(np.abs(counts) * samples["scale_g"] * 1e6 + 0.5)
    return ((millionths + np.isin(counts, PRINTED_HIGH)) / 1e6).T.tolist()


def test_mads_are_those_of_the_reference(samples, sample):
    found = [stats.mad(values, numeric) for values in axes_as_printed(samples, sample)]
    assert found == approx(sample["mad"], rel=1e-9)


def test_mads_of_counts_are_those_of_scipy(samples, sample):
    rows = np.array(sample["counts"][: samples["rows_used"]])
    found = [stats.mad(numeric.axis(rows.ravel().tolist(), k), numeric) for k in range(3)]
    assert found == approx(median_abs_deviation(rows, scale="normal"), rel=1e-4)  # 1.4826 is rounded


def test_squared_distances_are_those_of_the_reference(samples, sample):
    model = samples["model"]
    packed = fit.whitening(model["covariance"])
    distance = mahalanobis_v1.distance(sample["mad"], model["mean"], packed, numeric)
    assert distance**2 == approx(sample["squared_distance"], rel=1e-6)
