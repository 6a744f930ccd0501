"""The core, compiled once for all tests here."""

import subprocess

import pytest
from judder.data.windows import cut_windows
from judder.export import arduino
from judder.training.train import train

from tests.firmware.compiling import compile_core, link
from tests.firmware.fans import LEN, fan, recording
from tests.firmware.sketch import compile_board, link_sketch, write_signals
from tests.host.conftest import model_data, noisy_windows, train_noisy  # noqa: F401


@pytest.fixture(scope="session")
def core_objects(tmp_path_factory):
    """Return the object files of the core."""
    return compile_core(tmp_path_factory.mktemp("core"))


@pytest.fixture(scope="session")
def ask(core_objects, tmp_path_factory):
    """Return a function that asks the probe one question, or several, and returns a line for each."""
    probe = link("probe.cpp", core_objects, tmp_path_factory.mktemp("probe") / "probe")

    def ask(*questions):
        text = "\n".join(" ".join(map(str, words)) for words in questions)
        answer = subprocess.run([probe], input=text, capture_output=True, text=True, timeout=60)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.splitlines()

    return ask


@pytest.fixture(scope="session")
def fan_model():
    """Return the bytes of a model of a simulated fan, windows of 256 at 250 Hz."""
    recordings = [recording(fan(400, seed=1))]
    return train(cut_windows(recordings, 250.0, LEN), name="fan").data


@pytest.fixture(scope="session")
def board_objects(tmp_path_factory):
    return compile_board(tmp_path_factory.mktemp("board"))


@pytest.fixture(scope="session")
def home(tmp_path_factory, fan_model):
    """Return a folder with a model, its headers and two signals, normal.i16 and shaky.i16."""
    folder = tmp_path_factory.mktemp("sketch")
    (folder / "fan.judder.json").write_bytes(fan_model)
    arduino.write(folder / "fan.judder.json", folder, None)
    write_signals(folder)
    return folder


@pytest.fixture(scope="session")
def sketch(home, board_objects):
    """Return the executable of the sketch with that model."""
    return link_sketch(home, board_objects)


@pytest.fixture
def signals(home):
    return f"signal {home / 'normal.i16'}", f"signal {home / 'shaky.i16'}"
