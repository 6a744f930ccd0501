"""The autoencoder's glue and the real TensorFlow Lite Micro, against TFLM's own wheel and in the sketch."""

import importlib
import subprocess
from pathlib import Path

import numpy as np
import pytest
from judder.engine import numeric_numpy
from judder.export import arduino, samples
from judder.model import document
from judder_core import features, model_file
from judder_core.model_v1 import MahalanobisDetector

from tests.firmware.compiling import PROGRAMS, SKETCH, STRICT, core_sources, run
from tests.firmware.tflm import need_tflm

DATA = Path(__file__).parents[1] / "data"
NETWORKS = {"float32": "network.tflite", "int8 per tensor": "network.int8.tflite"}
LIMIT, GAIN = 6.0, 1.25
ARENA = 8192
AUTOENCODER = SKETCH / "src" / "tflm" / "autoencoder.cpp"


def interpreter(path):
    try:
        runtime = importlib.import_module("tflite_micro").runtime
    except ImportError:
        pytest.skip("No tflite-micro here: pip install tflite-micro==0.dev20261023182759")
    return runtime.Interpreter.from_file(str(path), arena_size=1 << 16)


def run_wheel(path, rows):
    """Return what TFLM's wheel makes of rows (n, 27), cut off at LIMIT."""
    network = interpreter(path)
    source, target = network.get_input_details(0), network.get_output_details(0)
    outputs = []
    for row in np.clip(rows, -LIMIT, LIMIT).astype(np.float32):
        if source["dtype"] == np.int8:
            how = source["quantization_parameters"]
            steps = np.trunc(row / np.float32(how["scales"][0]) + np.copysign(np.float32(0.5), row))
            row = np.clip(steps + how["zero_points"][0], -128, 127).astype(np.int8)  # halves away from 0
        network.set_input(row[np.newaxis], 0)
        network.invoke()
        values = network.get_output(0)[0]
        if target["dtype"] == np.int8:
            how = target["quantization_parameters"]
            values = (values.astype(np.float32) - how["zero_points"][0]) * np.float32(how["scales"][0])
        outputs.append(values)
    return np.array(outputs, np.float32)


class ByNetwork(MahalanobisDetector):
    """A detector that scores as the autoencoder of the sketch does, by TFLM's wheel."""

    path = None

    def score_scaled(self, _, scaled):
        whitened = []
        for _, mean, packed in self.modes:
            columns = np.zeros((len(mean), len(mean)))
            columns[np.tril_indices(len(mean))] = packed
            whitened.append(columns @ (np.ravel(scaled) - mean))
        z = min(whitened, key=np.linalg.norm)
        return GAIN * float(np.linalg.norm(z - run_wheel(self.path, z[np.newaxis])[0]))


def write_headers(folder, data, path, unwhitened=False):
    """Write model_data.h of the model in data with the network at path in its detector's place."""
    model = model_file.load(data, numeric_numpy)
    detector = model.detectors[0]
    detector.__class__, detector.path = ByNetwork, path
    if unwhitened:
        size = len(features.names(detector.feature_set))
        eye = [float(i == j) for j in range(size) for i in range(j + 1)]
        detector.modes = [("normal", [0.0] * size, eye)]
    windows = samples.from_model(model, detector, document.read(data).golden[0])
    network = arduino.Network(path.read_bytes(), ARENA, LIMIT, GAIN)
    arduino.write_headers(folder, model, detector, windows, network)
    return windows


@pytest.fixture(scope="module")
def glue(tmp_path_factory):
    """Return (object files, options) of the core and the glue, without sanitizers: the library has none."""
    options = [*need_tflm(), "-O1", f"-I{SKETCH}", f"-I{SKETCH / 'src' / 'core'}"]
    folder = tmp_path_factory.mktemp("glue")
    run(["g++", *STRICT, *options[:3], *options[5:], "-c", *core_sources(), AUTOENCODER], cwd=folder)
    return sorted(folder.glob("*.o")), options


def link_network(folder, glue):
    objects, options = glue
    run(
        [
            "g++",
            *STRICT,
            f"-I{folder}",
            PROGRAMS / "network.cpp",
            *objects,
            *options,
            "-o",
            folder / "network",
        ]
    )
    return folder / "network"


@pytest.mark.parametrize("name", NETWORKS)
def test_outputs_have_the_bits_of_tflms_wheel(fan_model, glue, tmp_path, name):
    path = DATA / NETWORKS[name]
    write_headers(tmp_path, fan_model, path, unwhitened=True)
    rows = np.random.default_rng(4).normal(0, 2.5, (500, 27)).astype(np.float32)
    program = link_network(tmp_path, glue)
    printed = subprocess.run([program], input=rows.tobytes(), capture_output=True, check=True).stdout
    found = np.frombuffer(printed, np.float32).reshape(len(rows), 28)
    expected = run_wheel(path, rows)
    assert np.array_equal(found[:, :27].view(np.uint32), expected.view(np.uint32))
    scores = GAIN * np.linalg.norm(rows.astype(float) - expected, axis=1)
    assert found[:, 27] == pytest.approx(scores, rel=1e-6)
    assert np.abs(rows).max() > LIMIT


def test_a_network_that_does_not_fit_its_arena_is_said(fan_model, glue, tmp_path):
    write_headers(tmp_path, fan_model, DATA / "network.tflite")
    header = tmp_path / "model_data.h"
    small = header.read_text().replace("network_arena[9840]", "network_arena[256]")
    assert "network_arena[256]" in small
    header.write_text(small)
    done = subprocess.run([link_network(tmp_path, glue)], input="", capture_output=True, text=True)
    assert done.returncode == 1 and "does not fit its arena" in done.stderr
