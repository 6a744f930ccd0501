"""The artefact as typed classes: what is read is written again, and what cannot be is named."""

import json

import numpy as np
import pytest
from core.test_autoencoder import document as network_document
from judder.detectors import autoencoder
from judder.model import document
from judder.model.document_v1 import Scaling
from judder.model.reference import convert
from judder_core import model_file
from judder_core.errors import ModelError
from judder_core.model_parts import decode_array, decode_floats

from tests import models_v2
from tests.two_detectors import add_detector


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    path = tmp_path_factory.mktemp("reference") / "md_model.npz"
    np.savez(path, model_mu=np.full(3, 0.01), model_cov=np.eye(3) * 1e-4)
    return convert(path, "old", sample_rate_hz=200.0, window_len=128, threshold=None)


@pytest.fixture(scope="module")
def of_two(model_data):
    """Return the bytes of a model with an autoencoder for the host."""
    network = models_v2.autoencoder(len(document.read(model_data).modes[0].mean))
    return document.encode(json.loads(add_detector(model_data, json.dumps({"detectors": [network]}))))


@pytest.mark.parametrize("made", ["model_data", "imported", "of_two"])
def test_what_is_read_is_written_to_the_same_bytes(made, request):
    data = request.getfixturevalue(made)
    assert document.read(data).to_bytes() == data


def test_a_document_equals_the_one_read_back(model_data):
    read = document.read(model_data)
    assert document.read(read.to_bytes()) == read
    assert read.but(name="other") != read


def test_arrays_are_what_boards_decode(model_data):
    read, raw = document.read(model_data), json.loads(model_data)
    for ours, theirs in zip(read.shapes, raw["shapes"], strict=True):
        assert list(ours.whitening) == list(decode_array("h", theirs["whitening"]))
        assert list(ours.scales) == list(decode_floats(theirs["scales"]))
    (mode,), (of_board,) = read.modes, raw["modes"]
    assert list(mode.mean) == list(decode_floats(of_board["mean"]))


def test_arrays_are_rounded_to_what_the_file_keeps():
    kept = (float(np.float32(1 / 3)),)
    assert document.Shape(scales=(1 / 3,), whitening=(1,)).scales == kept
    assert Scaling(set="mad", mean=(0.1,), std=(1 / 3,)).std == kept


def test_keys_that_are_not_known_are_passed_over(model_data):
    more = {**json.loads(model_data), "colour": "green"}
    assert document.read(json.dumps(more).encode()) == document.read(model_data)


def test_a_document_that_says_nothing_of_its_making_is_read():
    read = document.read(document.encode(network_document()))
    assert read.trained_on == () and read.decision.false_alarms.wished is None


@pytest.mark.parametrize(
    ("place", "value", "named"),
    [
        (("provenance", "recordings", 0, "rows"), "all", "provenance.Training.recordings.0.rows"),
        (("signal", "window_len"), "many", "signal.window_len"),
        (("detectors", 0, "thresholds", "notice"), None, "detectors.0.thresholds.notice"),
        (("standstill",), {"limit_g": "low"}, "standstill.limit_g"),
        (("modes", 0, "metrics", 0, "shape"), "first", "modes.0.metrics.0.shape"),
        (("pose", "mean"), [1.0], "pose.mean.1"),
        (("golden", 0, "score"), {}, "golden.0.score"),
    ],
)
def test_a_value_that_cannot_be_is_named(model_data, place, value, named):
    found = json.loads(model_data)
    *path, last = place
    part = found
    for key in path:
        part = part[key]
    part[last] = value
    with pytest.raises(ModelError, match=f"Model's {named} cannot be"):
        document.read(json.dumps(found).encode())


def test_every_version_that_boards_know_has_a_reader():
    assert set(document.VERSIONS) <= set(model_file.VERSIONS)


def test_a_networks_weights_are_what_boards_decode():
    layer = autoencoder.rounded(np.array([[0.5, -1.0], [0.25, 0.125]]), np.array([0.1, 0.2]), relu=True)
    written = document.Layer(
        weights=tuple(layer.weights), scale=layer.scale, bias=tuple(layer.bias), activation="relu"
    )
    kept = written.model_dump()
    assert list(decode_array("b", kept["weights"])) == layer.weights
    assert document.Layer.model_validate(kept) == written
