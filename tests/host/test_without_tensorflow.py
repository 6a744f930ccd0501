"""Judder without the extra `train`: all but training autoencoders works, and that says what to install."""

import subprocess
import sys

import pytest
from judder.errors import JudderError
from judder.model.runtimes import need

WITHOUT = "import sys; sys.modules.update(tensorflow=None, keras=None); "
ALL = """
from judder.cli.verbs import VERBS, load
for verb in VERBS:
    load(verb)
import judder.server, judder.bench.autoencoders, judder.model.files, judder.server.app
"""

TRAIN = """
from judder.cli import report_error
from judder.errors import JudderError
try:
    import judder.detectors.tensorflow
except JudderError as error:
    report_error(str(error), error.hint)
"""


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_no_verb_and_no_server_imports_tensorflow():
    run = python(
        ALL + "import sys; print(sorted({'tensorflow', 'keras', 'ai_edge_litert'} & set(sys.modules)))"
    )
    assert run.stdout.strip() == "[]", run.stderr


def test_training_one_says_in_a_sentence_what_to_install():
    run = python(WITHOUT + TRAIN)
    assert "TensorFlow is not installed" in run.stderr
    assert "pip install -e '.[train]'" in run.stderr


def test_running_a_tflite_without_litert_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(JudderError, match="ai_edge_litert is not installed") as caught:
        need("ai_edge_litert.interpreter")
    assert caught.value.hint.endswith("pip install -e '.[litert]'")
