"""The quality gate: each odd thing is found where it was put, and not where it was not."""

from pathlib import Path

import numpy as np
import pytest
from judder.quality import find, survey
from judder.recording import load_recordings, make_recording
from judder.simulate import FanOptions, simulate

DATA = Path(__file__).parents[2].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="The recordings in ../shared/data are not here.")


def kinds(*recordings, **options):
    return {finding.kind for finding in find(survey(recordings, **options))}


def samples(change=lambda rows: rows, n=8000, seed=0):
    rows = np.random.default_rng(seed).normal((0, 0, 1), 0.02, (n, 3))
    return np.rint(change(rows) * 2048) / 2048


def recording(change=lambda rows: rows, condition="low", seed=0):
    return make_recording(condition, condition, [("0000", samples(change, seed=seed))], sample_rate_hz=250.0)


def rising(rows):
    return (
        rows * np.linspace(1, 1.5, len(rows))[:, None]
        + (0, 0, 1) * (1 - np.linspace(1, 1.5, len(rows)))[:, None]
    )


def test_a_good_recording_has_no_finding():
    assert kinds(recording()) == set()


@pytest.mark.parametrize(
    "kind, change",
    [
        ("gravity", lambda rows: rows - (0, 0, 1)),
        ("stuck", lambda rows: rows * (1, 0, 1)),
        ("clipped", lambda rows: np.clip(rows * (100, 1, 1), -2, 2)),
        ("quantisation", lambda rows: rows * (0.05, 1, 1)),
        ("drift", rising),
    ],
)
def test_an_odd_thing_is_found_by_its_kind(kind, change):
    assert kinds(recording(change)) == {kind}


def test_a_rate_that_is_not_known_is_said_to_be_assumed():
    unknown = make_recording("low", "low", [("0000", samples())])
    assert kinds(unknown) == {"rate"}
    assert kinds(unknown, sample_rate_hz=250.0) == set()


def test_copies_are_counted():
    twice = make_recording("low", "low", [("0000", samples()), ("0001", samples())], sample_rate_hz=250.0)
    (finding,) = find(survey([twice]))
    assert finding.kind == "duplicated" and "1 of 2" in finding.sentence


def test_poses_that_tell_conditions_apart_are_found():
    tilted = recording(lambda rows: rows + (0.01, 0, 0), "low-shaky", seed=1)
    assert kinds(recording(), tilted) == {"confounding"}
    assert kinds(recording(), recording(condition="low-again", seed=1)) == set()


def fans(**options):
    return [
        simulate(FanOptions(f"speed-{speed}", seconds=60, speed_hz=speed, hum_hz=120, hum_mg=20, **options))
        for speed in (12.0, 17.0, 22.0)
    ]


def test_hum_folded_by_polling_is_found_and_hum_in_its_place_is_not():
    folded = find(survey(fans(sample_rate_hz=200, odr_hz=500)))
    (finding,) = [f for f in folded if f.kind == "aliasing"]
    assert "80 Hz" in finding.sentence and "120 Hz mains hum" in finding.sentence
    assert "aliasing" not in kinds(*fans(sample_rate_hz=250))


@needs_data
def test_the_ceiling_fans_aliasing_and_poses_are_said_first():
    first, second, *_ = find(survey(load_recordings(DATA / "ceiling-fan.zip")))
    assert first.kind == "aliasing" and "80 Hz" in first.sentence and "200 Hz" in first.sentence
    assert second.kind == "confounding" and first.hint and second.hint


@needs_data
def test_the_rig_has_poses_and_no_gravity_and_no_aliasing():
    found = kinds(*load_recordings(DATA / "rig-1khz.zip"), sample_rate_hz=1000.0)
    assert {"confounding", "gravity"} <= found and "aliasing" not in found
