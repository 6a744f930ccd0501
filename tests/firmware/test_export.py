"""What `judder export` writes for C and C++: it compiles, and every number comes back as it was."""

import subprocess

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from judder.cli.app import app
from judder.data import frames
from judder.errors import JudderError
from judder.export import c_source
from judder_core import model_file, numeric
from typer.testing import CliRunner

from tests.firmware.compiling import need, run

C = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
DUMP = """
#include <stdio.h>
#include "{name}.h"
int main(void) {{ return fwrite({name}, sizeof {name}, 1, stdout) == 1 ? 0 : 1; }}
"""
ODD = {
    "md_model-moving": np.array([[0.1, 1e-30], [-3.4e38, 1e9]], np.float32),
    "2-d": np.array([[[-(2**63), 2**63 - 1]]]),
    "float": np.array([0, 2**64 - 1], np.uint64),
    "scalar": np.array(1 / 3),
    "half": np.array([0.1, 65504], np.float16),
    "flags": np.array([True, False]),
    "swapped": np.array([1, -2, 70000], ">i4"),
    "long": np.arange(5000, dtype=np.int16).reshape(1000, 5),
}


def export(*words):
    return CliRunner().invoke(app, ["export", *map(str, words)])


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("language", ["c", "c++"])
def test_any_array_comes_back_from_a_compiled_header(tmp_path, name, language):
    compiler = need("g++", "g++")
    np.save(tmp_path / f"{name}.npy", ODD[name])
    result = export(tmp_path / f"{name}.npy", "--to", "c-array")
    assert result.exit_code == 0, result.exception
    identifier = c_source.identifier(name)
    (tmp_path / f"{identifier}.h").write_text((tmp_path / f"{name}.h").read_text())
    (tmp_path / "dump.c").write_text(DUMP.format(name=identifier))
    flags = C if language == "c" else [*C[1:], "-std=c++17"]
    run([compiler, "-x", language, *flags, "dump.c", "-o", "dump"], cwd=tmp_path)
    raw = subprocess.run([tmp_path / "dump"], capture_output=True, check=True).stdout
    values = ODD[name].astype(np.float32) if ODD[name].dtype == np.float16 else ODD[name]
    assert raw == values.astype(values.dtype.newbyteorder("<")).tobytes()


@given(arrays.from_dtype(np.dtype(np.float32), allow_nan=False, allow_infinity=False))
def test_a_float_literal_is_read_back_to_the_same_bits(value):
    text = c_source.number(value)
    assert text.endswith("f") and any(mark in text for mark in ".e")
    assert np.float32(float(text[:-1])).tobytes() == value.tobytes()


@given(st.text(max_size=20))
def test_every_name_is_an_identifier_that_nobody_reserves(text):
    name = c_source.identifier(text)
    assert name.isidentifier() and name.isascii() and "__" not in name and not name.startswith("_")
    assert name not in c_source.RESERVED


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (np.array([1.0, np.nan]), "nan"),
        (np.array([np.inf], np.float32), "inf"),
        (np.array([1j]), "complex128"),
        (np.zeros((0, 3)), "no elements"),
        (np.array(["x"]), "str"),
    ],
    ids=["nan", "inf", "complex", "empty", "text"],
)
def test_what_c_has_no_literal_for_is_refused(tmp_path, values, word):
    np.save(tmp_path / "a.npy", values)
    error = export(tmp_path / "a.npy", "--to", "c-array").exception
    assert isinstance(error, JudderError) and word in str(error)
    assert not (tmp_path / "a.h").exists()


def test_what_is_no_npy_file_is_refused(tmp_path):
    (tmp_path / "a.npy").write_text("1, 2")
    assert isinstance(export(tmp_path / "a.npy", "--to", "c-array").exception, JudderError)


@pytest.fixture
def model(model_data, tmp_path):
    path = tmp_path / "fan.judder.json"
    path.write_bytes(model_data)
    return path


def test_a_model_becomes_three_headers_with_its_id(model, tmp_path):
    result = export(model, "--to", "arduino", "--out", tmp_path / "sketch")
    names = ["anomaly_sample.h", "model_data.h", "normal_sample.h"]
    assert result.stdout.split() == [str(tmp_path / "sketch" / name) for name in names]
    text = (tmp_path / "sketch" / "model_data.h").read_text()
    assert f'"{model_file.load(model.read_bytes(), numeric).model_id}"' in text


def test_the_two_windows_can_come_from_recordings(model, noisy_windows, tmp_path):
    for condition, spread in (("normal", 20.0), ("shaky", 60.0)):
        (tmp_path / "data" / condition).mkdir(parents=True)
        for k, body in enumerate(noisy_windows(3, spread=spread, seed=5)):
            counts = np.array(frames.decode_windows(body)[0].counts).reshape(-1, 3)
            np.savetxt(tmp_path / "data" / condition / f"{k:04d}.csv", counts / 2048, delimiter=", ")
    chosen = ["--data", tmp_path / "data", "--normal", "normal", "--sample-rate", 250]
    result = export(model, "--to", "arduino", "--out", tmp_path / "sketch", *chosen, "--anomaly", "shaky")
    assert result.exit_code == 0, result.exception
    assert "data, shaky, window" in (tmp_path / "sketch" / "anomaly_sample.h").read_text()
    error = export(model, "--to", "arduino", "--out", tmp_path, *chosen, "--anomaly", "normal").exception
    assert isinstance(error, JudderError) and "threshold" in str(error)


def test_a_file_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "m.judder.json").write_text("{}")
    result = export(tmp_path / "m.judder.json", "--to", "arduino", "--out", tmp_path)
    assert result.exit_code == 1 and not (tmp_path / "model_data.h").exists()
