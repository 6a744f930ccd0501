"""An autoencoder in a model file: its forward pass against NumPy's, and what is refused."""

import base64
import json

import numpy as np
import pytest
from core.micropython import run_micropython
from judder.engine import numeric_numpy
from judder.model.encoding import encode
from judder_core import model_file, numeric
from judder_core.errors import ModelError

from tests.models_v2 import text

SIZE, HIDDEN, LIMIT, GAIN = 3, 4, 8.0, 2.0


def layer(outputs, inputs, activation, seed):
    rng = np.random.default_rng(seed)
    return {
        "weights": text(rng.integers(-127, 128, outputs * inputs), "i1"),
        "scale": 0.005,
        "bias": text(rng.normal(0, 0.3, outputs), "<f4"),
        "activation": activation,
    }


def document(**parameters):
    """Return an artefact of one autoencoder over `mad`, unit whitening, one mode at 0."""
    identity = [1.0, 0.0, 1.0, 0.0, 0.0, 1.0]
    table = {"windows": 9, "scores": text([1.0, 2.0], "<f4"), "p_values": text([1.0, 0.1], "<f4")}
    detector = {
        "kind": "autoencoder",
        "features": {"set": "mad", "mean": text([0.0] * SIZE, "<f4"), "std": text([1.0] * SIZE, "<f4")},
        "parameters": {
            "modes": [{"name": "low", "mean": text([0.0] * SIZE, "<f4"), "whitening": text(identity, "<f4")}],
            "limit": LIMIT,
            "gain": GAIN,
            "layers": [layer(HIDDEN, SIZE, "relu", 1), layer(SIZE, HIDDEN, "linear", 2)],
            **parameters,
        },
        "calibration": table,
        "window_calibration": table,
        "threshold": 3.0,
        "combined_threshold": 2.0,
        "grey_zone": None,
    }
    return {
        "format": "judder-model",
        "version": 1,
        "name": "net",
        "signal": {"axes": 3, "unit": "g", "sample_rate_hz": 250.0, "window_len": 64},
        "detectors": [detector],
        "decision": {"windows": 5, "most_disturbed": 2, "m": 1, "n": 5, "clear": 0},
        "disturbance": {"limit_g": 1.0},
        "pose": None,
        "golden": [],
    }


def load(changed):
    return model_file.load(encode(changed), numeric)


def expected_score(z):
    """Return the score by NumPy's matrix products alone."""
    values = np.clip(z, -LIMIT, LIMIT)
    for part in document()["detectors"][0]["parameters"]["layers"]:
        bias = np.frombuffer(base64.b64decode(part["bias"]), "<f4").astype(float)
        weights = np.frombuffer(base64.b64decode(part["weights"]), np.int8).reshape(len(bias), -1)
        values = weights @ values * 0.005 + bias
        values = np.maximum(values, 0) if part["activation"] == "relu" else values
    return GAIN * np.linalg.norm(z - values)


ROWS = [[0.0, 0.0, 0.0], [0.3, -2.0, 1.0], [-5.0, 4.0, 30.0]]


@pytest.mark.parametrize("z", ROWS)
def test_the_score_is_numpys(z):
    assert load(document()).detectors[0].score(numeric, z) == pytest.approx(expected_score(z), rel=1e-9)


def test_many_windows_at_once_score_alike():
    detector = model_file.load(encode(document()), numeric_numpy).detectors[0]
    scores = detector.score(numeric_numpy, list(np.array(ROWS).T))
    assert scores == pytest.approx([expected_score(z) for z in ROWS], rel=1e-9)


def test_micropython_loads_it_and_scores_alike(tmp_path):
    (tmp_path / "net.judder.json").write_bytes(encode(document()))
    script = tmp_path / "score.py"
    script.write_text(
        "import sys\nfrom judder_core import model_file, numeric\n"
        "detector = model_file.load_file(sys.argv[1], numeric).detectors[0]\n"
        f"print([detector.score(numeric, z) for z in {ROWS}])\n"
    )
    found = json.loads(run_micropython(script, tmp_path / "net.judder.json", heapsize="128k"))
    assert found == pytest.approx([expected_score(z) for z in ROWS], rel=1e-9)


def test_what_is_far_out_never_scores_low():
    detector = load(document()).detectors[0]
    for direction in np.random.default_rng(0).normal(0, 1, (50, SIZE)):
        far = 1000 * direction / np.linalg.norm(direction)
        assert detector.score(numeric, far) > 0.9 * GAIN * 1000


def without_a_weight():
    short = layer(HIDDEN, SIZE, "relu", 1)
    return {"layers": [{**short, "weights": text([1] * (HIDDEN * SIZE - 1), "i1")}, layer(3, 4, "linear", 2)]}


def with_nan(key):
    part = layer(HIDDEN, SIZE, "relu", 1)
    part[key] = text([0.0, np.nan, 0.0, 0.0], "<f4") if key == "bias" else float("nan")
    return {"layers": [part, layer(SIZE, HIDDEN, "linear", 2)]}


WRONG = {
    "a weight is missing": (without_a_weight(), "layer of 11 weights where 3 inputs times 4 outputs belong"),
    "NaN in a bias": (with_nan("bias"), "nan among its floats"),
    "NaN as a scale": (with_nan("scale"), "nan where a number above 0 belongs"),
    "outputs are no features": (
        {"layers": [layer(HIDDEN, SIZE, "relu", 1)]},
        "4 outputs where its 3 features",
    ),
    "no layers": ({"layers": []}, "autoencoder of 3 outputs"),
    "unknown activation": (
        {"layers": [layer(HIDDEN, SIZE, "gelu", 1), layer(SIZE, HIDDEN, "linear", 2)]},
        "activation 'gelu'",
    ),
    "no limit": ({"limit": 0}, "0 where a number above 0 belongs"),
    "modes of nobody": ({"modes_of": 0}, "modes are nobody's"),
    "modes of the last": ({"modes_of": -1}, "modes are nobody's"),
}


@pytest.mark.parametrize("parameters, said", WRONG.values(), ids=WRONG)
def test_a_broken_network_is_refused_in_one_sentence_with_a_hint(parameters, said):
    with pytest.raises(ModelError) as caught:
        load(document(**parameters))
    assert said in str(caught.value) and caught.value.hint


def test_a_truncated_file_and_another_version_are_refused():
    with pytest.raises(ModelError, match="not whole JSON"):
        model_file.load(encode(document())[:-100], numeric)
    with pytest.raises(ModelError, match="version 3"):
        load({**document(), "version": 3})
