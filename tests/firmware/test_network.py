"""The autoencoder's glue and the real TensorFlow Lite Micro, against TFLM's own wheel and in the sketch."""

import importlib
import subprocess
from pathlib import Path

import numpy as np
import pytest
from judder.data.windows import cut_windows
from judder.engine import numeric_numpy
from judder.export import arduino, samples
from judder.model.scoring import score_windows
from judder_core import features, model_file
from judder_core.model_v1 import MahalanobisDetector

from tests import machine_v2, models_v2
from tests.firmware import machines
from tests.firmware.compiling import PROGRAMS, SKETCH, STRICT, core_sources, run
from tests.firmware.fans import LEN, fan, recording
from tests.firmware.tflm import need_tflm
from tests.firmware.watching import assert_agrees, judged

DATA = Path(__file__).parents[1] / "data"
NETWORKS = {"float32": "network.tflite", "int8 per tensor": "network.int8.tflite"}
LIMIT, GAIN = 6.0, 1.25
ARENA = 8192
WINDOW = np.random.default_rng(3).integers(-99, 99, (256, 3))
AUTOENCODER = SKETCH / "src" / "tflm" / "tflm_autoencoder.cpp"


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


def write_headers(folder, path, unwhitened=False):
    """Write model_data.h of a model of 27 features with the network at path in its detector's place."""
    model = model_file.load((DATA / "v1" / "vibration.judder.json").read_bytes(), numeric_numpy)
    detector = model.detectors[0]
    detector.__class__, detector.path = ByNetwork, path
    if unwhitened:
        size = len(features.names(detector.feature_set))
        eye = [float(i == j) for j in range(size) for i in range(j + 1)]
        detector.modes = [("normal", [0.0] * size, eye)]
    windows = samples.from_model(model, detector, WINDOW, 1 / 2048)
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


def link_program(name, folder, glue):
    """Return one of the programs beside this file, with the model_data.h in folder."""
    objects, options = glue
    out = folder / name
    run(["g++", *STRICT, f"-I{folder}", PROGRAMS / f"{name}.cpp", *objects, *options, "-o", out])
    return out


def test_every_verdict_of_an_autoencoder_on_2000_windows_is_cpythons(glue, tmp_path):
    pytest.importorskip("tensorflow", reason="The extra is not installed: make install")
    document = dict(machine_v2.document("directional"))
    document["detectors"] = document["detectors"][1:]
    counts = machine_v2.eventful(2000)
    machines.write_headers(tmp_path, document, machine_v2.normal("fast", 1)[0])
    model = model_file.load(models_v2.encode(document), numeric_numpy)  # its network run by NumPy
    scored = score_windows(model, machines.as_windows(counts, 250.0))
    assert_agrees(judged(link_program("watch", tmp_path, glue), counts), scored, model.mode_names)
    assert set(scored.level) == {0, 1, 2} and "standstill" in scored.state


def test_every_verdict_of_an_autoencoder_of_version_1_is_cpythons(glue, tmp_path):
    pytest.importorskip("tensorflow", reason="The extra is not installed: make install")
    path = DATA / "v1" / "two.judder.json"
    arduino.write(path, tmp_path, None, "autoencoder", float32=True)
    model = model_file.load(path.read_bytes(), numeric_numpy)
    samples_g = np.concatenate([fan(100, strength, seed=9) for strength in (1.0, 1.4, 3.0)])
    windows = cut_windows([recording(samples_g)], 250.0, LEN)
    scored = score_windows(model, windows, model.detectors[1])
    assert_agrees(judged(link_program("watch", tmp_path, glue), windows.samples), scored, model.mode_names)
    assert set(scored.level) == {0, 2}


@pytest.mark.parametrize("name", NETWORKS)
def test_outputs_have_the_bits_of_tflms_wheel(glue, tmp_path, name):
    path = DATA / NETWORKS[name]
    write_headers(tmp_path, path, unwhitened=True)
    rows = np.random.default_rng(4).normal(0, 2.5, (500, 27)).astype(np.float32)
    program = link_program("network", tmp_path, glue)
    printed = subprocess.run([program], input=rows.tobytes(), capture_output=True, check=True).stdout
    found = np.frombuffer(printed, np.float32).reshape(len(rows), 28)
    expected = run_wheel(path, rows)
    assert np.array_equal(found[:, :27].view(np.uint32), expected.view(np.uint32))
    scores = GAIN * np.linalg.norm(rows.astype(float) - expected, axis=1)
    assert found[:, 27] == pytest.approx(scores, rel=1e-6)
    assert np.abs(rows).max() > LIMIT


def test_a_network_that_does_not_fit_its_arena_is_said(glue, tmp_path):
    write_headers(tmp_path, DATA / "network.tflite")
    header = tmp_path / "model_data.h"
    small = header.read_text().replace("network_arena[9840]", "network_arena[256]")
    assert "network_arena[256]" in small
    header.write_text(small)
    done = subprocess.run([link_program("network", tmp_path, glue)], input="", capture_output=True, text=True)
    assert done.returncode == 1 and "does not fit its arena" in done.stderr
