"""What is written to a file is there whole, or the file is as it was."""

import contextlib
import os
from pathlib import Path

import judder
import pytest
from judder.data import npz
from judder.data.whole import whole_file, write_whole

resource = pytest.importorskip("resource", reason="Windows bounds no process's files")
BOUND = 1024


@contextlib.contextmanager
def full_disk():
    """Let no file grow beyond BOUND bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (BOUND, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(scope="module")
def recording():
    return judder.simulate(seconds=120)


@pytest.fixture(scope="module")
def model(recording):
    return judder.train(recording)


@pytest.mark.parametrize("before", [{}, {"fan": b"of yesterday"}], ids=["new", "there"])
@pytest.mark.parametrize("kind", ["model", "recordings"])
def test_a_full_disk_leaves_the_file_as_it_was(kind, before, tmp_path, model, recording):
    for name, content in before.items():
        (tmp_path / name).write_bytes(content)
    write = {"model": model.save, "recordings": lambda path: npz.write([recording], path)}[kind]
    with pytest.raises(OSError, match="too large"), full_disk():
        write(tmp_path / "fan")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_file_that_is_interrupted_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), whole_file(tmp_path / "fan") as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert not [*tmp_path.iterdir()]


def test_a_folder_that_is_not_there_is_said_of_the_file_that_was_wanted(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        write_whole(tmp_path / "absent" / "fan", b"today")
    assert caught.value.filename == str(tmp_path / "absent" / "fan")


def test_what_a_link_leads_to_is_written(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "fan")
    write_whole(tmp_path / "link", b"today")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "fan").read_bytes() == b"today"


def test_what_is_no_file_is_written_as_it_is():
    write_whole(Path(os.devnull), b"gone")
    assert not Path(os.devnull).is_file()
