"""Recordings in files: what is read, what is refused, and that both formats are lossless."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from judder.data.loading import load_recordings, write
from judder.data.recording import make_recording
from judder.errors import JudderError

COUNTS = hnp.arrays(np.int16, st.tuples(st.integers(1, 40), st.just(3)), elements=st.integers(-8192, 8191))


def write_csv(folder, name, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


@given(counts=COUNTS, suffix=st.sampled_from([".npz", ""]))
def test_counts_survive_a_file_exactly(counts, suffix, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / f"data{suffix}"
    sent = make_recording("low/normal", "first", [("0000", counts / 2048)], sample_rate_hz=250.0, group="a")
    write([sent], out)
    (found,) = load_recordings(out)
    assert (found.in_g() == counts / 2048).all()
    assert (found.sample_rate_hz, found.group, found.name) == (250.0, "a", "first")


def test_values_on_no_grid_stay_float32_and_exact(tmp_path):
    values = np.random.default_rng(1).normal(0, 1, (50, 3)).astype(np.float32)
    write([make_recording("a", "a", [("0000", values.astype(float))])], tmp_path / "x.npz")
    (found,) = load_recordings(tmp_path / "x.npz")
    assert found.scale_g is None and (found.segments[0].samples == values).all()


@pytest.mark.parametrize(
    "row, named",
    [("1.0, abc, 2.0", "row 2"), ("1.0, 2.0", "row 2"), ("1.0, nan, 2.0", "row 2"), ("", "row 2")],
)
def test_a_row_that_is_no_sample_is_named_with_its_file(tmp_path, row, named):
    write_csv(tmp_path / "fan" / "low", "0007.csv", f"0.0, 0.0, 1.0\n{row}\n0.0, 0.0, 1.0\n")
    with pytest.raises(JudderError, match=f"0007.csv, {named}") as caught:
        load_recordings(tmp_path / "fan")
    assert caught.value.hint


def test_a_zip_reads_as_its_folder_does(tmp_path):
    write_csv(tmp_path / "fan" / "low", "0000.csv", "0.5, 0.0, 1.0\n0.25, 0.0, 1.0\n")
    write_csv(tmp_path / "fan" / "high", "0000.csv", "0.75, 0.0, 1.0\n")
    with zipfile.ZipFile(tmp_path / "fan.zip", "w") as archive:
        for file in sorted((tmp_path / "fan").rglob("*.csv")):
            archive.write(file, file.relative_to(tmp_path))
    unpacked, zipped = load_recordings(tmp_path / "fan"), load_recordings(tmp_path / "fan.zip")
    assert [r.condition for r in zipped] == [r.condition for r in unpacked] == ["high", "low"]
    assert all((a.in_g() == b.in_g()).all() for a, b in zip(zipped, unpacked, strict=True))


def test_metres_per_second_squared_are_converted_and_said(tmp_path):
    write_csv(tmp_path / "fan" / "low", "0000.csv", "0.0, 0.0, 9.80665\n" * 5)
    (found,) = load_recordings(tmp_path / "fan")
    assert found.in_g()[0].tolist() == pytest.approx([0, 0, 1], abs=1e-6)
    assert "m/s^2" in found.notes[0]


@pytest.mark.parametrize("name, content", [("x.npz", b"PK\x03\x04broken"), ("x.zip", b"no zip")])
def test_a_broken_archive_is_one_sentence_with_a_hint(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(JudderError, match=r"x\.") as caught:
        load_recordings(tmp_path / name)
    assert caught.value.hint


def test_an_array_of_the_wrong_shape_is_named(tmp_path):
    buffer = io.BytesIO()
    np.savez(buffer, low=np.zeros((4, 2)))
    (tmp_path / "x.npz").write_bytes(buffer.getvalue())
    with pytest.raises(JudderError, match=r"array low of shape \(4, 2\)"):
        load_recordings(tmp_path / "x.npz")


def test_csv_files_are_never_overwritten(tmp_path):
    recording = make_recording("a", "a", [("0000", np.zeros((4, 3)))])
    write([recording], tmp_path)
    write([recording], tmp_path)  # beside it, under the recording's name
    with pytest.raises(JudderError, match="already holds CSV files"):
        write([recording], tmp_path)


@pytest.mark.parametrize("header", ["[]", '{"recordings": 3}', '{"recordings": [{}]}', "x"])
def test_an_npz_whose_header_is_no_headers_is_one_sentence_with_a_hint(header, tmp_path):
    np.savez(tmp_path / "fan.npz", judder=np.array(header))
    with pytest.raises(JudderError, match="cannot be read") as caught:
        load_recordings(tmp_path / "fan.npz")
    assert caught.value.hint


@pytest.mark.parametrize("metadata", ["[1]", "7", '{"sample_rate_hz": 0}', '{"sample_rate_hz": "fast"}'])
def test_metadata_that_cannot_be_are_one_sentence_with_a_hint(metadata, tmp_path):
    write_csv(tmp_path / "a", "0.csv", "0, 0, 1\n")
    (tmp_path / "a" / "judder.json").write_text(metadata)
    with pytest.raises(JudderError) as caught:
        load_recordings(tmp_path)
    assert caught.value.hint


def test_a_zip_that_is_damaged_inside_is_one_sentence_with_a_hint(tmp_path):
    path = tmp_path / "fan.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/0.csv", "0, 0, 1\n" * 50)
    path.write_bytes(path.read_bytes().replace(b"0, 0, 1", b"0, 0, 2", 1))
    with pytest.raises(JudderError, match="damaged") as caught:
        load_recordings(path)
    assert caught.value.hint
