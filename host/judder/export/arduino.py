"""A model as model_data.h, the constants of the Arduino sketch, and the two windows it is checked with."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from judder_core.autoencoder_v1 import AutoencoderDetector
from judder_core.calibration import Calibration
from judder_core.model_v1 import Detector
from judder_core.model_v1 import Model as CoreModel

from judder.errors import JudderError
from judder.export import samples
from judder.export.c_source import declaration, header, number, string
from judder.export.network import Network, prepare, spread
from judder.export.samples import Sample
from judder.model.document import Golden
from judder.model.files import SUFFIXES
from judder.model.model import Model

MOST_COMBINED = 8  # kMaxWindowsCombined in limits.h

HEAD = """\
// Model {id}, by `judder export --to arduino`. Do not edit: setup() recomputes its figures.
#ifndef JUDDER_MODEL_DATA_H
#define JUDDER_MODEL_DATA_H

#include "anomaly_sample.h"
#include "normal_sample.h"
#include "src/core/model.h"

namespace model_data {{

static_assert({window_len} <= judder::kMaxWindowLen,
              "set JUDDER_MAX_WINDOW_LEN in src/core/limits.h to {window_len}");

"""

TAIL = """\
static const judder::Model kModel = {{
    {id},
    {{{hash}}},
    {rate},
    {window_len},
    {combined},
    {most_disturbed},
    {{{rule}}},
    {disturbed},
    {pose},
    {tolerance},
    {{
        &judder::features::{features},
        kFeatureMean,
        kFeatureStd,
        kModes,
        {modes},
        {network},
        {threshold},
        {combined_threshold},
        {{{window_calibration}, kWindowCalibrationScores, kWindowCalibrationPValues}},
        {{{calibration}, kCalibrationScores, kCalibrationPValues}},
    }},
    kGoldens,
    {goldens},
}};

}}  // namespace model_data

#endif
"""


def write(
    path: Path,
    folder: Path,
    data: tuple[Path, str, str, float | None] | None = None,
    kind: str | None = None,
    float32: bool = False,
) -> list[Path]:
    """Write model_data.h, normal_sample.h and anomaly_sample.h of the model file at path into folder.

    data: (path, normal condition, anomalous condition, rate or None) for the two windows; without it the
    model's golden window is one, and the other is made of it. kind: of the detector, the model's first unless
    given. float32: an autoencoder's network, which is int8 else. Raises JudderError and ModelError.
    """
    if path.name.endswith(SUFFIXES):
        raise JudderError(f"{path.name} is a network alone.", hint="Give the .judder.json beside it.")
    file = Model.load(path, kind)
    model, detector = file.core, file.detector
    _check(model)
    autoencoder = detector if isinstance(detector, AutoencoderDetector) else None
    network = prepare(autoencoder, float32) if autoencoder else None
    if data:
        windows = samples.from_recordings(model, detector, *data)
    else:
        windows = samples.from_model(model, detector, _golden(file))
    if autoencoder and network and not float32:
        windows = [replace(each, spread=spread(autoencoder, network, each.features)) for each in windows]
    return write_headers(folder, model, detector, windows, network)


def write_headers(
    folder: Path, model: CoreModel, detector: Detector, windows: list[Sample], network: Network | None = None
) -> list[Path]:
    """Write the headers of a model and one of its detectors, which scored windows, by its network if any."""
    files = {f"{each.name}.h": _sample_header(each) for each in windows}
    files["model_data.h"] = _model_header(model, detector, windows, network)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, "ascii")
    return [folder / name for name in sorted(files)]


def _check(model: CoreModel) -> None:
    if model.windows_combined > MOST_COMBINED:
        raise JudderError(
            f"Model {model.model_id} combines {model.windows_combined} windows; the sketch, {MOST_COMBINED}.",
            hint="Train it again, or raise kMaxWindowsCombined in limits.h.",
        )


def _golden(file: Model) -> Golden:
    """Return the golden window that has the counts, whichever detector it is of."""
    if not file.document.golden:
        raise JudderError(
            f"Model {file.id} holds no golden window for the board to check itself with.",
            hint="Give it windows: --data PATH --normal COND --anomaly COND",
        )
    return file.document.golden[0]


def _sample_header(sample: Sample) -> str:
    scale = f"\n#define {sample.name.upper()}_SCALE_G {_single(sample.scale_g)} /* g per count */\n"
    return header(sample.name, sample.counts, f"Counts of x, y, z: {sample.source}.", scale)


def _model_header(
    model: CoreModel, detector: Detector, windows: list[Sample], network: Network | None
) -> str:
    return (
        HEAD.format(id=model.model_id.encode("ascii", "replace").decode(), window_len=model.window_len)
        + (_network(network) if network else "")
        + _arrays(model, detector, windows)
        + TAIL.format(
            id=string(model.model_id),
            hash=", ".join(f"0x{byte:02x}" for byte in model.model_hash),
            rate=_single(model.sample_rate_hz),
            window_len=model.window_len,
            combined=model.windows_combined,
            most_disturbed=model.most_disturbed,
            rule=", ".join(map(str, model.rule)),
            disturbed=_single(model.disturbed_g),
            pose="kPoseMean" if model.pose_mean else "nullptr",
            tolerance=_single(model.pose_tolerance_g),
            features=detector.feature_set,
            modes=len(detector.modes),
            network="&kNetwork" if network else "nullptr",
            threshold=_single(detector.threshold),
            combined_threshold=_single(detector.combined_threshold),
            window_calibration=_sizes(detector.window_calibration),
            calibration=_sizes(detector.calibration),
            goldens=len(windows),
        )
    )


def _arrays(model: CoreModel, detector: Detector, windows: list[Sample]) -> str:
    arrays = {
        "kFeatureMean": detector.mean,
        "kFeatureStd": detector.std,
        "kWindowCalibrationScores": detector.window_calibration.scores,
        "kWindowCalibrationPValues": detector.window_calibration.p_values,
        "kCalibrationScores": detector.calibration.scores,
        "kCalibrationPValues": detector.calibration.p_values,
    }
    if model.pose_mean:
        arrays["kPoseMean"] = model.pose_mean
    modes, goldens = [], []
    named: tuple[tuple[str, Any, Any], ...] = detector.modes
    for k, (name, mean, whitening) in enumerate(named):
        arrays |= {f"kMode{k}Mean": mean, f"kMode{k}Whitening": whitening}
        modes.append(f"    {{{string(name)}, kMode{k}Mean, kMode{k}Whitening}},\n")
    for k, each in enumerate(windows):
        arrays[f"kGolden{k}Features"] = each.features
        scale, figures = f"{each.name.upper()}_SCALE_G", f"{_single(each.score)}, {_single(each.spread)}"
        goldens.append(f"    {{{each.name}[0], {scale}, kGolden{k}Features, {figures}}},\n")
    return (
        "".join(declaration(name, np.asarray(values, np.float32)) for name, values in arrays.items())
        + f"static const judder::Mode kModes[{len(modes)}] = {{\n{''.join(modes)}}};\n"
        + f"static const judder::Golden kGoldens[{len(goldens)}] = {{\n{''.join(goldens)}}};\n\n"
    )


def _network(network: Network) -> str:
    """Return the network's bytes, aligned as TFLM wants them, and its arena with a fifth to spare."""
    arena = -(-network.arena_bytes * 6 // 5 // 16) * 16
    data = declaration("kNetworkBytes", np.frombuffer(network.tflite, np.uint8))
    return (
        f"#define MODEL_DATA_HAS_NETWORK 1  // operators: {', '.join(network.operators)}\n"
        f"alignas(16) {data}"
        f"alignas(16) static uint8_t network_arena[{arena}];\n"
        "static const judder::Network kNetwork = {kNetworkBytes, network_arena, sizeof network_arena,"
        f" {_single(network.limit)}, {_single(network.gain)}}};\n"
    )


def _sizes(table: Calibration) -> str:
    return f"{table.windows}, {len(table.scores)}"


def _single(value: float) -> str:
    return number(np.float32(value))
