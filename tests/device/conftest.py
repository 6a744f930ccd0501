"""Boards, and models for them."""

import numpy as np
import pytest
from judder.data.recording import make_recording
from judder.data.windows import cut_windows
from judder.training.train import train

from tests.device.board import APP, fan
from tests.device.board import world as world

collect_ignore = ["board_scripts", "ulab_stand_in"]  # these run on MicroPython, or stand in for a part of it


@pytest.fixture(scope="session")
def train_fan():
    """Return a function that trains a model of the simulated fan, as an MSA301 at 4 g sees it; its bytes."""
    samples = np.floor(np.rint(fan(seconds=410.0) * 4096) / 2) / 2048  # the fake sensor shifts a bit out
    recordings = [make_recording("normal", "normal", [("0000", samples)], sample_rate_hz=250.0)]
    windows = cut_windows(recordings, 250.0, 256)
    return lambda **options: train(windows, name="fan", **options).data


@pytest.fixture(scope="session")
def fan_model(train_fan):
    return train_fan()


@pytest.fixture
def run_app(world):
    """Return a function that starts the app; it is killed at the end of the test."""
    processes = []

    def start(script=APP):
        processes.append(world.start(script))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()
        if not process.stdout.closed:
            print(process.stdout.read())  # shown where the test failed
