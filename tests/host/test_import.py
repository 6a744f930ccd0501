"""The reference's model, imported: its distances, its threshold, and honest words on what is assumed."""

import json
from pathlib import Path

import numpy as np
import pytest
from judder.cli.app import app
from judder.data.recording import make_recording
from judder.data.windows import cut_windows
from judder.engine import numeric_numpy
from judder.errors import JudderError
from judder.model.model import Model
from judder.training.second_detector import check_fits
from judder_core import model_file as artefact
from judder_core import numeric
from scipy.spatial import distance
from scipy.stats import chi2
from typer.testing import CliRunner

REFERENCE = Path(__file__).parents[2].parent / "shared/data/reference-samples.json"


def save(path, **arrays):
    np.savez(path, **arrays)
    return path


def run(path, out, *options):
    return CliRunner().invoke(app, ["import", str(path), "--out", str(out), *map(str, options)])


def imported(path, *options, numeric=numeric):
    """Return the model that judder import makes of path, loaded as a board loads it."""
    out = path.with_name("fan.judder.json")
    result = run(path, out, *options)
    assert result.exit_code == 0, result.exception
    return artefact.load(out.read_bytes(), numeric)


def document_of(path):
    return json.loads(path.with_name("fan.judder.json").read_text())


def mean_and_covariance(seed=0):
    """Return a mean and covariance of MADs of the size the reference has, in g and g^2."""
    rng = np.random.default_rng(seed)
    spread = rng.normal(0, 2e-3, (3, 3))
    return rng.uniform(0.004, 0.06, 3), spread @ spread.T


@pytest.fixture
def reference_npz(tmp_path):
    mean, covariance = mean_and_covariance()
    return save(tmp_path / "md.npz", model_mu=mean, model_cov=covariance)


@pytest.mark.parametrize("seed", range(5))
def test_distances_are_those_of_scipy(tmp_path, seed):
    mean, covariance = mean_and_covariance(seed)
    path = save(tmp_path / "md.npz", model_mu=mean, model_cov=covariance)
    detector = imported(path).detectors[0]
    for mads in mean + np.random.default_rng(seed + 100).normal(0, 5e-3, (20, 3)):
        expected = distance.mahalanobis(mads, mean, np.linalg.inv(covariance))
        assert detector.score(numeric, mads.tolist()) == pytest.approx(expected, rel=1e-4)  # float32


def test_features_are_standardised_by_the_references_mean_and_deviations(reference_npz):
    mean, covariance = mean_and_covariance()
    detector = imported(reference_npz).detectors[0]
    assert (detector.kind, detector.feature_set, len(detector.modes)) == ("mahalanobis", "mad", 1)
    assert detector.mean == pytest.approx(mean, rel=1e-6)  # float32
    assert detector.std == pytest.approx([covariance[k][k] ** 0.5 for k in range(3)], rel=1e-6)


@pytest.mark.parametrize("name", ["normal", "anomaly"])
def test_its_shipped_model_gives_the_references_own_scores(tmp_path, name):
    if not REFERENCE.exists():
        pytest.skip(
            "The reference's numbers (shared/data/reference-samples.json) are not beside this checkout."
        )
    reference = json.loads(REFERENCE.read_text())
    arrays = {"model_mu": reference["model"]["mean"], "model_cov": reference["model"]["covariance"]}
    model = imported(save(tmp_path / "md.npz", **arrays))
    score = model.detectors[0].score(numeric, reference[name]["mad"])
    assert score**2 == pytest.approx(reference[name]["squared_distance"], rel=1e-5)  # float32 parameters


def test_the_threshold_left_out_flags_one_gaussian_window_in_a_thousand(reference_npz):
    threshold = imported(reference_npz).detectors[0].threshold
    assert chi2.sf(threshold**2, df=3) == pytest.approx(0.001, rel=1e-6)


def test_the_threshold_given_is_kept_as_a_distance(reference_npz):
    assert imported(reference_npz, "--threshold", 3).detectors[0].threshold == 3.0


def test_gaussian_windows_are_flagged_as_often_as_the_model_says(reference_npz):
    model = imported(reference_npz)
    mads = np.random.default_rng(1).multivariate_normal(*mean_and_covariance(), 1_000_000)
    scores = model.detectors[0].score(numeric_numpy, list(mads.T))
    said = document_of(reference_npz)["decision"]["false_alarms"]["achievable_per_window"]
    assert np.mean(scores > model.detectors[0].threshold) == pytest.approx(said, rel=0.1)  # 3 sd of 1000


def test_windows_are_those_of_the_reference_unless_told_otherwise(reference_npz):
    model = imported(reference_npz)
    assert model.fits(128, 200.0) is None and "128" in model.fits(200, 200.0)
    model = imported(reference_npz, "--sample-rate", 250, "--window-len", 256)
    assert model.fits(256, 250.0) is None


def test_no_autoencoder_is_added_to_it_as_it_has_one_level(reference_npz):
    still = [("0000", np.zeros((1280, 3)))]
    windows = cut_windows([make_recording("low", "low", still, sample_rate_hz=200.0)], 200.0, 128)
    imported(reference_npz)
    with pytest.raises(JudderError, match="is of version 1, which has one level") as caught:
        check_fits(Model.load(reference_npz.with_name("fan.judder.json")), windows, None)
    assert "judder train" in caught.value.hint


def test_the_file_says_that_its_calibration_is_assumed(reference_npz):
    imported(reference_npz)
    assert "assumed" in document_of(reference_npz)["provenance"]["calibration"]


def test_the_file_is_what_board_and_host_load(reference_npz, tmp_path):
    out = tmp_path / "attic.judder.json"
    result = CliRunner().invoke(app, ["import", str(reference_npz), "--out", str(out)])
    assert result.exit_code == 0
    model = artefact.load(out.read_bytes(), numeric)
    assert model.name == "attic" and result.stdout.startswith(model.model_id)
    assert "next: judder evaluate" in result.stderr


def wrong_arrays():
    mean, covariance = mean_and_covariance()
    return {
        "no mean": {"model_cov": covariance},
        "no covariance": {"model_mu": mean},
        "four means": {"model_mu": np.ones(4), "model_cov": covariance},
        "flat covariance": {"model_mu": mean, "model_cov": covariance.ravel()},
        "text": {"model_mu": np.array(["a", "b", "c"]), "model_cov": covariance},
        "objects": {"model_mu": np.array([1, None, "x"], dtype=object), "model_cov": covariance},
        "singular": {"model_mu": mean, "model_cov": np.full((3, 3), 1e-6)},
        "no variance": {"model_mu": mean, "model_cov": np.diag([1e-6, 0, 1e-6])},
        "not positive definite": {"model_mu": mean, "model_cov": 1e-6 * (2 * np.ones((3, 3)) - np.eye(3))},
    }


@pytest.mark.parametrize("name", wrong_arrays())
def test_wrong_arrays_are_refused_by_name_and_with_a_hint(tmp_path, name):
    path = save(tmp_path / "wrong.npz", **wrong_arrays()[name])
    error = run(path, tmp_path / "fan.judder.json").exception
    assert isinstance(error, JudderError) and "wrong.npz" in str(error) and error.hint
    assert not (tmp_path / "fan.judder.json").exists()


@pytest.mark.parametrize("content", [b"not a zip", b"PK\x03\x04 truncated"])
def test_a_file_that_is_no_npz_is_refused_with_a_hint(tmp_path, content):
    (tmp_path / "wrong.npz").write_bytes(content)
    error = run(tmp_path / "wrong.npz", tmp_path / "fan.judder.json").exception
    assert isinstance(error, JudderError) and "wrong.npz" in str(error) and error.hint


def test_an_out_that_is_no_model_file_is_refused_and_nothing_written(reference_npz, tmp_path):
    before = sorted(tmp_path.iterdir())
    error = run(reference_npz, tmp_path / "fan.json").exception
    assert isinstance(error, JudderError) and "--out" in str(error) and error.hint
    assert sorted(tmp_path.iterdir()) == before
