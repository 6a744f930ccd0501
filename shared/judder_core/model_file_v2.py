"""The model artefact of version 2: detectors share modes, features and metrics; whitening is whole numbers.

See FORMATS.md for its keys.
"""

from . import features
from .decision import ALARM, LEVELS, NOTICE
from .mahalanobis import Metric
from .model import Detector, Mode, Model, as_float
from .model_parts import (
    calibration,
    check_close,
    check_golden_counts,
    check_model,
    decode_array,
    decode_floats,
    golden_counts,
    grey_zone,
    kind_of,
    must_be,
)

MOST_BLOCKS = 30  # of a mean, each a shorter mean
SHORTEST = 5  # windows, of the first mean of each level


def read(model_id, document, numeric):
    """Return the Model of document, checked; what is decoded is taken out of it. Raises ModelError."""
    model = _model(model_id, document, numeric)
    goldens = document.get("golden", ())
    document.clear()
    for golden, counts in golden_counts(goldens):
        check_golden_counts(model, golden, counts)
        _check_golden(model, golden, counts, numeric)
    return model


def _model(model_id, document, numeric):
    signal, decision = document["signal"], document["decision"]
    must_be(signal["axes"] == 3, "number of axes")
    pose = document["pose"] or {"mean": None, "tolerance": 0.0}
    standstill = document["standstill"]
    feature_set = document["features"]["set"]
    size = len(features.names(feature_set))
    metrics = [(LEVELS.index(metric["level"]), int(metric["windows"])) for metric in document["metrics"]]
    shapes = [_shape(shape, size) for shape in document["shapes"]]
    model = Model(
        feature_set,
        [_mode(mode, size, shapes, len(metrics)) for mode in document["modes"]],
        metrics,
        None if standstill is None else float(standstill["limit_g"]),
        model_id,
        document["name"],
        float(signal["sample_rate_hz"]),
        int(signal["window_len"]),
        [_detector(detector, model_id, feature_set, size, numeric) for detector in document["detectors"]],
        int(decision["most_disturbed"]),
        (decision["m"], decision["n"], decision["clear"]),
        float(document["disturbance"]["limit_g"]),
        pose["mean"] and [float(g) for g in pose["mean"]],
        float(pose["tolerance"]),
    )
    check_model(model)
    must_be(model.modes, "list of operating modes")
    must_be(model.standstill_g is None or model.standstill_g > 0, "limit of a standstill")
    _check_metrics(model)
    return model


def _check_metrics(model):
    """Each longer mean is one of shorter ones; the first two tell of the last windows."""
    must_be(model.metrics[:2] == [(NOTICE, SHORTEST), (ALARM, SHORTEST)], "list of metrics")
    must_be(min([level for level, _ in model.metrics]) >= NOTICE, "level of a metric")
    before = 1
    for windows in model.lengths:  # rising
        must_be(0 < windows <= MOST_BLOCKS * before and windows % before == 0, "number of windows")
        before = windows


def _shape(document, size):
    """Return (whitening, scales) of a matrix that modes share, or that one has for itself."""
    whitening = decode_array("h", document.pop("whitening"), size * (size + 1) // 2)
    return whitening, decode_floats(document.pop("scales"), size)


def _mode(document, size, shapes, metrics):
    mean = decode_floats(document.pop("mean"), size)
    entries = [_metric(entry, size, shapes) for entry in document["metrics"]]
    must_be(len(entries) == metrics, "number of metrics")
    return Mode(document["name"], mean, entries)


def _metric(document, size, shapes):
    number = document["shape"]
    must_be(0 <= number < len(shapes), "number of a shape")
    whitening, scales = shapes[number]
    stretch = document.pop("stretch", None)
    return Metric(whitening, scales, None if stretch is None else decode_floats(stretch, size))


def _detector(document, model_id, feature_set, size, numeric):
    make, add_parameters = KINDS[kind_of(document, KINDS, model_id)]()
    thresholds = document["thresholds"]
    detector = make(
        model_id,
        feature_set,
        [float(thresholds[name]) for name in ("window", "notice", "alarm")],
        calibration(document["window_calibration"]),
        calibration(document["calibration"]),
        grey_zone(document),
    )
    add_parameters(detector, document["parameters"], size, numeric)
    return detector


def _mahalanobis():
    return Detector, _add_nothing


def _autoencoder():
    from .autoencoder import AutoencoderDetector  # 7 kB that a board without one does not pay
    from .autoencoder_file import add_network

    return AutoencoderDetector, add_network


KINDS = {"mahalanobis": _mahalanobis, "autoencoder": _autoencoder}


def _add_nothing(detector, parameters, size, numeric):
    """A Mahalanobis detector has but the modes, which are the model's."""


def _check_golden(model, golden, counts, numeric):
    detector = model.detectors[golden["detector"]]
    measured = numeric.vector(
        [as_float(value) for value in model.features(numeric, numeric.batch(counts), golden["scale_g"])]
    )
    expected = decode_floats(golden["features"], len(measured))
    check_close(model, "feature", measured, expected, [1.0] * len(expected))
    distances = [as_float(distance) for distance in model.distances(numeric, measured)]
    mode = distances.index(min(distances))
    residual = model.residual(numeric, measured, mode)
    factor = as_float(detector.factor(numeric, residual, model.modes[mode]))
    _, alarm = model.scores(numeric, detector, mode, SHORTEST, residual)
    check_close(model, "score", [distances[mode] * factor], [golden["score"]], [1.0])
    check_close(model, "alarm score", [alarm], [golden["alarm"]], [1.0])
