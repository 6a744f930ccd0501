"""P-values that people read: never smaller, and never surer, than what was held out can show."""

import csv
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from judder.cli.app import app
from judder.data import npz
from judder.data.recording import make_recording
from judder.data.windows import cut_windows
from judder.evaluation.figures import summarise
from judder.model.p_values import p_value_text
from judder.model.scoring import score_windows
from judder.training.train import train
from typer.testing import CliRunner

RATE_HZ, WINDOW_LEN = 200.0, 64
SIDES = ("--normal", "calm", "--anomaly", "shaken")


def recording(condition, spread=20.0, seed=0, windows=100):
    samples = np.random.default_rng(seed).normal(0, spread, (windows * WINDOW_LEN, 3))
    counts = (samples + (0, 0, 2048)).astype(np.int16)
    return make_recording(condition, "r", [("a", counts / 2048)], sample_rate_hz=RATE_HZ)


@pytest.fixture(scope="module")
def machines():
    return recording("calm"), recording("shaken", 60.0, seed=1, windows=20)


@pytest.fixture(scope="module")
def model(machines):
    calm = cut_windows(machines[:1], RATE_HZ, WINDOW_LEN)
    return train(calm, name="calm", features="statistics").core


@given(st.floats(1e-7, 1.0))
def test_a_bound_is_never_said_to_be_smaller_than_it_is(p_value):
    said = float(re.fullmatch(r"< (\S+)", p_value_text(p_value, True))[1])
    assert p_value * (1 - 1e-6) <= said <= p_value * 1.11  # the next of two digits


@given(st.floats(1e-7, 1.0))
def test_a_p_value_that_is_none_is_said_to_two_digits(p_value):
    assert float(p_value_text(p_value, False)) == pytest.approx(p_value, rel=0.051)


def test_twelve_times_the_highest_score_that_calibrated_is_said_to_be_below_the_least_p_value(model):
    detector = model.detectors[0]
    table = detector.calibration
    far = 12 * table.scores[-1]
    assert detector.verdict(0.0, far, None, "host").p_value_is_bound
    # of 100 windows, ten blocks of ten, 60 means of five calibrated: 1 / 61 is the least
    assert (table.windows, p_value_text(table.p_value(far), True)) == (60, "< 0.017")


def test_the_highest_score_that_calibrated_is_no_bound(model):
    detector = model.detectors[0]
    assert not detector.verdict(0.0, detector.calibration.scores[-1], None, "host").p_value_is_bound


def test_before_there_is_evidence_the_windows_own_table_counts(model):
    detector = model.detectors[0]
    highest = detector.window_calibration.scores[-1]
    verdicts = [detector.verdict(score, None, None, "host") for score in (highest, 1.01 * highest)]
    assert [verdict.p_value_is_bound for verdict in verdicts] == [False, True]


def test_a_bound_is_the_least_p_value_that_a_window_can_have(model, machines):
    scored = score_windows(model, cut_windows(machines, RATE_HZ, WINDOW_LEN))
    with_evidence = ~np.isnan(scored.combined_score)
    p_values, bounds = scored.p_value[with_evidence], scored.p_value_is_bound[with_evidence]
    assert bounds.any() and not bounds.all()
    assert p_values[bounds].max() < p_values[~bounds].min()


def test_the_scores_file_marks_the_p_values_that_are_bounds(machines, tmp_path):
    data, model_file, scores = (tmp_path / name for name in ("data.npz", "calm.judder.json", "scores.csv"))
    npz.write(machines, data)
    cut = ("--data", data, "--window-len", WINDOW_LEN, "--normal", "calm")
    judder("train", *cut, "--features", "statistics", "--out", model_file)
    judder("evaluate", model_file, *cut, "--anomaly", "shaken", "--held-out", "all", "--scores", scores)
    with scores.open() as file:
        rows = [row for row in csv.DictReader(file) if row["combined_score"]]
    least = min(float(row["p_value"]) for row in rows)
    assert {float(row["p_value"]) for row in rows if row["p_value_is_bound"] == "1"} == {least}
    assert least not in {float(row["p_value"]) for row in rows if row["p_value_is_bound"] == "0"}


def test_the_median_p_value_of_a_condition_is_that_of_a_window_the_calmer_of_two(model, machines):
    scored = score_windows(model, cut_windows(machines, RATE_HZ, WINDOW_LEN))
    figures = summarise(scored, ["calm"], ["shaken"])["per_condition"]
    for name in ("calm", "shaken"):
        mine = scored.p_value[scored.windows.condition == name]
        assert figures[name]["median_p_value"] == np.quantile(mine, 0.5, method="higher")
    assert [figures[name]["median_p_value_is_bound"] for name in ("calm", "shaken")] == [False, True]


def test_the_report_says_of_a_fault_that_its_p_value_is_a_bound(machines, tmp_path):
    data, page = tmp_path / "data.npz", tmp_path / "page.html"
    npz.write(machines, data)
    cut = ("--data", data, "--window-len", WINDOW_LEN, "--features", "statistics")
    judder("evaluate", *cut, "--cross-validate", 2, *SIDES, "--report", page)
    (row,) = re.findall(r"<tr>(?:(?!</tr>).)*>anomaly<.*?</tr>", page.read_text("utf-8"), re.DOTALL)
    # of 50 windows, five blocks of ten, 30 means of five calibrated: 1 / 31 is the least
    assert ">&lt; 0.033<" in row


def judder(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
