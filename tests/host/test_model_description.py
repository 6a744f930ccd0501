"""FORMATS.md's model file against files of either version, and who does without which key."""

import base64
import copy
import json
from array import array

import numpy as np
import pytest
from core.test_autoencoder import document as network_document
from described import assert_leaves, described_keys
from documents import ROOT, names, tables
from judder.data.recording import make_recording
from judder.data.windows import cut_windows
from judder.model.document import read
from judder.training.train import train
from judder_core import model_file, numeric
from judder_core.errors import ModelError

from tests import machine_v2, models_v1, models_v2

FORMATS = (ROOT / "FORMATS.md").read_text()
MODEL, AUTOENCODER = tables(FORMATS, "Model file")
MODEL_V1, MAHALANOBIS_V1, AUTOENCODER_V1 = tables(FORMATS, "Model file, version 1")


@pytest.fixture(scope="module")
def trained():
    """Return what judder.train writes of a machine at seven speeds and at rest: each key there is."""
    rng = np.random.default_rng(0)
    kinds = [(f"at {k}", list(machine_v2.SPEEDS)[k % 3], 1 + 0.7 * (k // 3)) for k in range(7)]
    recordings = [_recording(name, speed, fault, rng) for name, speed, fault in [*kinds, ("off", None, 1.0)]]
    return json.loads(train(cut_windows(recordings, 250.0), name="all").data)


def _recording(name, speed, fault, rng):
    windows = [machine_v2.window(rng, speed, fault) * machine_v2.SCALE_G for _ in range(60)]
    parts = [(f"{k:04d}", window) for k, window in enumerate(windows)]
    return make_recording(name, name, parts, sample_rate_hz=250.0)


@pytest.fixture(scope="module")
def of_before(trained):
    """Return a model of version 1 as the trainer of before wrote it: each key there is."""
    rng = np.random.default_rng(0)
    made = models_v1.document(cut_windows([_recording("normal", "slow", 1.0, rng)], 250.0), "vibration")
    provenance = {key: value for key, value in trained["provenance"].items() if key != "answers"}
    rows = [{k: v for k, v in row.items() if k != "session"} for row in provenance["recordings"]]
    return {
        **made,
        "created": "",
        "provenance": {**provenance, "recordings": rows},
        "decision": {
            **made["decision"],
            "false_alarms": trained["decision"]["false_alarms"],
            "combine": "mean_features",
            "seconds": 5.1,
        },
        "drift": {"before": 1.0, "after": 1.5, "allowed_until": 2.0},
        "evaluation": None,
        "golden": [_golden_v1(made)],
    }


def _golden_v1(document):
    model = model_file.load(models_v1.encode(document), numeric)
    counts = machine_v2.normal("slow", 1).ravel().tolist()
    (detector,) = model.detectors
    features = detector.features(numeric, array("h", counts), machine_v2.SCALE_G)
    return {
        "detector": 0,
        "counts": models_v2.text(counts, "<i2"),
        "scale_g": machine_v2.SCALE_G,
        "features": models_v2.text(features, "<f4"),
        "score": detector.score(numeric, features),
    }


def test_a_trained_model_has_the_keys_and_types_described(trained):
    assert_leaves(trained, described_keys(MODEL))


def test_a_model_of_before_has_the_keys_and_types_described(of_before):
    parameters = {
        f"detectors[].parameters.{key}": kind for key, kind in described_keys(MAHALANOBIS_V1).items()
    }
    assert_leaves(of_before, {**described_keys(MODEL_V1), **parameters})


def read_by(table, *who):
    return [names(row[0])[0] for row in table if row[2] in who]


def without(document, path):
    """Return document less what stands at path, in each entry of a list."""
    *way, last = path.split(".")
    document = copy.deepcopy(document)
    places = [document]
    for step in way:
        places = [place[step.removesuffix("[]")] for place in places]
        places = [entry for place in places for entry in place] if step.endswith("[]") else places
    for place in places:
        del place[last]
    return json.dumps(document).encode()


OTHERS = ("board, optional", "host", "people", "nobody")


@pytest.mark.parametrize("path", read_by(MODEL, "board"))
def test_a_board_cannot_do_without_what_it_is_said_to_read(trained, path):
    with pytest.raises(ModelError):
        model_file.load(without(trained, path), numeric)


@pytest.mark.parametrize("path", read_by(MODEL_V1, "board"))
def test_a_board_cannot_do_without_what_it_is_said_to_read_of_before(of_before, path):
    with pytest.raises(ModelError):
        model_file.load(without(of_before, path), numeric)


NOT_CHECKED = ("golden[].counts", "modes[].metrics[].stretch")
"""Without them a golden window is another one, or scores otherwise."""


def does_without(document, path):
    golden = document["golden"] if path == "golden[].counts" or path not in NOT_CHECKED else []
    found = json.loads(without({**document, "golden": golden}, path))
    return json.dumps({**found, "golden": [] if path in NOT_CHECKED else found["golden"]}).encode()


@pytest.mark.parametrize("path", read_by(MODEL, *OTHERS))
def test_a_board_does_without_what_others_read(trained, path):
    model_file.load(does_without(trained, path), numeric)


@pytest.mark.parametrize("path", read_by(MODEL_V1, *OTHERS))
def test_a_board_does_without_what_others_read_of_before(of_before, path):
    model_file.load(does_without(of_before, path), numeric)


WHOLE = ("drift.", "provenance.windows.")
"""They are there whole or not at all."""


def of_people(table):
    return [path for path in read_by(table, "people", "nobody") if not path.startswith(WHOLE)]


@pytest.mark.parametrize("path", of_people(MODEL))
def test_the_host_does_without_what_people_read(trained, path):
    assert read(without(trained, path)).signal.window_len == trained["signal"]["window_len"]


@pytest.mark.parametrize("path", of_people(MODEL_V1))
def test_the_host_does_without_what_people_read_of_before(of_before, path):
    assert read(without(of_before, path)).signal.window_len == of_before["signal"]["window_len"]


def test_the_scores_come_from_the_file_as_described(trained):
    (golden,) = trained["golden"]
    row = floats(golden["features"])
    near = min(range(len(trained["modes"])), key=lambda k: distance(trained, k, 0, row))
    assert distance(trained, near, 0, row) == pytest.approx(golden["score"], rel=1e-5)  # float32 in the file
    assert distance(trained, near, 1, row) == pytest.approx(golden["alarm"], rel=1e-5)


def floats(text):
    return np.frombuffer(base64.b64decode(text), "<f4").astype(float)


def distance(document, mode, metric, features):
    """Return the length of (r * stretch) W, by the words of FORMATS.md."""
    mode = document["modes"][mode]
    placed = mode["metrics"][metric]
    shape = document["shapes"][placed["shape"]]
    whole = np.frombuffer(base64.b64decode(shape["whitening"]), "<i2")
    residual, z, first = (features - floats(mode["mean"])) * floats(placed["stretch"]), [], 0
    for column, scale in enumerate(floats(shape["scales"])):
        numbers = whole[first : first + column + 1]
        z.append(residual[: column + 1] @ numbers * scale)
        first += column + 1
    return float(np.linalg.norm(z))


def test_an_autoencoder_of_the_keys_and_types_described_is_read():
    made = machine_v2.document()
    network = made["detectors"][1]["parameters"]
    assert_leaves(network, described_keys(AUTOENCODER))
    model_file.load(models_v2.encode(made), numeric)


def test_an_autoencoder_of_before_of_the_keys_and_types_described_is_read():
    parameters = network_document()["detectors"][0]["parameters"]
    described = {**described_keys(AUTOENCODER_V1), **described_keys(MAHALANOBIS_V1)}
    assert_leaves(parameters, described, optional={"modes_of"})
    model_file.load(json.dumps(network_document()).encode(), numeric)


@pytest.mark.parametrize("key", described_keys(AUTOENCODER))
def test_an_autoencoder_is_not_read_without_each_key(key):
    made = machine_v2.document()
    made = {**made, "detectors": made["detectors"][1:]}
    with pytest.raises(ModelError):
        model_file.load(without(made, f"detectors[].parameters.{key}"), numeric)


@pytest.mark.parametrize(
    "key", [key for key in described_keys(AUTOENCODER_V1) if key not in ("modes_of", "modes[]")]
)
def test_an_autoencoder_of_before_is_not_read_without_each_key(key):
    with pytest.raises(ModelError):
        model_file.load(without(network_document(), f"detectors[].parameters.{key}"), numeric)


def test_the_largest_model_is_as_described():
    assert f"at most {model_file.MAX_BYTES:,} bytes" in FORMATS


def test_base64_floats_are_float32_as_described(trained):
    values = np.frombuffer(base64.b64decode(trained["shapes"][0]["scales"]), "<f4")
    assert len(values) == 27 and (values > 0).all()


def test_a_whitening_matrix_has_as_many_counts_as_described(trained):
    values = np.frombuffer(base64.b64decode(trained["shapes"][0]["whitening"]), "<i2")
    assert len(values) == 27 * 28 / 2
