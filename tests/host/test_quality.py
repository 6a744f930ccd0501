"""The quality gate: each odd thing is found where it was put, and not where it was not."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from judder.data.loading import load_recordings
from judder.data.recording import make_recording
from judder.quality import Finding, Severity, as_sentences, find, survey, to_dict
from judder.quality.conditions import told_apart
from judder.quality.findings import by_gravity
from judder.simulation import FanOptions, simulate
from scipy import stats

from tests.host.test_cli import judder

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
        ("duplicated", lambda rows: np.repeat(rows[::2], 2, axis=0)),
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


def test_an_axis_that_stands_still_for_a_while_is_counted_in_windows():
    def still(rows):
        rows[1024:1536, 1] = 0.01
        return rows

    (finding,) = find(survey([recording(still)]))
    assert finding.kind == "stuck" and "Axis y stands still in 2 of 31 windows" in finding.sentence


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda rows: rows * (1, 1, 0) + (0, 0, 1), Severity.STOP),
        (lambda rows: rows - (0, 0, 1), Severity.WARN),
        (lambda rows: rows * (0.05, 1, 1), Severity.NOTE),
    ],
    ids=["stuck", "no gravity", "coarse"],
)
def test_a_finding_says_how_grave_it_is(change, said):
    (finding,) = find(survey([recording(change)]))
    assert finding.severity is said


def test_the_gravest_finding_comes_first_and_many_alike_are_counted():
    coarse = [Finding("quantisation", f"c{k}", "It is coarse.", "Hint.", Severity.NOTE) for k in range(5)]
    stuck = Finding("stuck", "low", "It is stuck.", "Hint.", Severity.STOP)
    found = by_gravity([*coarse, stuck])
    assert as_sentences(found) == ["low: It is stuck.", "c0 and 4 more: It is coarse."]


@pytest.mark.parametrize("name", "xyz")
def test_drift_names_its_axis_and_by_how_much(name):
    growth = np.ones((8000, 3))
    growth[:, "xyz".index(name)] = np.linspace(1, 1.5, 8000)
    (finding,) = find(survey([recording(lambda rows: (rows - (0, 0, 1)) * growth + (0, 0, 1))]))
    (percent,) = re.findall(rf"axis {name} shakes \+(\d+)%", finding.sentence)
    assert int(percent) == pytest.approx(40, abs=12)  # 1.46 / 1.04 in sixths; 1333 rows know theirs to 3 %
    assert sum(f"axis {other}" in finding.sentence for other in "xyz") == 1


def test_a_line_that_grows_while_the_deviation_stays_is_drift_in_its_band():
    def growing(rows):
        times = np.arange(len(rows)) / 250
        line = 0.0033 * np.linspace(0, 1, len(rows)) * np.sin(2 * np.pi * 8 * times)
        return rows * (0.25, 0.25, 0.25) + (0, 0, 0.75) + line[:, None] * (1, 0, 0)

    (finding,) = find(
        survey([make_recording("low", "low", [("0000", samples(growing, 60000))], sample_rate_hz=250)])
    )
    assert finding.kind == "drift" and "4 to 10 Hz +3" in finding.sentence


def test_a_beat_of_two_lines_is_no_drift():
    assert kinds(simulate(FanOptions(seconds=60, speed_hz=50, hum_hz=100, hum_mg=20))) == set()


@pytest.mark.parametrize("distance", [0.0, 1.0, 3.0])
def test_poses_are_told_apart_as_well_as_two_gaussians_can_be(distance):
    rng = np.random.default_rng(0)
    one, other = rng.normal(0, 1e-3, (2, 4000, 3)) * (1, 1, 5)
    other[:, 0] += distance * 1e-3
    assert told_apart(one, other) == pytest.approx(
        stats.norm.cdf(distance / 2), abs=0.03
    )  # 2000 windows tried


def test_poses_that_tell_conditions_apart_are_found():
    tilted = recording(lambda rows: rows + (0.01, 0, 0), "low-shaky", seed=1)
    assert kinds(recording(), tilted) == {"confounding"}
    assert kinds(recording(), recording(condition="low-again", seed=1)) == set()


def test_confounding_says_how_well_and_which_pairs():
    tilted = recording(lambda rows: rows + (0.01, 0, 0), "low-shaky", seed=1)
    (finding,) = find(survey([recording(), tilted]))
    assert "1 of 1 pairs" in finding.sentence and "low from low-shaky" in finding.sentence
    assert finding.figures["pairs"] == [{"one": "low", "other": "low-shaky", "accuracy": 1.0}]


def test_one_pose_of_many_that_differs_is_a_note():
    alike = [recording(condition=f"c{k}", seed=k) for k in range(4)]
    (finding,) = find(survey([*alike, recording(lambda rows: rows + (0.01, 0, 0), "tilted", 9)]))
    assert finding.severity is Severity.NOTE and "4 of 10 pairs" in finding.sentence


def test_simulated_fans_in_one_pose_are_not_told_apart_by_it():
    fans = [simulate(FanOptions(f"{speed}", 120, speed, seed=k)) for k, speed in enumerate((2.0, 12.0, 20.0))]
    assert kinds(*fans) == set()


def test_conditions_with_windows_of_different_lengths_are_surveyed():
    short = make_recording("short", "short", [("0000", samples(n=100)), ("0001", samples(n=3, seed=1))])
    assert survey([recording(), short], 250.0).window_len == 100
    assert find(survey([recording(), short], 250.0)) == []


def test_of_very_many_rows_some_are_looked_at_and_all_are_counted(monkeypatch):
    module = sys.modules["judder.quality.survey"]  # the package has a function of that name
    monkeypatch.setattr(module, "MOST_ROWS", 1000)
    monkeypatch.setattr(module, "MOST_WINDOWS", 10)
    surveyed = survey([recording(), recording(lambda rows: rows * (1, 0, 1), "stuck")])
    assert [len(c.in_g) for c in surveyed.conditions] == [1000, 1000]
    assert len(surveyed.windows["low"]) == 8  # each fourth of 31
    assert to_dict(surveyed, [])["conditions"]["low"]["rows"] == 8000
    assert {finding.kind for finding in find(surveyed)} == {"stuck"}


def test_findings_and_figures_go_through_json():
    surveyed = survey([recording(), recording(lambda rows: rows + (0.01, 0, 0), "other", 1)])
    (finding,) = json.loads(json.dumps(to_dict(surveyed, find(surveyed))))["findings"]
    assert (finding["kind"], finding["severity"]) == ("confounding", "warn")


def test_strict_inspection_exits_with_3_where_a_figure_would_be_wrong(tmp_path):
    for name, change in (("good", lambda rows: rows), ("stuck", lambda rows: rows * (1, 0, 1))):
        np.savez(tmp_path / f"{name}.npz", low=samples(change))
    inspect = ("inspect", "--sample-rate", 250, "--strict")
    assert judder(*inspect, tmp_path / "good.npz").exit_code == 0
    result = judder(*inspect, tmp_path / "stuck.npz")
    assert result.exit_code == 3 and "stop: low: Axis y is 0 g all the time." in result.stdout


def test_training_warns_of_its_own_normal_data_only(tmp_path):
    np.savez(
        tmp_path / "fan.npz", low=samples(lambda rows: rows - (0, 0, 1)), high=samples(lambda rows: rows * 0)
    )
    data = ("--data", tmp_path / "fan.npz", "--sample-rate", 250)
    result = judder("train", *data, "--normal", "low", "--out", tmp_path / "fan.judder.json")
    assert "warning: low: The mean acceleration is 0.00 g" in result.stderr
    assert (
        "judder inspect" in result.stderr
        and "stuck" not in result.stderr
        and "all the time" not in result.stderr
    )


@needs_data
def test_the_ceiling_fans_hum_and_poses_are_said_first():
    first, second, *_ = find(survey(load_recordings(DATA / "ceiling-fan.zip")))
    assert first.kind == "aliasing" and "80 Hz" in first.sentence
    assert "probably 120 Hz mains hum, folded by sampling at 200 Hz" in first.sentence
    assert "output rate" in first.hint
    assert second.kind == "confounding" and "13 of 21 pairs" in second.sentence and "96%" in second.sentence
    assert "several mountings" in second.hint


@needs_data
def test_training_on_one_condition_of_the_ceiling_fan_warns_of_the_folded_hum():
    low = [r for r in load_recordings(DATA / "ceiling-fan.zip") if r.condition == "fan_0_low_0_weight"]
    (finding,) = find(survey(low, 200.0))
    assert finding.kind == "aliasing" and "120 Hz mains hum" in finding.sentence


@needs_data
def test_the_rig_has_poses_and_no_gravity_and_no_aliasing():
    recordings = load_recordings(DATA / "rig-1khz.zip")
    assert kinds(*recordings, sample_rate_hz=1000.0) == {"confounding", "gravity"}


@needs_data
@pytest.mark.parametrize("word", ["healthy", "imbalance", "bent", "outer", "2400", "3000"])
def test_no_part_of_the_rig_has_aliasing(word):
    recordings = [r for r in load_recordings(DATA / "rig-1khz.zip") if word in r.condition]
    assert "aliasing" not in kinds(*recordings, sample_rate_hz=1000.0)
