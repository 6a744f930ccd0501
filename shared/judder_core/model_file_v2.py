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
    check_goldens,
    check_model,
    common,
    decode_array,
    decode_floats,
    grey_zone,
    kind_of,
    must_be,
)

MOST_BLOCKS = 30  # of a mean, each a shorter mean
SHORTEST = 5  # windows, of the first mean of each level


def read(model_id, document, numeric):
    """Return the Model of document, checked; what is decoded is taken out of it. Raises ModelError."""
    model = _model(model_id, document, numeric)
    check_goldens(model, document, _check_golden, numeric)
    return model


def _model(model_id, document, numeric):
    must_be(document["signal"]["axes"] == 3, "number of axes")
    standstill = document["standstill"]
    feature_set = document["features"]["set"]
    size = len(features.names(feature_set))
    metrics = [(LEVELS.index(metric["level"]), int(metric["windows"])) for metric in document["metrics"]]
    shapes = [_shape(shape, size) for shape in document["shapes"]]
    detectors = [_detector(each, model_id, feature_set, size, numeric) for each in document["detectors"]]
    model = Model(
        feature_set,
        [_mode(mode, size, shapes, len(metrics)) for mode in document["modes"]],
        metrics,
        None if standstill is None else float(standstill["limit_g"]),
        *common(model_id, document, detectors),
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
    score, alarm = scores_of(model, detector, measured, numeric)
    check_close(model, "score", [score], [golden["score"]], [1.0])
    check_close(model, "alarm score", [alarm], [golden["alarm"]], [1.0])


def nearest(model, measured, numeric):
    """Return (the number of the mode that one window's features are nearest to, how far it is, the residual).

    measured: the features in their own units, as any engine has them for one window.
    """
    distances = [as_float(distance) for distance in model.distances(numeric, measured)]
    mode = distances.index(min(distances))
    return mode, distances[mode], model.residual(numeric, measured, mode)


def scores_of(model, detector, measured, numeric):
    """Return (score, alarm score) of one window's features alone, as golden windows have them.

    The latter is that of the residual under the first metric of an alarm.
    """
    mode, distance, residual = nearest(model, measured, numeric)
    factor = as_float(detector.factor(numeric, residual, model.modes[mode]))
    alarm = [level for level, _ in model.metrics].index(ALARM)
    return distance * factor, as_float(model.distance(numeric, residual, mode, alarm)) * factor
