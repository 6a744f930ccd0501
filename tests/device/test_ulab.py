"""The ulab engine over a stand-in for ulab (ulab_stand_in/), so on CPython only."""

import json
from array import array
from pathlib import Path

import numpy as np
import pytest
from core import golden_check
from hypothesis import given
from hypothesis import strategies as st
from judder_core import features
from judder_core import numeric as pure
from judder_core.model import as_float
from judder_node import numeric_ulab
from pytest import approx

from tests.device.board_scripts import ulab_questions

DATA = Path(__file__).parents[1] / "data"
GOLDEN = DATA / "golden.json"
POSE = (0.0, 0.6, 0.8)  # g
ANSWERS = json.loads((DATA / "ulab_answers.json").read_text())  # by ulab 6.12.0 in float32


@pytest.mark.parametrize(("question", "expected"), ANSWERS)
def test_the_stand_in_answers_as_ulab_does(question, expected):
    assert json.loads(json.dumps(ulab_questions.answer(question))) == expected


def test_every_question_was_answered_by_ulab():
    assert [question for question, _ in ANSWERS] == ulab_questions.QUESTIONS.split("\n")


def test_golden_holds_on_the_ulab_engine():
    worst = golden_check.check_all(GOLDEN, numeric_ulab, 1e-4)
    assert worst["window"] > 1e-9, "nothing was rounded to float32"


@st.composite
def windows(draw):
    """Return counts: noise of any strength about any pose, the mean of an axis often a whole number."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    length = draw(st.integers(65, 256))
    spread = draw(st.sampled_from([0, 1, 3, 40, 2000]))
    samples = rng.integers(-spread, spread + 1, (length, 3)) + rng.integers(-4096, 4097, 3)
    if draw(st.booleans()):
        for axis in samples.T:
            axis[: axis.sum() % length] -= 1
    return array("h", samples.ravel().tolist())


@pytest.mark.parametrize("name", features.SETS)
@given(counts=windows())
def test_each_feature_set_is_the_same_on_both_engines(name, counts):
    expected = features.compute(pure, name, counts, 1 / 2048, POSE)
    found = features.compute(numeric_ulab, name, numeric_ulab.batch(counts), 1 / 2048, POSE)
    # float32 carries 6e-8; 1e-4 of a logarithm near 0 is 1e-4 of what it is the logarithm of.
    least = 0 if name == "mad" else 1e-4
    assert [as_float(value) for value in found] == approx(expected, rel=1e-4, abs=least)
