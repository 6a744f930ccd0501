"""Autoencoders as .tflite and Keras files: every runtime agrees, and a board has the operators they need."""

import asyncio
import re
from array import array
from pathlib import Path

import numpy as np
import pytest
from judder.cli.app import app
from judder.data import npz
from judder.data.windows import cut_windows
from judder.engine import numeric_numpy
from judder.errors import JudderError
from judder.evaluation.figures import summarise
from judder.export.operators import TFLM_OPERATORS, operators_of, refuse_unknown
from judder.export.tflite import USUAL_LIMIT, export_autoencoder, export_keras, write
from judder.model.files import autoencoder_of, load_network, stand_in
from judder.model.runtimes import arena_bytes, run_litert, run_tflm
from judder.model.scoring import score_windows
from judder.training.fitting import EVIDENCE
from judder.training.second_detector import known_to
from judder.training.train import train
from judder_core import model_file, wire
from judder_core.window import Window
from typer.testing import CliRunner

from tests.host.machines import machine

pytest.importorskip("tensorflow", reason="The extra is not installed: make install")
tflite_micro = pytest.importorskip("tflite_micro", reason="There is no tflite-micro for this platform.")


RECORDINGS = [machine("low"), machine("shaky", spread=22.0, seed=1), machine("broken", spread=80.0, seed=2)]


@pytest.fixture(scope="module")
def trained():
    windows = cut_windows(RECORDINGS[:1], 250.0)
    return train(windows, name="net", detector="autoencoder", seeds=1)


@pytest.fixture(scope="module")
def whitened(trained):
    """The whitened residuals of 1,000 windows that are normal or a little odd."""
    windows = cut_windows([*RECORDINGS[:2], machine("low", 600, seed=3)], 250.0)
    baseline, rows = known_to(trained, windows)
    return ((rows.features - baseline.means_[0]) @ baseline.whitening(EVIDENCE[0])[0])[:1000]


@pytest.fixture(scope="module")
def exported(trained, whitened):
    return export_autoencoder(autoencoder_of(trained.core), whitened)


def test_every_float_runtime_is_within_1e_6_of_keras_on_1000_windows(exported, whitened):
    gaps = {row.runtime: row for row in exported.rows}
    assert gaps["LiteRT, float32"].windows == gaps["TFLM, float32"].windows == len(whitened) == 1000
    runtimes = (
        "NumPy",
        "judder_core, CPython",
        "judder_core, MicroPython",
        "LiteRT, float32",
        "TFLM, float32",
    )
    assert {name: gaps[name].largest for name in runtimes if not gaps[name].largest <= 1e-6} == {}


def test_litert_and_tflm_agree_to_the_bit_on_float32_and_but_for_a_rare_step_on_int8(exported, whitened):
    rows = np.clip(whitened, -USUAL_LIMIT, USUAL_LIMIT)
    assert np.array_equal(run_litert(exported.float32, rows), run_tflm(exported.float32, rows))
    ours, theirs = run_litert(exported.int8, rows), run_tflm(exported.int8, rows)
    step = np.diff(np.unique(theirs)).min()
    assert np.abs(ours - theirs).max() <= 1.01 * step  # they round halves another way
    assert (ours != theirs).mean() < 0.005


def test_int8_loses_at_most_a_hundredth_of_auc(trained, exported):
    model = model_file.load(trained.data, numeric_numpy)
    windows = cut_windows([machine("low", seed=7), *RECORDINGS[1:]], 250.0)
    scored = score_windows(model, windows)
    stand_in(autoencoder_of(model), lambda rows: run_litert(exported.int8, rows))
    by_int8 = score_windows(model, windows)
    assert not np.array_equal(scored.score, by_int8.score)
    for condition in ("shaky", "broken"):
        before, after = (summarise(s, ["low"], [condition]) for s in (scored, by_int8))
        assert after["auc"] > before["auc"] - 0.01
        assert after["combined"]["auc"] > before["combined"]["auc"] - 0.01


def test_the_files_are_small_and_their_arenas_known(exported):
    assert len(exported.int8) <= 16_000 and len(exported.float32) <= 48_000
    assert exported.operators == ["FULLY_CONNECTED"]
    assert 500 < exported.arena[1] <= exported.arena[0] < 8000
    assert exported.arena[0] == arena_bytes(exported.float32)


def test_each_int8_weight_tensor_has_one_scale_that_is_the_artefacts(trained, exported):
    from ai_edge_litert import schema_py_generated as schema

    (graph,) = schema.ModelT.InitFromPackedBuf(exported.int8, 0).subgraphs
    weights = [t for t in graph.tensors if len(t.shape) == 2 and min(t.shape) > 1]
    scales = [tensor.quantization.scale for tensor in weights]
    assert [len(scale) for scale in scales] == [1, 1]
    ours = [layer.scale for layer in autoencoder_of(trained.core).layers]
    assert sorted(float(s[0]) for s in scales) == pytest.approx(sorted(ours), rel=1e-5)


def test_the_operators_said_to_be_in_tflm_are_those_of_its_wheel():
    from ai_edge_litert.schema_py_generated import BuiltinOperator

    (library,) = Path(tflite_micro.__path__[0]).rglob("_runtime*.so")
    registered = set(re.findall(rb"\d+Register_([A-Z0-9_]+?)Ev", library.read_bytes()))
    builtin = {name for name in vars(BuiltinOperator) if name.isupper()}
    assert {name.decode() for name in registered} & builtin == TFLM_OPERATORS


def keras_with(layer):
    import keras

    x = keras.Input((6,))
    return keras.Model(x, layer(keras.layers.Dense(6)(x)))


def test_an_operator_that_tflm_lacks_is_refused_by_name(tmp_path):
    import keras
    import tensorflow as tf
    from judder.detectors.tensorflow import to_tflite

    sort = to_tflite(keras_with(keras.layers.Lambda(lambda v: tf.sort(v, axis=1))))
    assert "TOPK_V2" in operators_of(sort)
    with pytest.raises(JudderError, match="needs TOPK_V2, which TensorFlow Lite for Microcontrollers lacks"):
        refuse_unknown(sort)
    with pytest.raises(JudderError, match="TFLM cannot run the network"):
        arena_bytes(sort)  # the real interpreter says so too


def test_a_keras_file_of_dense_layers_is_exported(tmp_path):
    import keras

    keras_with(keras.layers.Dense(6, activation="tanh")).save(tmp_path / "other.keras")
    exported = export_keras(tmp_path / "other.keras")
    assert exported.operators == ["FULLY_CONNECTED", "TANH"]
    assert {row.runtime: row.largest for row in exported.rows}["TFLM, float32"] < 1e-5


def test_the_converter_is_quiet(capfd):
    import keras
    from judder.detectors.tensorflow import to_tflite

    to_tflite(keras_with(keras.layers.Dense(6)), np.zeros((2, 6)))
    assert capfd.readouterr() == ("", "")


def run(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory, trained, exported):
    """A folder with the artefact, both .tflite, the .keras and the recordings."""
    folder = tmp_path_factory.mktemp("exported")
    write(exported, folder / "net.tflite", trained.data)
    assert (
        run("export", folder / "net.judder.json", "--to", "keras", "--out", folder / "net.keras").exit_code
        == 0
    )
    npz.write(RECORDINGS, folder / "data.npz")
    return folder


def evaluated(path):
    return run("evaluate", path, "--data", path.parent / "data.npz", "--normal", "low", "--anomaly", "broken",
               "--held-out", "all", "--json")  # fmt: skip


@pytest.mark.parametrize("name", ["net.judder.json", "net.tflite", "net.int8.tflite", "net.keras"])
def test_each_file_is_evaluated(folder, name):
    result = evaluated(folder / name)
    assert result.exit_code == 0, result.exception
    assert '"detector": "autoencoder"' in result.stdout and '"auc": 1.0' in result.stdout


def test_the_export_prints_bytes_arena_operators_and_gaps(folder):
    result = run("export", folder / "net.judder.json", "--to", "tflite", "--out", folder / "again.tflite")
    assert result.exit_code == 0, result.exception
    for said in ("float32: ", "int8: ", "arena ", "operators: FULLY_CONNECTED", "TFLM, int8", "MicroPython"):
        assert said in result.stdout
    assert (folder / "again.judder.json").read_bytes() == (folder / "net.judder.json").read_bytes()


def test_an_export_of_a_network_alone_names_what_evaluating_it_needs(tmp_path):
    import keras

    keras_with(keras.layers.Dense(6)).save(tmp_path / "k.keras")
    result = run("export", tmp_path / "k.keras", "--to", "tflite", "--out", tmp_path / "k.tflite")
    assert "put the model beside it as k.judder.json" in result.stderr


@pytest.mark.parametrize("target", ["tflite", "keras"])
def test_an_export_does_not_overwrite_another_artefact(folder, tmp_path, target):
    (tmp_path / "f.judder.json").write_text("another")
    result = run("export", folder / "net.judder.json", "--to", target, "--out", tmp_path / f"f.{target}")
    assert "f.judder.json is there already" in str(result.exception) and result.exception.hint
    assert [file.read_text() for file in tmp_path.iterdir()] == ["another"]


def test_a_network_is_not_evaluated_as_another_kind_of_detector(folder):
    data = ("--data", folder / "data.npz", "--normal", "low")
    result = run("evaluate", folder / "net.tflite", "--detector", "mahalanobis", *data)
    assert "net.tflite is an autoencoder's network" in str(result.exception)
    assert "net.judder.json" in result.exception.hint


@pytest.mark.parametrize("name", ["net.tflite", "net.keras"])
def test_half_a_network_file_is_named(folder, tmp_path, name):
    (tmp_path / "net.judder.json").write_bytes((folder / "net.judder.json").read_bytes())
    whole = (folder / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(JudderError, match=name) as caught:
        load_network(tmp_path / name)
    assert caught.value.hint


def test_a_network_without_its_artefact_is_refused(folder, tmp_path):
    (tmp_path / "net.tflite").write_bytes((folder / "net.tflite").read_bytes())
    with pytest.raises(JudderError, match=r"no net\.judder\.json beside it") as caught:
        load_network(tmp_path / "net.tflite")
    assert "judder export" in caught.value.hint


def test_another_network_than_the_artefacts_is_refused(folder, tmp_path, trained):
    from judder.detectors.tensorflow import keras_of, to_tflite

    network = keras_of(autoencoder_of(trained.core).layers)
    network.layers[-1].set_weights([-w for w in network.layers[-1].get_weights()])
    (tmp_path / "net.tflite").write_bytes(to_tflite(network))
    (tmp_path / "net.judder.json").write_bytes(trained.data)
    with pytest.raises(JudderError, match="is not the network of net-"):
        load_network(tmp_path / "net.tflite")


def test_a_damaged_tflite_or_keras_file_is_refused(folder, tmp_path, trained):
    (tmp_path / "net.judder.json").write_bytes(trained.data)
    for name in ("net.tflite", "net.keras"):
        (tmp_path / name).write_bytes((folder / name).read_bytes()[:500])
        with pytest.raises(JudderError, match=r"net\.keras is no Keras|no \.tflite that LiteRT reads"):
            load_network(tmp_path / name)


def test_a_model_without_autoencoder_is_not_exported(tmp_path):
    windows = cut_windows(RECORDINGS[:1], 250.0)
    (tmp_path / "m.judder.json").write_bytes(train(windows, name="m").data)
    error = run(
        "export", tmp_path / "m.judder.json", "--to", "tflite", "--out", tmp_path / "m.tflite"
    ).exception
    assert "has no autoencoder" in str(error) and "--add-to" in error.hint


@pytest.mark.parametrize("boards", [1, 20])
async def test_the_server_scores_by_the_file_it_is_given(start_server, folder, boards):
    server = await start_server(model=folder / "net.int8.tflite")
    windows = cut_windows([machine("low", 6, seed=9)], 250.0)
    answers = []
    for seq, samples in enumerate(windows.samples):
        counts = array("h", samples.ravel().tolist())
        frames = [
            Window(
                counts, windows.scale_g[seq], 250.0, device_id=bytes([2, 0, 0, 0, 0, k]), boot_id=1, seq=seq
            )
            for k in range(boards)
        ]
        sent = [
            server.client.send("/api/v1/windows", bytes(wire.encode_window(frame)), wire.CONTENT_TYPE)
            for frame in frames
        ]
        answers.append((await asyncio.gather(*sent))[0])
    by_file = score_windows(load_network(folder / "net.int8.tflite")[0], windows)
    by_layers = score_windows(
        model_file.load((folder / "net.judder.json").read_bytes(), numeric_numpy), windows
    )
    assert [a["score"] for a in answers] == pytest.approx(by_file.score, rel=1e-5)
    assert [a["score"] for a in answers] != pytest.approx(by_layers.score, rel=1e-5)
