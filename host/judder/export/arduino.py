"""A model as model_data.h, the constants of the Arduino sketch, and the two windows it is checked with."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from judder_core import model_file, model_parts
from judder_core.autoencoder import Network as Autoencoder
from judder_core.model import AnyModel
from numpy.typing import NDArray

from judder.errors import JudderError
from judder.export import samples
from judder.export.c_source import declaration, header, string
from judder.export.network import Network, prepare, spread
from judder.export.parts import Parts, calibration, floats, single, table
from judder.export.parts_v1 import parts_v1
from judder.export.parts_v2 import parts_v2
from judder.export.samples import Sample
from judder.model.files import SUFFIXES
from judder.model.model import Model

HEAD = """\
// Model {id}, by `judder export --to arduino`. Do not edit: setup() recomputes its figures.
#ifndef JUDDER_MODEL_DATA_H
#define JUDDER_MODEL_DATA_H

#include <math.h>

#include "anomaly_sample.h"
#include "normal_sample.h"
#include "{include}"

namespace model_data {{

using Judge = judder::{judge};

static_assert({window_len} <= judder::kMaxWindowLen,
              "set JUDDER_MAX_WINDOW_LEN in src/core/limits.h to {window_len}");

"""

TAIL = """\
static const judder::{model} kModel = {{
    {{
        {id},
        {{{hash}}},
        {rate},
        {window_len},
        {most_disturbed},
        {{{rule}}},
        {disturbed},
        {pose},
        {tolerance},
        &judder::features::{features},
        {network},
        {threshold},
        {combined_threshold},
        {alarm_threshold},
        {window_calibration},
        {calibration},
        kGoldens,
        {goldens},
    }},
    {fields},
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
    network = prepare(detector, float32) if isinstance(detector, Autoencoder) else None
    if data:
        windows = samples.from_recordings(model, detector, *data)
    else:
        windows = samples.from_model(model, detector, *_golden(file))
    if network and not float32:
        windows = [replace(each, spread=spread(network, each.expected.whitened)) for each in windows]
    return write_headers(folder, model, detector, windows, network)


def write_headers(
    folder: Path, model: Any, detector: Any, windows: list[Sample], network: Network | None = None
) -> list[Path]:
    """Write the headers of a model and one of its detectors, which scored windows, by its network if any."""
    parts = parts_v1(model, detector) if model.version == 1 else parts_v2(model, detector)
    files = {f"{each.name}.h": _sample_header(each) for each in windows}
    files["model_data.h"] = _model_header(model, detector, parts, windows, network)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, "ascii")
    return [folder / name for name in sorted(files)]


def _golden(file: Model) -> tuple[NDArray[np.int16], float]:
    """Return (counts (window_len, 3), g per count) of the golden window, whichever detector it is of."""
    goldens = model_file.parse(file.data).get("golden")
    if not goldens:
        raise JudderError(
            f"Model {file.id} holds no golden window for the board to check itself with.",
            hint="Give it windows: --data PATH --normal COND --anomaly COND",
        )
    counts = model_parts.decode_array("h", goldens[0]["counts"])
    return np.array(counts, np.int16).reshape(-1, 3), float(goldens[0]["scale_g"])


def _sample_header(sample: Sample) -> str:
    scale = f"\n#define {sample.name.upper()}_SCALE_G {single(sample.scale_g)} /* g per count */\n"
    return header(sample.name, sample.counts, f"Counts of x, y, z: {sample.source}.", scale)


def _model_header(
    model: AnyModel, detector: Any, parts: Parts, windows: list[Sample], network: Network | None
) -> str:
    window_arrays, window_calibration = calibration("kWindowCalibration", detector.window_calibration)
    arrays, combined_calibration = calibration("kCalibration", detector.calibration)
    return (
        HEAD.format(
            id=model.model_id.encode("ascii", "replace").decode(),
            include=parts.include,
            judge=parts.judge,
            window_len=model.window_len,
        )
        + (_network(network) if network else "")
        + window_arrays
        + arrays
        + (floats({"kPoseMean": model.pose_mean}) if model.pose_mean else "")
        + _goldens(windows)
        + parts.declarations
        + "\n"
        + TAIL.format(
            **_fields(model, detector, parts),
            network="&kNetwork" if network else "nullptr",
            window_calibration=window_calibration,
            calibration=combined_calibration,
            goldens=len(windows),
            fields=",\n    ".join(parts.fields),
        )
    )


def _fields(model: AnyModel, detector: Any, parts: Parts) -> dict[str, object]:
    """Return the fields of AnyModel that are in the model file, by their names in TAIL."""
    alarm_threshold = parts.alarm_threshold
    return {
        "model": parts.model,
        "id": string(model.model_id),
        "hash": ", ".join(f"0x{byte:02x}" for byte in model.model_hash),
        "rate": single(model.sample_rate_hz),
        "window_len": model.window_len,
        "most_disturbed": model.most_disturbed,
        "rule": ", ".join(map(str, model.rule)),
        "disturbed": single(model.disturbed_g),
        "pose": "kPoseMean" if model.pose_mean else "nullptr",
        "tolerance": single(model.pose_tolerance_g),
        "features": parts.feature_set,
        "threshold": single(detector.threshold),
        "combined_threshold": single(detector.combined_threshold),
        "alarm_threshold": "NAN" if alarm_threshold is None else single(alarm_threshold),
    }


def _goldens(windows: list[Sample]) -> str:
    arrays = {f"kGolden{k}Features": each.expected.features for k, each in enumerate(windows)}
    rows = []
    for k, each in enumerate(windows):
        scores = map(single, (each.score, each.expected.alarm_score, each.spread))
        rows.append(f"{each.name}[0], {each.name.upper()}_SCALE_G, kGolden{k}Features, {', '.join(scores)}")
    return floats(arrays) + table("Golden", "kGoldens", rows)


def _network(network: Network) -> str:
    """Return the network's bytes, aligned as TFLM wants them, and its arena with a fifth to spare."""
    arena = -(-network.arena_bytes * 6 // 5 // 16) * 16
    data = declaration("kNetworkBytes", np.frombuffer(network.tflite, np.uint8))
    return (
        f"#define MODEL_DATA_HAS_NETWORK 1  // operators: {', '.join(network.operators)}\n"
        f"alignas(16) {data}"
        f"alignas(16) static uint8_t network_arena[{arena}];\n"
        "static const judder::Network kNetwork = {kNetworkBytes, network_arena, sizeof network_arena,"
        f" {single(network.limit)}, {single(network.gain)}}};\n"
    )
