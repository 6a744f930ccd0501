"""Archives of somebody else: none hangs, fills the memory, or writes outside of --out."""

import json
import zipfile

import numpy as np
import pytest
from judder.data.loading import load_recordings, write
from judder.errors import JudderError

ROWS = "0.1, 0.2, 1.0\n" * 64
NAMES = ["/abs/low", "../../up", "low", "//host/share", "a/../../b", "C:\\x", "\x1b[2J"]


@pytest.fixture
def archive(tmp_path):
    """Return a function that writes a .zip of members, and returns its path."""

    def make(members):
        path = tmp_path / "in" / "foreign.zip"
        path.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in members.items():
                file.writestr(name, content)
        return path

    return make


def everything(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize("name", NAMES)
def test_a_zip_whose_members_lead_elsewhere_is_read_and_written_within_out(archive, tmp_path, name):
    path = archive({f"{name}/0.csv": ROWS, "low/1.csv": ROWS})
    before = everything(tmp_path)
    recordings = load_recordings(path)
    assert sum(recording.rows for recording in recordings) == 128
    write(recordings, tmp_path / "out")
    assert all(each == "out" or each.startswith("out/") for each in everything(tmp_path) - before)


@pytest.mark.parametrize("key", ["condition", "name"])
@pytest.mark.parametrize("name", NAMES)
def test_a_zip_whose_metadata_lead_elsewhere_is_written_within_out(archive, tmp_path, key, name):
    path = archive({"low/0.csv": ROWS, "low/judder.json": json.dumps({key: name})})
    before = everything(tmp_path)
    recordings = load_recordings(path)
    write(recordings * 2, tmp_path / "out")
    assert all(each == "out" or each.startswith("out/") for each in everything(tmp_path) - before)


@pytest.mark.parametrize("name", [*NAMES, "x" * 300])
def test_an_npz_whose_arrays_are_named_elsewhere_is_written_within_out(tmp_path, name):
    (tmp_path / "in").mkdir()
    np.savez(tmp_path / "in" / "a.npz", **{name: np.zeros((64, 3)), "low": np.zeros((64, 3))})
    before = everything(tmp_path)
    write(load_recordings(tmp_path / "in" / "a.npz"), tmp_path / "out")
    assert all(each == "out" or each.startswith("out/") for each in everything(tmp_path) - before)


def test_a_zip_that_would_fill_the_memory_is_refused_before_it_is_unpacked(archive):
    path = archive({"low/0.csv": ROWS * 40_000})
    assert path.stat().st_size < 200_000
    with pytest.raises(JudderError, match="would unpack to 36 MB"):
        load_recordings(path)


def test_an_npz_that_would_fill_the_memory_is_refused_before_it_is_unpacked(tmp_path):
    np.savez_compressed(tmp_path / "bomb.npz", low=np.zeros((3_000_000, 3)))
    with pytest.raises(JudderError, match="would unpack to 72 MB"):
        load_recordings(tmp_path / "bomb.npz")


def test_an_npz_that_lies_about_its_size_is_refused(tmp_path):
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (4000000000000, 3), }"
    padded = header + b" " * (-(len(header) + 11) % 64) + b"\n"
    with zipfile.ZipFile(tmp_path / "lie.npz", "w") as file:
        file.writestr("low.npy", b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded)
    with pytest.raises(JudderError, match="cannot be read"):
        load_recordings(tmp_path / "lie.npz")


def test_recordings_of_a_machine_that_stands_still_are_no_bomb(tmp_path):
    still = np.tile(np.array([[0.0, 0.0, 1.0]]), (60 * 250, 1))
    np.savez_compressed(tmp_path / "off.npz", off=still)
    assert load_recordings(tmp_path / "off.npz")[0].rows == 60 * 250
