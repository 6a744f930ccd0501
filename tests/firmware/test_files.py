"""What git must ignore, and what may be in no file of the sketch."""

import re
import subprocess

import pytest
from judder_core import window

from tests.firmware.compiling import ROOT, SKETCH, need
from tests.firmware.sketch import FAKES


def test_git_ignores_the_secrets_and_what_the_exporter_writes():
    names = ["secrets.h", "model_data.h", "normal_sample.h", "anomaly_sample.h"]
    paths = [str(SKETCH / name) for name in names]
    ignored = subprocess.run(
        ["git", "check-ignore", *paths], cwd=ROOT, capture_output=True, text=True
    ).stdout.split()
    assert ignored == paths


def test_the_ino_holds_setup_and_loop_only():
    text = (SKETCH / "judder_tflm.ino").read_text()
    assert re.findall(r"^\w+ (\w+)\(\)", text, re.MULTILINE) == ["setup", "loop"]


def test_the_core_uses_no_heap_no_arduino_and_double_only_where_tables_are_made():
    for path in (SKETCH / "src" / "core").rglob("*.[ch]*"):
        code = re.sub(r"//.*", "", path.read_text())
        assert not re.search(r"\b(new|malloc|throw|try|std::vector|std::string|Arduino\.h)\b", code), path
        if path.stem != "spectrum":
            assert not re.search(r"\bdouble\b", code), path


def test_a_frames_flags_are_the_same_numbers_in_both_languages():
    header = (SKETCH / "src" / "core" / "window.h").read_text()
    found = {
        re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper(): int(number)
        for name, number in re.findall(r"kFlag(\w+) = (\d+);", header)
    }
    flags = {name[5:]: number for name, number in vars(window).items() if name.startswith("FLAG_")}
    del flags["OPINION_WANTED"]  # the sketch asks nobody
    assert found == flags


def test_only_one_header_names_tflms_namespace():
    named = [path.name for path in SKETCH.rglob("*.[chi]*") if "tflite::" in path.read_text()]
    assert named == ["tflm.h"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["-DESP_ARDUINO_VERSION_MAJOR=2"], "needs arduino-esp32 core 3.0 or newer"),
        (
            ["-DMODEL_DATA_HAS_NETWORK"],
            "TensorFlow Lite Micro is only in arduino-esp32 3.x, not for the ESP32-C2",
        ),
    ],
)
def test_a_core_that_cannot_run_the_sketch_is_refused_in_a_sentence(options, says):
    header = SKETCH / "src" / "board" / "core_version.h"
    command = [need("g++", "g++"), "-std=c++17", f"-I{FAKES}", "-fsyntax-only", "-x", "c++", *options, header]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True)
    assert done.returncode != 0 and says in done.stderr
