"""A rate as people read it: 250 Hz, whatever float32 made of it in a frame."""

import json
import re
from dataclasses import replace
from pathlib import Path

import judder
import pytest
from judder.data import npz
from judder.data.loading import load_recordings

from tests.host.shell import call

MEASURED_HZ = 250.00059509277344


@pytest.fixture
def said(tmp_path, monkeypatch, capsys):
    """Return a function that runs a verb beside fan.npz, of MEASURED_HZ, and other.npz, of two rates."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        call(*arguments)
        said = capsys.readouterr()
        return said.out + said.err

    run("simulate", "--out", "fan.npz", "--seconds", 20)
    fan = replace(load_recordings(tmp_path / "fan.npz")[0], sample_rate_hz=MEASURED_HZ)
    npz.write([fan], tmp_path / "fan.npz")
    npz.write([fan, replace(fan, condition="slow", sample_rate_hz=199.99876)], tmp_path / "other.npz")
    return run


def test_inspect_says_it(said):
    assert "sample rate 250 Hz\n" in said("inspect", "fan.npz")


def test_a_contradiction_says_it(said):
    assert "The data say 250 Hz, not 100 Hz." in said("inspect", "fan.npz", "--sample-rate", 100)


def test_recordings_that_do_not_go_together_say_it(said):
    assert "at different rates: 200 Hz, 250 Hz." in said("report", "other.npz")


def test_a_report_says_it(said, tmp_path):
    said("report", "fan.npz", "--out", "fan.html")
    page = (tmp_path / "fan.html").read_text().split('<script type="application/json"')[0]
    assert "250 Hz" in page and "250.0" not in page


def test_json_has_every_digit(said):
    assert json.loads(said("inspect", "fan.npz", "--json").split("next:")[0])["sample_rate_hz"] == MEASURED_HZ


def test_no_sentence_writes_a_rate_by_itself():
    root = Path(judder.__file__).parent
    found = [path for path in root.rglob("*.py") if re.search(r"hz\w*(:g)?\} Hz", path.read_text())]
    assert found == []
