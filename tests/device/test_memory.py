"""The heap a board needs, on a MicroPython of 32 bits; `python tools/prove.py memory` finds the least."""

import json

import prove_memory
import pytest

from tests.core.micropython import MICROPYTHON32, need

WINDOWS = 20
ENOUGH_KB = {"mad": 100, "default": 112, "four modes": 120, "two detectors": 114}
"""The least that was found, and 6 kB."""


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    need(MICROPYTHON32)
    return prove_memory.models(tmp_path_factory.mktemp("models"))


@pytest.mark.parametrize("kind", ENOUGH_KB)
def test_windows_pass_in_the_promised_heap_with_nothing_lost_or_unjudged(models, kind, tmp_path):
    watch = prove_memory.Board(tmp_path, models[kind]).watch(ENOUGH_KB[kind], WINDOWS)
    assert watch.passed, watch


def test_a_heap_that_is_too_small_is_found(models, tmp_path):
    assert not prove_memory.Board(tmp_path, models["mad"]).watch(64, WINDOWS).passed


def test_a_window_leaves_little_garbage_and_the_board_collects_once_between_two(models, tmp_path):
    watch = prove_memory.Board(tmp_path, models["default"]).watch(160, WINDOWS)
    garbage = json.loads(watch.output)["garbage"]
    assert garbage["mean"] <= 25_000 and garbage["unasked"] == 0
