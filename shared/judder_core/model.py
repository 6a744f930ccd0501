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
_BLOCK = 512


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


def _decode_array(typecode, text):
    try:
        return array(typecode, binascii.a2b_base64(text))
    except (ValueError, TypeError):
        raise ModelError("Model has %r where base64 belongs." % (text,), "Copy the file again.")


class Model:
    """A checked model. detectors: in the order of the file, the board's own first.

    windows_combined: how many windows' features make up the evidence; most_disturbed: how many in a row may
    be left out of it. disturbed_g: the swing of a window's quarters from which it is disturbed. pose_mean:
    x, y, z in g, or None where the mounting is not watched; pose_tolerance_g.
    """

    def __init__(self, model_id, document):
        signal, decision = document["signal"], document["decision"]
        self.model_id = model_id
        self.name = document["name"]
        self.sample_rate_hz = float(signal["sample_rate_hz"])
        self.window_len = int(signal["window_len"])
        self.windows_combined = int(decision["windows"])
        self.most_disturbed = int(decision["most_disturbed"])
        self._rule = (decision["m"], decision["n"], decision["clear"])
        self.decision()  # so that a wrong one is found now
        self.disturbed_g = float(document["disturbance"]["limit_g"])
        pose = document["pose"] or {"mean": None, "tolerance": 0.0}
        self.pose_mean = pose["mean"] and [float(g) for g in pose["mean"]]
        self.pose_tolerance_g = float(pose["tolerance"])
        self.detectors = [_detector(d, model_id) for d in document["detectors"]]

    @property
    def model_hash(self):
        """The first four bytes of the file's SHA-256, as frames carry it."""
        return binascii.unhexlify(self.model_id[-8:])

    def decision(self):
        """Return a fresh Decision, the state of one machine."""
        return Decision(*self._rule)

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
    """What all kinds of detector share: standardised features in, a score, its p-value and verdict out.

    threshold: of a window's own score; combined_threshold and calibration: of the combined score;
    grey_zone: the combined scores between which the host is asked, or None.
    """

    modes = ()

    def __init__(self, document, model_id):
        self.model_id = model_id
        self.kind = document["kind"]
        self.feature_set = document["features"]["set"]
        size = len(features.names(self.feature_set))
        self.mean = decode_floats(document["features"]["mean"], size)
        self.std = decode_floats(document["features"]["std"], size)
        self.threshold = float(document["threshold"])
        self.combined_threshold = float(document["combined_threshold"])
        self.grey_zone = document.get("grey_zone")
        self.calibration = _calibration(document["calibration"])
        self.window_calibration = _calibration(document["window_calibration"])
        limits = (self.threshold, self.combined_threshold)
        if min(self.std) <= 0 or not all([math.isfinite(limit) for limit in limits]):
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

    def verdict(self, score, combined_score, judged_by):
        """Return the Verdict on a window's score and the combined one (None: too few windows yet)."""
        if combined_score is None:
            p_value = self.window_calibration.p_value(score)
        else:
            p_value = self.calibration.p_value(combined_score)
        verdict = Verdict(score, self.threshold, p_value, judged_by, self.model_id)
        verdict.combined_score = combined_score
        verdict.combined_threshold = self.combined_threshold
        verdict.combined_anomaly = combined_score is not None and combined_score > self.combined_threshold
        return verdict

    def in_grey_zone(self, combined_score):
        """Return whether combined_score is too near the threshold for this detector to be sure."""
        zone = self.grey_zone
        return zone is not None and combined_score is not None and zone[0] <= combined_score <= zone[1]


class MahalanobisDetector(Detector):
    """The smallest Mahalanobis distance over the operating modes."""

    def __init__(self, document, model_id):
        super().__init__(document, model_id)
        size = len(self.mean)
        self.modes = [
            (
                mode["name"],
                decode_floats(mode.pop("mean"), size),
                decode_floats(mode.pop("whitening"), size * (size + 1) // 2),
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


def model_id_of(name, digest):
    """Return the id of the model file called name whose SHA-256 is digest (bytes)."""
    return "%s-%s" % (name, binascii.hexlify(digest[:4]).decode())


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
        except ValueError:
            document = None
    return _make(_checked(document), digest.digest(), numeric)


def parse(data):
    """Return the JSON document in data (bytes) after a look at its format and version."""
    try:
        document = json.loads(data)
    except ValueError:
        document = None
    return _checked(document)


def _checked(document):
    if document is None:
        raise ModelError("Model file is not whole JSON.", "Copy the file again.")
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ModelError('File is no Judder model: its "format" is not "%s".' % FORMAT)
    if document.get("version") != VERSION:
        raise ModelError(
            "Model has version %s; this side knows version %d." % (document.get("version"), VERSION),
            "Update the side that is older, or train the model again.",
        )
    return document


def _make(document, digest, numeric):
    """Return the Model of document; what is decoded is taken out of it, for a board's memory."""
    try:
        model = Model(model_id_of(document["name"], digest), document)
        goldens = document.get("golden", ())
        document.clear()
        for golden in goldens:
            _check_golden(model, golden, numeric)
    except KeyError as error:
        raise ModelError("Model lacks %s." % error, "Train it again.")
    except (TypeError, ValueError, IndexError) as error:
        raise ModelError("Model has a value of the wrong kind: %s." % error, "Train it again.")
    except ModelError:
        raise
    except CoreError as error:  # also what a feature set says of itself
        raise ModelError(str(error), error.hint)
    return model


def _check_golden(model, golden, numeric):
    detector = model.detectors[golden["detector"]]
    counts = numeric.batch(_decode_array("h", golden["counts"]))
    measured = detector.features(numeric, counts, golden["scale_g"])
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


def as_float(value):
    """Return a scalar of any engine as one float."""
    return float(value[0] if hasattr(value, "__len__") else value)
