"""The recorded machines as a board would meet them: a trained model, and 2,000 windows, faults among them."""

import json
from pathlib import Path

import judder
import numpy as np
import pytest
from judder.data.recording import make_recording
from judder.data.sources import load
from judder.data.windows import cut_windows

from tests.machine_v2 import SCALE_G

DATA = Path(__file__).parents[2] / "shared" / "data"
MACHINES = {
    # name: (file, Hz, window_len, hop, what the names of normal conditions have in them)
    "small fan": ("uci611-fan-50hz.npz", 50.0, 64, 64, "normal-"),
    "gearbox": ("gearbox.npz", 1000.0, 256, 256, "normal-"),
    "rig": ("rig-1khz.zip", 1000.0, 256, 64, "-healthy"),
}
NUMBER = 2000


def machine(name):
    """Return (document, counts (NUMBER, window_len, 3) of SCALE_G, a normal window, Hz); or skip."""
    file, rate_hz, window_len, hop, normal = MACHINES[name]
    if not (DATA / file).exists():
        pytest.skip("The recordings in ../shared/data are not here.")
    recordings = {each.condition: _in_steps(each, rate_hz) for each in load(DATA / file)}
    known = [recording for condition, recording in recordings.items() if normal in condition]
    cut = {condition: cut_windows([each], rate_hz, window_len, hop) for condition, each in recordings.items()}
    model = judder.train(cut_windows(known, rate_hz, window_len, hop))
    rng = np.random.default_rng(3)
    in_turn = np.concatenate([cut[condition].samples for condition in rng.permutation(sorted(cut))])
    windows = np.resize(in_turn, (NUMBER, *in_turn.shape[1:]))
    return json.loads(model.data), windows, cut[known[0].condition].samples[0], rate_hz


def _in_steps(recording, rate_hz):
    """Return a recording with counts of SCALE_G, as the boards of the tests have them."""
    samples = np.concatenate([segment.samples for segment in recording.segments])
    counts = np.clip(np.rint(samples * ((recording.scale_g or 1.0) / SCALE_G)), -32768, 32767)
    name = recording.condition
    return make_recording(name, name, [("0000", counts * SCALE_G)], sample_rate_hz=rate_hz)
