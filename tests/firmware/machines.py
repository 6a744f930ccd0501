"""Models of version 2 as headers of the sketch, and machines for them: one made up, one recorded."""

import numpy as np
import pytest
from judder.data.recording import make_recording
from judder.data.sources import load
from judder.data.windows import cut_windows
from judder.engine import numeric_numpy
from judder.export import arduino, samples
from judder.export.network import prepare
from judder_core import features, model_file

from tests import machine_v2, models_v2
from tests.firmware.compiling import ROOT

FAN = ROOT.parent / "shared" / "data" / "ceiling-fan.zip"
SCALE_G = machine_v2.SCALE_G  # of all recordings here: an MSA301's at 4 g
FAN_RATE_HZ, FAN_LEN = 200.0, 200
FAN_MODES = {"low": "fan_0_low_0_weight", "med": "fan_0_med_0_weight", "high": "fan_0_high_0_weight"}


def write_headers(folder, document, window):
    """Write a model's headers for the sketch; return the model. window: one that it may check itself by."""
    model = model_file.load(models_v2.encode(document), numeric_numpy)
    detector = model.detectors[0]
    network = prepare(detector, float32=True) if detector.kind == "autoencoder" else None
    windows = samples.from_model(model, detector, window, SCALE_G)
    arduino.write_headers(folder, model, detector, windows, network)
    return model


def as_windows(counts, rate_hz):
    """Return counts (n, window_len, 3) of one machine as the host has windows."""
    recording = make_recording("m", "m", [("0000", counts.reshape(-1, 3) * SCALE_G)], sample_rate_hz=rate_hz)
    return cut_windows([recording], rate_hz, counts.shape[1])


def fan_windows():
    """Return the counts (n, FAN_LEN, 3) of each condition of a ceiling fan; skip where they are not here."""
    if not FAN.exists():
        pytest.skip("The recordings in ../shared/data are not here.")
    windows = {}
    for recording in load(FAN):
        counts = np.concatenate([segment.samples for segment in recording.segments])
        windows[recording.condition] = counts[: len(counts) // FAN_LEN * FAN_LEN].reshape(-1, FAN_LEN, 3)
    return windows


def fan_document(windows, metrics=models_v2.LONG_METRICS, **changes):
    """Return a model of three speeds of the fan, by windows of its conditions."""
    normal = {name: windows[condition][:200] for name, condition in FAN_MODES.items()}
    pose = np.concatenate(list(normal.values())).mean(axis=(0, 1)) * SCALE_G
    groups = {name: rows(counts, pose) for name, counts in normal.items()}
    changes = {
        "pose": {"mean": pose.tolist(), "tolerance": 0.05},
        "standstill": {"limit_g": 0.0045},
        **changes,
    }
    document = models_v2.document(groups, "directional", FAN_LEN, metrics, **changes)
    document["signal"]["sample_rate_hz"] = FAN_RATE_HZ
    return document


def rows(counts, pose):
    scales_g = np.full(len(counts), SCALE_G)
    return np.stack(features.compute(numeric_numpy, "directional", counts, scales_g, pose), axis=-1)


def fan_with_fates(windows, number, seed=0):
    """Return counts (number, FAN_LEN, 3): recorded windows in turn, some of them bumped, turned or shaken."""
    rng = np.random.default_rng(seed)
    found = []
    while len(found) < number:
        condition = windows[rng.choice(sorted(windows))]
        strength = rng.choice([1.0, 1.1, 1.5, 40.0], p=[0.7, 0.1, 0.1, 0.1])
        turn = turned_by(rng.choice([0, 0, 0, 12, 30]))
        first = rng.integers(len(condition))
        for counts in condition[first : first + rng.integers(3, 40)]:
            middle = counts.mean(axis=0)
            shaken = (middle + strength * (counts - middle)) @ turn.T
            shaken[: FAN_LEN // 4] += 1000 * rng.choice([0, 1], p=[0.95, 0.05])
            found.append(np.clip(np.rint(shaken), -8192, 8191).astype(np.int16))
    return np.stack(found[:number])


def turned_by(degrees):
    """Return the matrix that turns about x by so many degrees."""
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    return np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])
