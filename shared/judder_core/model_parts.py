"""What model files of each version have in common: arrays as text, tables, what must hold, golden windows."""

import binascii
import math
from array import array

from .calibration import Calibration
from .errors import ModelError
from .model import as_float

GOLDEN_TOLERANCE = 1e-3


def decode_floats(text, length=None):
    """Return the array of floats in text. Raises ModelError unless they are finite, and `length` many.

    >>> list(decode_floats("AACAPwAAAMA=", 2))
    [1.0, -2.0]
    """
    values = decode_array("f", text, length)
    for value in values:
        if not math.isfinite(value):
            raise ModelError("Model has a %r among its floats." % value, "Train it again.")
    return values


def decode_array(typecode, text, length=None):
    """Return the array of numbers in text. Raises ModelError unless there are `length` of them."""
    try:
        values = array(typecode, binascii.a2b_base64(text.encode()))
    except (ValueError, TypeError, AttributeError):
        raise ModelError("Model has %r where base64 belongs." % (text,), "Copy the file again.")
    if length is not None and len(values) != length:
        raise ModelError(
            "Model has an array of %d %s where %d belong."
            % (len(values), "floats" if typecode == "f" else "numbers", length),
            "Train it again.",
        )
    return values


def calibration(document):
    scores = decode_floats(document["scores"])
    return Calibration(document["windows"], scores, decode_floats(document["p_values"], len(scores)))


def grey_zone(document):
    """Return the scores of a detector between which the host is asked, or None."""
    zone = document.get("grey_zone")
    if not zone:
        return None
    low, high = [float(score) for score in zone]
    must_be(low <= high, "grey zone")
    return [low, high]


def must_be(sane, what):
    """Raise ModelError for what no window could be judged by."""
    if not sane:
        raise ModelError("Model has a %s that cannot be." % what, "Train it again.")


def check_model(model):
    """Raise ModelError for what no window could be judged by in a model of whichever version."""
    model.decision()  # so that a wrong rule is found now
    pose = model.pose_mean
    must_be(0 < model.sample_rate_hz < 1e6, "sample rate")
    must_be(8 <= model.window_len <= 65535, "window length")
    must_be(model.detectors, "list of detectors")
    must_be(0 <= model.most_disturbed <= 30, "number of disturbed windows")
    must_be(model.disturbed_g > 0, "limit of disturbance")
    must_be(pose is None or (len(pose) == 3 and math.isfinite(sum(pose))), "pose")
    must_be(model.pose_tolerance_g >= 0, "tolerance of the pose")


def kind_of(document, kinds, model_id):
    """Return the kind of a detector. Raises ModelError where it is none of kinds."""
    kind = document["kind"]
    if kind not in kinds:
        raise ModelError(
            "Model %s has a detector of kind %r; this version knows: %s."
            % (model_id, kind, ", ".join(sorted(kinds))),
            "Update Judder on this side.",
        )
    return kind


def common(model_id, document, detectors):
    """Return what models of each version are made of, in the order of model.AnyModel."""
    signal, decision = document["signal"], document["decision"]
    pose = document["pose"] or {"mean": None, "tolerance": 0.0}
    return (
        model_id,
        document["name"],
        float(signal["sample_rate_hz"]),
        int(signal["window_len"]),
        detectors,
        int(decision["most_disturbed"]),
        (decision["m"], decision["n"], decision["clear"]),
        float(document["disturbance"]["limit_g"]),
        pose["mean"] and [float(g) for g in pose["mean"]],
        float(pose["tolerance"]),
    )


def check_goldens(model, document, check, numeric):
    """Raise ModelError where this runtime does not come to the golden windows of document.

    check(model, golden, counts, numeric) recomputes one. What else the document holds is forgotten first,
    for a board's memory.
    """
    goldens = document.get("golden", ())
    document.clear()
    counts = None
    for golden in goldens:
        if "counts" in golden:  # else it is the one before, seen by another detector
            counts = decode_array("h", golden["counts"])
        must_be(counts is not None and len(counts) == 3 * model.window_len, "golden window")
        must_be(0 < golden["scale_g"] < 1, "golden window's scale")
        check(model, golden, counts, numeric)


def check_close(model, what, found, expected, unit):
    """Compare relative to the larger of the expected value and its unit: a logarithm may well be 0."""
    for k in range(len(expected)):
        gap = abs(as_float(found[k]) - expected[k])
        if not gap <= GOLDEN_TOLERANCE * max(abs(expected[k]), unit[k]):
            raise ModelError(
                "Model %s fails its golden check: %s %d is %s here, %s where it was made."
                % (model.model_id, what, k, found[k], expected[k]),
                "Board and host run different versions; deploy both again.",
            )
