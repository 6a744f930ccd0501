"""Recordings written for others come back as they were, through either form and through both."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from judder.cli.app import app
from judder.data import npz
from judder.data.loading import load_recordings
from judder.data.recording import Recording, Segment
from judder.errors import JudderError
from typer.testing import CliRunner

FAN = Path(__file__).parents[2].parent / "shared/data/ceiling-fan.zip"


def run(*arguments):
    return CliRunner().invoke(app, ["export", *map(str, arguments)])


def counts(seed, lengths=(200, 200, 200)):
    rng = np.random.default_rng(seed)
    return [rng.integers(-8192, 8192, (n, 3)).astype(np.int16) for n in lengths]


def of_counts():
    """Return a recording as the server keeps them, a file missing: rows 200 to 399 were lost."""
    parts = zip((0, 400, 600), counts(1), strict=True)
    segments = tuple(Segment(f"{start // 200:04d}", start, part) for start, part in parts)
    return Recording("low", "low", segments, 1 / 2048, 249.7, "pose-1")


def off_grid():
    """Return a recording whose values sit on no sensor's grid."""
    rows = np.random.default_rng(2).normal(0, 0.3, (500, 3)).astype(np.float32)
    return Recording("high", "high", (Segment("0000", 0, rows),), None)


@pytest.fixture
def source(tmp_path):
    """An .npz of both."""
    npz.write([off_grid(), of_counts()], tmp_path / "source.npz")
    return tmp_path / "source.npz"


def assert_same(found, wanted):
    for field in ("condition", "name", "scale_g", "sample_rate_hz", "group"):
        assert getattr(found, field) == getattr(wanted, field), field
    for one, other in zip(found.segments, wanted.segments, strict=True):
        assert (one.name, one.start_row, one.samples.dtype) == (
            other.name,
            other.start_row,
            other.samples.dtype,
        )
        assert np.array_equal(one.samples, other.samples)


CHAINS = {"csv": ["csv"], "csv, then npz": ["csv", "npz"], "npz, then csv": ["npz", "csv"]}


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_nothing_is_lost_on_the_way(source, tmp_path, chain):
    path = source
    for step, to in enumerate(chain):
        out = tmp_path / f"{step}{'.npz' if to == 'npz' else ''}"
        assert run(path, "--to", to, "--out", out).exit_code == 0
        path = out
    high, low = load_recordings(path)
    assert_same(high, off_grid())
    assert_same(low, of_counts())


@pytest.fixture(scope="module")
def fan_condition():
    """Return the ceiling fan's first condition and its files' counts, read by numpy alone."""
    if not FAN.exists():
        pytest.skip("The fan's recordings (shared/data/ceiling-fan.zip) are not beside this checkout.")
    with zipfile.ZipFile(FAN) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".csv"))
        mine = [name for name in names if Path(name).parent == Path(names[0]).parent]
        files = {Path(name).name: np.loadtxt(archive.open(name), delimiter=",") for name in mine}
    return Path(names[0]).parent.name, {name: np.rint(rows * 2048) for name, rows in files.items()}


def test_the_ceiling_fan_keeps_every_count_from_zip_to_npz_to_csv(fan_condition, tmp_path):
    condition, files = fan_condition
    assert run(FAN, "--condition", condition, "--to", "npz", "--out", tmp_path / "fan.npz").exit_code == 0
    assert run(tmp_path / "fan.npz", "--to", "csv", "--out", tmp_path / "fan").exit_code == 0
    written = {file.name: np.loadtxt(file, delimiter=",") for file in (tmp_path / "fan").rglob("*.csv")}
    assert written.keys() == files.keys()
    assert all(np.array_equal(written[name] * 2048, files[name]) for name in files)


def test_only_the_condition_asked_for_is_written(source, tmp_path):
    assert run(source, "--to", "csv", "--out", tmp_path / "out", "--condition", "low").exit_code == 0
    assert {file.parent.name for file in (tmp_path / "out").rglob("*.csv")} == {"low"}


def test_rows_are_written_as_the_reference_writes_them(source, tmp_path):
    run(source, "--to", "csv", "--out", tmp_path / "out")
    line = (tmp_path / "out" / "low" / "0000.csv").read_text().splitlines()[0]
    assert line == ", ".join(str(float(count) / 2048) for count in counts(1)[0][0])


def test_an_npz_by_another_name_is_refused_for_nothing_would_read_it(source, tmp_path):
    error = run(source, "--to", "npz", "--out", tmp_path / "fan").exception
    assert isinstance(error, JudderError) and ".npz" in error.hint


def test_an_unknown_target_is_a_usage_error_that_names_those_there_are(source, tmp_path):
    result = run(source, "--to", "wav", "--out", tmp_path / "fan")
    assert result.exit_code == 2 and "csv" in result.stderr and "npz" in result.stderr
