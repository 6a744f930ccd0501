"""The model artefact, NAME.judder.json version 1: one small file that host writes and board loads.

Arrays are base64 of little-endian float32: numbers as JSON text triple the size and exhaust a board.
The model id is NAME-XXXXXXXX, the first 8 hex digits of the SHA-256 of the file's bytes.
"""

import binascii
import hashlib
import json
import math
from array import array

from . import features, mahalanobis
from .calibration import Calibration
from .decision import Decision, Verdict
from .errors import CoreError, ModelError

FORMAT = "judder-model"
VERSION = 1
MAX_BYTES = 20000
GOLDEN_TOLERANCE = 1e-3


def encode_floats(values):
    """Return values (numbers) as the base64 text of little-endian float32.

    >>> encode_floats([1.0, -2.0])
    'AACAPwAAAMA='
    """
    return binascii.b2a_base64(bytes(array("f", values))).decode().strip()


def decode_floats(text, length=None):
    """Return the array of floats in text. Raises ModelError unless they are finite, and `length` many.

    >>> list(decode_floats("AACAPwAAAMA=", 2))
    [1.0, -2.0]
    """
    values = _decode_array("f", text)
    if length is not None and len(values) != length:
        raise ModelError("Model has an array of %d floats where %d belong." % (len(values), length))
    for value in values:
        if not math.isfinite(value):
            raise ModelError("Model has a %r among its floats." % value, "Train it again.")
    return values


def encode_counts(counts):
    """Return an array of int16 as base64 text."""
    return binascii.b2a_base64(bytes(counts)).decode().strip()


def _decode_array(typecode, text):
    try:
        return array(typecode, binascii.a2b_base64(text))
    except (ValueError, TypeError):
        raise ModelError("Model has %r where base64 belongs." % (text,), "Copy the file again.")


class Model:
    """A checked model. detectors: in the order of the file, the board's own first."""

    def __init__(self, model_id, document):
        signal = document["signal"]
        self.model_id = model_id
        self.name = document["name"]
        self.sample_rate_hz = float(signal["sample_rate_hz"])
        self.window_len = int(signal["window_len"])
        self.detectors = [_detector(d, model_id) for d in document["detectors"]]
        self._decision = document["decision"]
        self.decision()  # so that a wrong one is found now

    @property
    def model_hash(self):
        """The first four bytes of the file's SHA-256, as frames carry it."""
        return binascii.unhexlify(self.model_id[-8:])

    def decision(self):
        """Return a fresh Decision, the state of one machine."""
        return Decision(self._decision["m"], self._decision["n"], self._decision["clear"])

    def fits(self, window_len, sample_rate_hz):
        """Return None if windows of this length and rate can be scored, else why not.

        A board's crystal and a sensor's own clock differ by percents: 5 % are let pass.
        """
        if window_len != self.window_len:
            return "windows have %d samples; model %s needs %d" % (window_len, self.model_id, self.window_len)
        if abs(sample_rate_hz / self.sample_rate_hz - 1) > 0.05:
            return "windows are sampled at %.1f Hz; model %s needs %.1f" % (
                sample_rate_hz,
                self.model_id,
                self.sample_rate_hz,
            )
        return None


class Detector:
    """What all kinds of detector share: standardised features in, a score, its p-value and verdict out."""

    def __init__(self, document, model_id):
        self.model_id = model_id
        self.kind = document["kind"]
        self.feature_set = document["features"]["set"]
        size = len(features.names(self.feature_set))
        self.mean = decode_floats(document["features"]["mean"], size)
        self.std = decode_floats(document["features"]["std"], size)
        self.threshold = float(document["threshold"])
        self.grey_zone = document.get("grey_zone")
        self.calibration = _calibration(document["calibration"])
        if min(self.std) <= 0 or not math.isfinite(self.threshold):
            raise ModelError(
                "Model has a standard deviation of 0, or no finite threshold.", "Train it again."
            )

    def features(self, numeric, counts, scale_g):
        """Return the features of a window as they are measured, in their own units."""
        return features.compute(numeric, self.feature_set, counts, scale_g)

    def score(self, numeric, measured):
        """Return the score of measured features; higher is stranger."""
        scaled = [(measured[i] - self.mean[i]) / self.std[i] for i in range(len(self.mean))]
        return self.score_scaled(numeric, scaled)

    def score_scaled(self, numeric, scaled):
        """Return the score of standardised features. Each kind of detector has its own."""
        raise NotImplementedError

    def verdict(self, score, judged_by):
        """Return the Verdict on score; judged_by: "board" or "host"."""
        return Verdict(score, self.threshold, self.calibration.p_value(score), judged_by, self.model_id)

    def in_grey_zone(self, score):
        """Return whether score is too near the threshold for this detector to be sure."""
        return self.grey_zone is not None and self.grey_zone[0] <= score <= self.grey_zone[1]


class MahalanobisDetector(Detector):
    """The smallest Mahalanobis distance over the operating modes."""

    def __init__(self, document, model_id):
        super().__init__(document, model_id)
        size = len(self.mean)
        self.modes = [
            (
                mode["name"],
                decode_floats(mode["mean"], size),
                decode_floats(mode["whitening"], size * (size + 1) // 2),
            )
            for mode in document["parameters"]["modes"]
        ]
        if not self.modes:
            raise ModelError("Model has no operating mode.", "Train it again.")

    def score_scaled(self, numeric, scaled):
        nearest = None
        for _, mean, packed in self.modes:
            distance = mahalanobis.distance(scaled, mean, packed, numeric)
            nearest = distance if nearest is None else numeric.minimum(nearest, distance)
        return nearest


KINDS = {"mahalanobis": MahalanobisDetector}


def _detector(document, model_id):
    kind = document["kind"]
    if kind not in KINDS:
        raise ModelError(
            "Model %s has a detector of kind %r; this version knows: %s."
            % (model_id, kind, ", ".join(sorted(KINDS))),
            "Update Judder on this side.",
        )
    return KINDS[kind](document, model_id)


def _calibration(document):
    scores = decode_floats(document["scores"])
    return Calibration(document["windows"], scores, decode_floats(document["p_values"], len(scores)))


def encode(document):
    """Return the bytes of a model file. Raises ModelError if they are more than a board takes."""
    data = json.dumps(document).encode()
    if len(data) > MAX_BYTES:
        raise ModelError(
            "Model is %d bytes; a board takes %d." % (len(data), MAX_BYTES),
            "Use fewer features or operating modes.",
        )
    return data


def model_id_of(name, data):
    """Return the id of the model file called name that consists of data (bytes)."""
    return "%s-%s" % (name, binascii.hexlify(hashlib.sha256(data).digest()[:4]).decode())


def load(data, numeric):
    """Return the Model in data (bytes), its golden windows recomputed with the engine numeric.

    Raises ModelError where it is no model of this version, is damaged, or this runtime does not come to
    the scores that its maker came to.
    """
    document = parse(data)
    try:
        model = Model(model_id_of(document["name"], data), document)
    except KeyError as error:
        raise ModelError("Model lacks %s." % error, "Train it again.")
    except (TypeError, ValueError, IndexError) as error:
        raise ModelError("Model has a value of the wrong kind: %s." % error, "Train it again.")
    except CoreError as error:  # also what a feature set or a decision says of itself
        raise ModelError(str(error), error.hint)
    _check_golden(model, document.get("golden", ()), numeric)
    return model


def parse(data):
    """Return the JSON document in data (bytes) after a look at its format and version."""
    try:
        document = json.loads(data)
    except ValueError:
        raise ModelError("Model file is not whole JSON (%d bytes)." % len(data), "Copy the file again.")
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ModelError('File is no Judder model: its "format" is not "%s".' % FORMAT)
    if document.get("version") != VERSION:
        raise ModelError(
            "Model has version %s; this side knows version %d." % (document.get("version"), VERSION),
            "Update the side that is older, or train the model again.",
        )
    return document


def _check_golden(model, goldens, numeric):
    for golden in goldens:
        detector = model.detectors[golden["detector"]]
        counts = numeric.batch(_decode_array("h", golden["counts"]))
        measured = detector.features(numeric, counts, golden["scale_g"])
        _check_close(model, "feature", measured, decode_floats(golden["features"], len(measured)))
        _check_close(model, "score", [detector.score(numeric, measured)], [golden["score"]])


def _check_close(model, what, found, expected):
    for k in range(len(expected)):
        gap = abs(as_float(found[k]) - expected[k])
        if not gap <= GOLDEN_TOLERANCE * max(abs(expected[k]), 1e-6):
            raise ModelError(
                "Model %s fails its golden check: %s %d is %s here, %s where it was made."
                % (model.model_id, what, k, found[k], expected[k]),
                "Board and host run different versions; deploy both again.",
            )


def as_float(value):
    """Return a scalar of any engine as one float."""
    return float(value[0] if hasattr(value, "__len__") else value)
