"""What the command line refuses: one sentence that names the thing, one hint, nothing half done."""

import ast
import contextlib
from pathlib import Path

import judder as package
import pytest

from tests.host.shell import call as judder

FAN = ("--data", "fan.npz", "--normal", "normal")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with recordings, a model of them, and half of that model."""
    folder = tmp_path_factory.mktemp("refusals")
    with contextlib.chdir(folder):
        assert judder("simulate", "--out", "fan.npz", "--seconds", 80, "--fault", "rub") == 0
        assert judder("train", *FAN, "--out", "fan.judder.json") == 0
    (folder / "half.judder.json").write_bytes((folder / "fan.judder.json").read_bytes()[:3000])
    (folder / "dir").mkdir()
    return folder


REFUSED = {
    "a folder to evaluate": (("evaluate", "dir", *FAN), "dir is a folder, no model file"),
    "a folder to export": (
        ("export", "dir", "--to", "tflite", "--out", "f.tflite"),
        "dir is a folder, no model file",
    ),
    "a folder to serve": (
        ("serve", "--port", 0, "--model", "dir", "--data-dir", "data"),
        "dir is a folder, no model file",
    ),
    "half a model to serve": (
        ("serve", "--port", 0, "--model", "half.judder.json", "--data-dir", "data"),
        "half.judder.json: Model file is not whole",
    ),
    "a condition that leads out of a folder": (
        ("serve", "--port", 0, "--data-dir", "data", "--record", "../low", "--for", 0.1),
        "'../low' is no condition",
    ),
    "a recording of nothing": (
        ("serve", "--port", 0, "--data-dir", "data", "--record", "low", "--windows", 0, "--for", 0.1),
        "0 is no number of windows",
    ),
    "a data folder that cannot be": (("serve", "--port", 0, "--data-dir", "fan.npz/x"), "fan.npz/x"),
    "a model in no folder": (("train", *FAN, "--out", "nodir/x.judder.json"), "There is no folder nodir"),
    "a report in no folder": (("report", "fan.npz", "--out", "nodir/r.html"), "There is no folder nodir"),
    "half a model": (("evaluate", "half.judder.json", *FAN), "half.judder.json: Model file is not whole"),
    "one condition as both": (
        ("evaluate", "fan.judder.json", *FAN, "--anomaly", "normal"),
        "normal: named as normal and as anomalous",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_in_a_sentence_and_a_hint(folder, monkeypatch, capsys, what):
    monkeypatch.chdir(folder)
    arguments, sentence = REFUSED[what]
    before = sorted(folder.rglob("*"))
    assert judder(*arguments) == 1
    said = capsys.readouterr()
    assert sentence in said.err and "hint: " in said.err and said.out == ""
    assert [path for path in sorted(folder.rglob("*")) if "data" not in path.parts] == before


OUT_OF_RANGE = [
    ("evaluate", "fan.judder.json", *FAN, "--held-out", "nope"),
    *(("train", *FAN, "--out", "x.judder.json", "--window-len", n) for n in (-5, 0)),
    *(("train", *FAN, "--out", "x.judder.json", "--hop", n) for n in (-5, 0)),
    *((verb, "fan.npz", "--sample-rate", 0) for verb in ("inspect", "report", "replay")),
]


@pytest.mark.parametrize("arguments", OUT_OF_RANGE, ids=lambda arguments: " ".join(map(str, arguments)))
def test_a_value_that_cannot_be_meant_is_a_mistake_of_usage(folder, monkeypatch, capsys, arguments):
    monkeypatch.chdir(folder)
    assert judder(*arguments) == 2 and arguments[-2] in capsys.readouterr().err


def test_the_table_says_which_detector_scored(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    assert judder("evaluate", "fan.judder.json", *FAN, "--anomaly", "rub", "--held-out", "all") == 0
    assert "detector mahalanobis" in capsys.readouterr().out


ROOMS = [path for path in Path(package.__file__).parent.rglob("*.py") if "server" not in path.parts]


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: "/".join(path.parts[-2:]))
def test_whoever_refuses_something_says_what_to_do(path):
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    errors = [node for node in calls if getattr(node.func, "id", "") in ("JudderError", "QualityGateError")]
    assert [node.lineno for node in errors if "hint" not in [keyword.arg for keyword in node.keywords]] == []
