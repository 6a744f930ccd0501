"""judder as a library: five lines from samples to figures, whatever holds the samples."""

import ast
import re
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import judder
import numpy as np
import pytest
from judder.data import csv_folder, npz
from judder.data.recording import make_recording
from judder.errors import JudderError
from judder.training.progress import CALIBRATING, FITTING, MEASURING, READING
from judder_core.errors import CoreError

ROOT = Path(__file__).parents[2]
RATE_HZ, WINDOW_LEN = 250.0, 64


def samples(n=200, spread=20.0, seed=0):
    """Return n windows of a noisy machine in g, on a sensor's grid."""
    return np.rint(np.random.default_rng(seed).normal((0, 0, 2048), spread, (n, WINDOW_LEN, 3))) / 2048


def recording(condition="normal", **how):
    parts = [(f"{k:04d}", window) for k, window in enumerate(samples(**how))]
    return make_recording(condition, condition, parts, sample_rate_hz=RATE_HZ)


@pytest.fixture(scope="module")
def model():
    return judder.train(recording(), name="fan")


def readme_examples():
    """Return the blocks of Python in README.md's section."""
    section = (ROOT / "README.md").read_text().split("\n## From Python\n")[1].split("\n## ")[0]
    blocks = re.findall(r"(?:^ {4}.*\n|^\n)+", section, re.MULTILINE)
    return [textwrap.dedent(block) for block in blocks if "import judder" in block]


@pytest.mark.parametrize("code", readme_examples(), ids=["simulated", "folder"])
def test_readmes_five_lines_print_an_auc(code, tmp_path):
    csv_folder.write([recording(), recording("shaky", spread=35.0, seed=1)], tmp_path / "fan-data")
    run = subprocess.run([sys.executable, "-"], input=code, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert len([line for line in code.splitlines() if line.strip()]) == 5
    assert 0.95 < float(run.stdout) <= 1.0


def test_importing_judder_imports_nothing_else():
    heavy = ("judder.", "numpy", "pydantic")
    code = f"import sys, judder; print([name for name in sys.modules if name.startswith({heavy})])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.strip() == "[]", run.stderr


def test_every_name_is_given_told_and_typed():
    stub = ast.parse(Path(judder.__file__).with_suffix(".pyi").read_text())
    typed = {
        a.asname: node.module for node in stub.body if isinstance(node, ast.ImportFrom) for a in node.names
    }
    assert sorted(typed) == judder.__all__ and set(judder.__all__) <= set(dir(judder))
    for name, module in typed.items():
        assert getattr(judder, name) is getattr(sys.modules[module], name)


def test_a_name_that_there_is_not_is_no_attribute():
    with pytest.raises(AttributeError, match="nothing"):
        _ = judder.nothing


class Frame:
    """What pandas' DataFrame has of what is used: columns in any order, chosen by a list, and as an array."""

    def __init__(self, columns):
        self._columns = columns
        self.columns = list(columns)

    def __getitem__(self, names):
        return Frame({name: self._columns[name] for name in names})

    def __array__(self, dtype=None, copy=None):
        return np.stack(list(self._columns.values()), axis=1)


def frame():
    z, y, x = samples().reshape(-1, 3).T[::-1]
    return Frame({"time": np.arange(len(x), dtype=float), "z": z, "y": y, "x": x})


HOLDERS = {
    "windows": lambda folder: samples(),
    "rows": lambda folder: samples().reshape(-1, 3),
    "a data frame": lambda folder: frame(),
    "a mapping": lambda folder: {"normal": samples(), "other": samples(spread=90.0)},
    "recordings": lambda folder: [recording(), recording("other", spread=90.0)],
    "an .npz": lambda folder: npz.write([recording()], folder / "fan.npz")[0],
    "a folder": lambda folder: csv_folder.write([recording(), recording("other")], folder / "data")[0].parent,
    "a path in words": lambda folder: str(npz.write([recording()], folder / "fan.npz")[0]),
}


@pytest.mark.parametrize("held", HOLDERS)
def test_whatever_holds_the_samples_the_model_is_the_same(held, tmp_path, model):
    data = HOLDERS[held](tmp_path)
    found = judder.train(data, "normal", name="fan", sample_rate_hz=RATE_HZ, window_len=WINDOW_LEN)
    assert found.document.detectors == model.document.detectors


def test_a_model_scores_an_array_window_by_window(model):
    odd = samples(n=30, spread=60.0, seed=3)
    scores = judder.score(model, odd)
    assert len(scores) == 30 and (scores.score > model.threshold).all()
    assert scores.score == pytest.approx(model.score(recording(n=30, spread=60.0, seed=3)).score)


def test_samples_whose_rate_nobody_says_are_scored_at_the_models_and_trained_on_with_a_note(model):
    assert judder.score(model, samples(n=10)).windows.sample_rate_hz == RATE_HZ
    assert "200 Hz, the reference's, is assumed" in judder.train(samples()).notes[0]
    assert model.notes == ()


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((5, 4)),
        np.zeros(9),
        (samples(5) * 2048).astype(np.int16),
        np.empty((0, 3)),
        "ab",
        [object()],
        [np.ones((9, 3)), np.ones((8, 3))],
        {"normal": None},
    ],
    ids=["four axes", "no axes", "counts", "nothing", "no path", "objects", "ragged", "none"],
)
def test_what_holds_no_samples_in_g_is_refused_with_a_hint(wrong):
    with pytest.raises(JudderError) as caught:
        judder.train(wrong)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("option", "choices"),
    [
        ("features", "vibration"),
        ("detector", "autoencoder"),
        ("train_on", "first-half"),
        ("false_alarms", "1%"),
    ],
)
def test_an_option_that_there_is_not_is_refused_with_those_that_there_are(option, choices):
    with pytest.raises((JudderError, CoreError), match="nothing of the kind") as caught:
        judder.train(recording(), **{option: "nothing of the kind"})
    assert choices in caught.value.hint


@pytest.mark.parametrize(
    ("option", "words"), [("sample_rate_hz", "sample rate"), ("window_len", "window_len"), ("hop", "hop")]
)
@pytest.mark.parametrize("value", [0, -3, float("nan")])
def test_a_rate_or_length_that_cannot_be_is_named(model, option, words, value):
    with pytest.raises(JudderError, match=f"{words} is {value}"):
        judder.train(recording(), **{option: value})
    with pytest.raises(JudderError, match=f"{words} is {value}"):
        judder.evaluate(model, recording(seed=9), "normal", **{option: value})


@pytest.mark.parametrize("nothing", [{}, []], ids=["no conditions", "no recordings"])
def test_where_there_are_no_samples_that_is_said(nothing):
    with pytest.raises(JudderError, match="no samples"):
        judder.train(nothing)


def test_each_thing_the_library_gives_shows_itself_in_a_line(model):
    shaky = recording("sha\nky", n=10, spread=60.0, seed=3)
    evaluation = judder.evaluate(model, [recording(seed=9), shaky], "normal", "sha*")
    flagged, alarms = evaluation.scored.anomaly.sum(), (evaluation.scored.level == 2).sum()
    assert [repr(each) for each in (shaky, evaluation.scored, evaluation)] == [
        r"<Recording 'sha\nky': 640 samples at 250 Hz>",
        f"<Scored: 210 windows, anomalies: {flagged}, in alert: {alarms}>",
        r"<Evaluation: AUC 1.0000, normal: ['normal'], anomalous: ['sha\nky']>",
    ]
    windows = r"<Windows: 210 of 64 samples at 250 Hz, conditions: ['normal', 'sha\nky']>"
    assert repr(evaluation.windows) == windows
    assert repr(replace(shaky, sample_rate_hz=None)).endswith("640 samples at a rate that nobody says>")


def test_samples_that_are_no_numbers_are_refused():
    with pytest.raises(JudderError, match="no finite numbers"):
        judder.train(np.full((10, WINDOW_LEN, 3), np.nan))


def test_samples_that_are_masked_are_not_taken_for_measured():
    odd = np.ma.masked_greater(samples(), 1.02)
    with pytest.raises(JudderError, match="no finite numbers"):
        judder.train(odd)


@pytest.mark.parametrize("factor", [1e9, 1e39, 1e200])
def test_samples_that_no_sensor_measures_are_refused(factor, model):
    with pytest.raises(JudderError, match=r"beyond 1e\+06 g"):
        model.score(samples(10) * factor)


@pytest.mark.parametrize("wrong", [np.full((64, 3), np.nan), np.ones((64, 3), complex), np.empty((0, 3))])
def test_an_array_of_a_file_is_held_to_what_an_array_is(wrong, tmp_path, model):
    np.savez(tmp_path / "fan.npz", normal=wrong)
    with pytest.raises(JudderError) as caught:
        model.score(tmp_path / "fan.npz")
    assert caught.value.hint


@pytest.mark.parametrize(
    "wrong",
    [{"sample_rate_hz": rate} for rate in (0, -5, float("nan"), float("inf"), "200")]
    + [{"window_len": 0}, {"window_len": -1}, {"window_len": 64.0}, {"window_len": "64"}]
    + [{"hop": 0}, {"hop": -1}, {"hop": 1.5}, {"normal": 3}, {"normal": [None]}, {"normal": b"normal"}]
    + [{"false_alarms": 3}, {"false_alarms": ""}, {"detector": 3}, {"name": ""}, {"name": None}]
    + [
        {"name": "left/fan"},
        {"notices": 3},
        {"notices": "seldom"},
        {"train_on": "second-half"},
        {"seeds": 0, "detector": "autoencoder"},
    ],
    ids=str,
)
def test_a_value_that_an_option_cannot_have_is_refused_with_a_hint(wrong):
    value = repr(next(iter(wrong.values()))).strip("[]")
    with pytest.raises(JudderError, match=re.escape(value)) as caught:
        judder.train(recording(), **wrong)
    assert caught.value.hint


@pytest.mark.parametrize(
    "wrong", [{"sample_rate_hz": 0}, {"sample_rate_hz": float("nan")}, {"hop": 0}], ids=str
)
def test_a_value_that_cannot_be_scored_by_is_not_passed_over(wrong, model):
    with pytest.raises(JudderError):
        model.score(np.concatenate(samples(20)), **wrong)


def test_conditions_may_be_called_by_numbers_as_a_table_groups_them(model):
    assert model.score({1: samples(10), 2: samples(10)}, "2").windows.condition.tolist() == ["2"] * 10


def test_training_tells_its_steps(tmp_path):
    steps = []
    judder.train(recording(), progress=steps.append)
    assert [step.doing for step in steps] == [READING, MEASURING, FITTING, CALIBRATING]


def test_a_model_comes_back_from_its_file(model, tmp_path):
    again = judder.Model.load(model.save(tmp_path / "fan.judder.json"))
    assert (again.id, again.document, again.threshold) == (model.id, model.document, model.threshold)
    assert model.id in repr(again)


def test_warnings_and_oddities_are_sentences_on_the_model(model):
    assert "1/week" in model.warnings[0] and "one recording each" in model.warnings[1]
    still = make_recording(
        "still", "still", [("0", samples().reshape(-1, 3) * [1, 1, 0])], sample_rate_hz=RATE_HZ
    )
    odd = replace(model, windows=replace(model.windows, recordings=(still,)))
    assert any("gravity" in sentence for sentence in odd.oddities())


def test_figures_leave_out_what_the_model_was_trained_on(model):
    both = [recording(), recording("shaky", spread=35.0, seed=1)]
    with pytest.raises(JudderError, match="trained on every window"):
        judder.evaluate(model, both[0], "normal")
    half = judder.train(both[0], train_on="first-half")
    evaluation = judder.evaluate(half, both, "normal", "shaky")
    assert evaluation.figures["windows"] == {"normal": 99, "anomaly": 200}  # a window's gap lies between
    assert evaluation.auc == evaluation.figures["auc"] > 0.95


def test_conditions_are_loaded_by_name_and_the_rate_given(tmp_path):
    csv_folder.write([recording(), recording("shaky", n=10)], tmp_path)
    (found,) = judder.load(tmp_path, "sha*", sample_rate_hz=100.0)
    assert (found.condition, found.sample_rate_hz, found.rows) == ("shaky", 100.0, 10 * WINDOW_LEN)


def test_simulated_machines_differ_as_asked():
    calm, shaky = judder.simulate(seconds=5), judder.simulate(seconds=5, imbalance=3, condition="shaky")
    assert shaky.condition == "shaky" and shaky.in_g()[:, 0].std() > 1.5 * calm.in_g()[:, 0].std()


def test_scores_are_a_table(model, monkeypatch):
    scores = judder.score(model, samples(n=10))
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=lambda columns: columns))
    table = scores.to_dataframe()
    assert table["score"] is scores.score and table["condition"][0] == "normal"
    assert {len(column) for column in table.values()} == {10}


def test_without_pandas_the_table_says_what_to_do(model, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(JudderError, match="pandas is not installed") as caught:
        judder.score(model, samples(n=10)).to_dataframe()
    assert "columns()" in caught.value.hint


@pytest.fixture(scope="module")
def detector():
    return judder.AnomalyDetector(RATE_HZ).fit(samples())


def test_the_detector_scores_as_its_model_higher_for_stranger(detector, model):
    assert detector.threshold_ == model.threshold and detector.warnings_ == model.warnings
    normal, strange = samples(n=30, seed=5), samples(n=20, spread=60.0, seed=6)
    assert detector.score_samples(strange).min() > detector.score_samples(normal).max()


def test_the_detector_predicts_one_for_what_is_above_its_threshold(detector):
    mixed = np.concatenate([samples(n=30, seed=5), samples(n=20, spread=60.0, seed=6)])
    predicted = detector.predict(mixed)
    assert predicted.tolist() == (detector.score_samples(mixed) > detector.threshold_).astype(int).tolist()
    assert predicted[30:].all() and predicted[:30].sum() <= 2  # one in a hundred normal ones, by design


def test_the_detector_can_be_cloned_as_scikit_learn_does(detector):
    params = detector.get_params(deep=False)
    twin = type(detector)(**params)
    assert twin.get_params() == params and not hasattr(twin, "model_")
    for name, value in params.items():
        assert getattr(twin, name) is value
    assert detector.set_params() is detector and hasattr(detector, "model_")


def test_a_detector_that_learned_nothing_says_so():
    with pytest.raises(JudderError, match="learned nothing") as caught:
        judder.AnomalyDetector(RATE_HZ).predict(samples(5))
    assert "fit()" in caught.value.hint


def test_a_parameter_that_there_is_not_is_refused(detector):
    with pytest.raises(TypeError, match="nothing"):
        detector.set_params(nothing=1)


def test_a_traceback_shows_the_hint():
    with pytest.raises(JudderError) as caught:
        judder.train("nowhere")
    assert caught.value.__notes__ == [f"hint: {caught.value.hint}"]


def test_a_file_is_read_once_to_be_evaluated(model, tmp_path, monkeypatch):
    (path,) = npz.write([recording(seed=9), recording("shaky", spread=35.0)], tmp_path / "fan.npz")
    read = []
    monkeypatch.setattr(npz, "read", lambda path, read_file=npz.read: read.append(path) or read_file(path))
    assert judder.evaluate(model, path, "normal", "shaky").auc > 0.95
    assert read == [path]
