"""The model artefact, NAME.judder.json version 1: one small file that host writes and board loads.

Arrays are base64 of little-endian float32: numbers as JSON text triple the size and exhaust a board.
The model id is NAME-XXXXXXXX, the first 8 hex digits of the SHA-256 of the file's bytes.
A golden window without counts is the one before it, seen by another detector.
"""

import binascii
import hashlib
import json
import math

from . import features
from .calibration import Calibration
from .errors import CoreError, ModelError
from .model import MahalanobisDetector, Model, as_float
from .model_parts import add_modes, decode_array, decode_floats

FORMAT = "judder-model"
VERSION = 1
MAX_BYTES = 20000
MAX_NAME = 100
GOLDEN_TOLERANCE = 1e-3
_BLOCK = 512


def load(data, numeric):
    """Return the Model in data (bytes), its golden windows recomputed with the engine numeric.

    Raises ModelError where it is no model of this version, is damaged, or this runtime does not come to
    the scores that its maker came to.
    """
    return _make(parse(data), hashlib.sha256(data).digest(), numeric)


def load_file(path, numeric):
    """Return the Model in the file at path as load() does, which is never whole in memory. Raises OSError."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while True:
            block = file.read(_BLOCK)
            if not block:
                break
            digest.update(block)
        file.seek(0)
        try:
            document = json.load(file)
        except (ValueError, RuntimeError):  # the latter: nested too deeply
            document = None
    return _make(_checked(document), digest.digest(), numeric)


def parse(data):
    """Return the JSON document in data (bytes) after a look at its format and version."""
    try:
        document = json.loads(data)
    except (ValueError, RuntimeError):  # the latter: nested too deeply
        document = None
    return _checked(document)


def model_id_of(name, digest):
    """Return the id of the model file called name whose SHA-256 is digest (bytes)."""
    return "%s-%s" % (name, binascii.hexlify(digest[:4]).decode())


def is_name(name):
    """Return whether a model can be called so: a file is named after it."""
    return 0 < len(name.encode()) <= MAX_NAME and not [c for c in name if c in "/\\" or ord(c) < 32]


def _checked(document):
    if document is None:
        raise ModelError("Model file is not whole JSON.", "Copy the file again.")
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ModelError('File is no Judder model: its "format" is not "%s".' % FORMAT, "Name another file.")
    if document.get("version") != VERSION:
        raise ModelError(
            "Model has version %s; this side knows version %d." % (document.get("version"), VERSION),
            "Update the side that is older, or train the model again.",
        )
    return document


def _make(document, digest, numeric):
    """Return the Model of document; what is decoded is taken out of it, for a board's memory."""
    try:
        model = _model(model_id_of(document["name"], digest), document, numeric)
        goldens = document.get("golden", ())
        document.clear()
        counts = None
        for golden in goldens:
            counts = decode_array("h", golden["counts"]) if "counts" in golden else counts
            _check_golden(model, golden, counts, numeric)
    except KeyError as error:
        raise ModelError("Model lacks %s." % error, "Train it again.")
    except (TypeError, ValueError, IndexError, OverflowError, AttributeError) as error:
        raise ModelError("Model has a value of the wrong kind: %s." % error, "Train it again.")
    except ModelError:
        raise
    except CoreError as error:  # what a feature set says of itself
        raise ModelError(str(error), error.hint)
    return model


def _model(model_id, document, numeric):
    signal, decision = document["signal"], document["decision"]
    pose = document["pose"] or {"mean": None, "tolerance": 0.0}
    detectors = []
    for detector in document["detectors"]:
        detectors.append(_detector(detector, model_id, detectors, numeric))
    model = Model(
        model_id,
        document["name"],
        float(signal["sample_rate_hz"]),
        int(signal["window_len"]),
        detectors,
        int(decision["windows"]),
        int(decision["most_disturbed"]),
        (decision["m"], decision["n"], decision["clear"]),
        float(document["disturbance"]["limit_g"]),
        pose["mean"] and [float(g) for g in pose["mean"]],
        float(pose["tolerance"]),
    )
    model.decision()  # so that a wrong rule is found now
    _check_ranges(model)
    return model


def _check_ranges(model):
    """Raise ModelError for what no window could be judged by, or no file be named after."""
    pose = model.pose_mean
    for sane, what in (
        (is_name(model.name), "name"),
        (0 < model.sample_rate_hz < 1e6, "sample rate"),
        (8 <= model.window_len <= 65535, "window length"),
        (model.detectors, "list of detectors"),
        (1 <= model.windows_combined <= 30, "number of windows"),
        (0 <= model.most_disturbed <= 30, "number of disturbed windows"),
        (model.disturbed_g > 0, "limit of disturbance"),
        (pose is None or (len(pose) == 3 and math.isfinite(sum(pose))), "pose"),
        (model.pose_tolerance_g >= 0, "tolerance of the pose"),
    ):
        if not sane:
            raise ModelError("Model has a %s that cannot be." % what, "Train it again.")
    for detector in model.detectors:
        zone = detector.grey_zone
        if zone is not None and not (len(zone) == 2 and zone[0] <= zone[1]):
            raise ModelError("Model has a grey zone that cannot be.", "Train it again.")


def _mahalanobis():
    return MahalanobisDetector, add_modes


def _autoencoder():
    from .autoencoder import AutoencoderDetector  # 7 kB that a board without one does not pay
    from .autoencoder_file import add_network

    return AutoencoderDetector, add_network


KINDS = {"mahalanobis": _mahalanobis, "autoencoder": _autoencoder}


def _detector(document, model_id, earlier, numeric):
    kind = document["kind"]
    if kind not in KINDS:
        raise ModelError(
            "Model %s has a detector of kind %r; this version knows: %s."
            % (model_id, kind, ", ".join(sorted(KINDS))),
            "Update Judder on this side.",
        )
    make, add_parameters = KINDS[kind]()
    scaling = document["features"]
    size = len(features.names(scaling["set"]))
    detector = make(
        model_id,
        scaling["set"],
        decode_floats(scaling["mean"], size),
        decode_floats(scaling["std"], size),
        float(document["threshold"]),
        float(document["combined_threshold"]),
        _calibration(document["window_calibration"]),
        _calibration(document["calibration"]),
        document.get("grey_zone") and [float(score) for score in document["grey_zone"]],
    )
    add_parameters(detector, document["parameters"], size, earlier, numeric)
    return detector


def _calibration(document):
    scores = decode_floats(document["scores"])
    return Calibration(document["windows"], scores, decode_floats(document["p_values"], len(scores)))


def _check_golden(model, golden, counts, numeric):
    detector = model.detectors[golden["detector"]]
    measured = numeric.vector(detector.features(numeric, numeric.batch(counts), golden["scale_g"]))
    expected = decode_floats(golden["features"], len(measured))
    _check_close(model, "feature", measured, expected, detector.std)
    _check_close(model, "score", [detector.score(numeric, measured)], [golden["score"]], [1.0])


def _check_close(model, what, found, expected, unit):
    """Compare relative to the larger of the expected value and its unit: a logarithm may well be 0."""
    for k in range(len(expected)):
        gap = abs(as_float(found[k]) - expected[k])
        if not gap <= GOLDEN_TOLERANCE * max(abs(expected[k]), unit[k]):
            raise ModelError(
                "Model %s fails its golden check: %s %d is %s here, %s where it was made."
                % (model.model_id, what, k, found[k], expected[k]),
                "Board and host run different versions; deploy both again.",
            )
