"""The model artefact of version 1: each detector has features and modes of its own, arrays are float32."""

from . import features
from .errors import ModelError
from .model_parts import (
    calibration,
    check_close,
    check_goldens,
    check_model,
    common,
    decode_floats,
    grey_zone,
    kind_of,
    must_be,
)
from .model_v1 import MahalanobisDetector, Model


def read(model_id, document, numeric):
    """Return the Model of document, checked; what is decoded is taken out of it. Raises ModelError."""
    model = _model(model_id, document, numeric)
    check_goldens(model, document, _check_golden, numeric)
    return model


def _model(model_id, document, numeric):
    detectors = []
    for detector in document["detectors"]:
        detectors.append(_detector(detector, model_id, detectors, numeric))
    model = Model(int(document["decision"]["windows"]), *common(model_id, document, detectors))
    check_model(model)
    must_be(1 <= model.windows_combined <= 30, "number of windows")
    return model


def _detector(document, model_id, earlier, numeric):
    make, add_parameters = KINDS[kind_of(document, KINDS, model_id)]()
    scaling = document["features"]
    size = len(features.names(scaling["set"]))
    detector = make(
        model_id,
        scaling["set"],
        decode_floats(scaling["mean"], size),
        decode_floats(scaling["std"], size),
        float(document["threshold"]),
        float(document["combined_threshold"]),
        calibration(document["window_calibration"]),
        calibration(document["calibration"]),
        grey_zone(document),
    )
    add_parameters(detector, document["parameters"], size, earlier, numeric)
    return detector


def _mahalanobis():
    return MahalanobisDetector, _add_modes


def _autoencoder():
    from .autoencoder_v1 import AutoencoderDetector  # 7 kB that a board without one does not pay

    return AutoencoderDetector, _add_network


KINDS = {"mahalanobis": _mahalanobis, "autoencoder": _autoencoder}


def _add_modes(detector, parameters, size, earlier, numeric):
    """Give detector the operating modes in parameters, of size features: a list of {name, mean: size floats,
    whitening: size * (size + 1) / 2 floats}. This is all that a Mahalanobis detector has.
    """
    detector.modes = [
        (
            mode["name"],
            numeric.coefficients(decode_floats(mode.pop("mean"), size)),
            numeric.coefficients(decode_floats(mode.pop("whitening"), size * (size + 1) // 2)),
        )
        for mode in parameters["modes"]
    ]
    if not detector.modes:
        raise ModelError("Model has no operating mode.", "Train it again.")


def _add_network(detector, parameters, size, earlier, numeric):
    """Give detector what parameters hold of it: modes, or modes_of: the number of an earlier detector that
    has the same; and its network, see autoencoder_file.
    """
    from .autoencoder_file import add_network

    if "modes_of" in parameters:
        number = parameters["modes_of"]
        detector.modes = earlier[number].modes if 0 <= number < len(earlier) else ()
        if not detector.modes or len(detector.modes[0][1]) != size:
            raise ModelError(
                "Model has an autoencoder whose modes are nobody's, or of other features.", "Train it again."
            )
    else:
        _add_modes(detector, parameters, size, earlier, numeric)
    add_network(detector, parameters, size, numeric)


def _check_golden(model, golden, counts, numeric):
    detector = model.detectors[golden["detector"]]
    measured = numeric.vector(detector.features(numeric, numeric.batch(counts), golden["scale_g"]))
    expected = decode_floats(golden["features"], len(measured))
    check_close(model, "feature", measured, expected, detector.std)
    check_close(model, "score", [detector.score(numeric, measured)], [golden["score"]], [1.0])
