"""What stands around a board in a house: a server that it reports to, a config and a model for it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from judder.data.recording import make_recording
from judder.training.train import train

from tests.board.bench import TIMEOUT_S
from tests.device.board import a_config, fan

JUDDER = Path(sys.executable).with_name("judder")
FACTOR = 20  # a board's times real time


def judder(*arguments, cwd=None):
    """Return the finished run of the command line, as a process without a terminal."""
    return subprocess.run(
        [JUDDER, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        cwd=cwd,
    )


def sentence_and_hint(run):
    """Return the one sentence that a run failed with. Fails the test unless a hint, and no more, follows."""
    assert run.returncode == 1 and run.stdout == "", run.stdout + run.stderr
    sentence, hint = run.stderr.splitlines()
    assert sentence.startswith("judder: ") and hint.startswith("  hint: ")
    return sentence


def write_config(path, server_port, **changes):
    """Write a config for a board whose server is at server_port of this machine."""
    path.write_text(json.dumps(a_config(server_port, **{"name": "judder", **changes})))
    return path


def write_model(path, window_len=256):
    """Train a model of the simulated fan and write it to path."""
    recordings = [make_recording("normal", "normal", [("0000", fan(seconds=210.0))], sample_rate_hz=250.0)]
    return train(recordings, name="fan", window_len=window_len).save(path)


def break_golden(model, path):
    """Write to path the model with a golden score that no engine comes to."""
    document = json.loads(model.read_text())
    document["golden"][0]["score"] *= 1.01
    path.write_text(json.dumps(document))
    return path


def fan_samples():
    """Return what a board's sensor feels of a normal fan, for a virtual board's signal file."""
    return np.rint(fan(seconds=30.0) * 4096).astype("<i2").tobytes()
