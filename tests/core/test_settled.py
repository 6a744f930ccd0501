"""To which operating mode a window is taken to belong."""

import pytest
from judder_core.judge import settled

THRESHOLD = 5.0


@pytest.mark.parametrize("distances, before", [([10.0, 9.0], 0), ([9.0, 10.0], 1)])
def test_a_strange_window_between_two_modes_stays_with_the_one_before(distances, before):
    assert settled(distances, before, THRESHOLD) == before


@pytest.mark.parametrize("distances, before, nearest", [([6.0, 4.0], 0, 1), ([4.0, 6.0], 1, 0)])
def test_a_normal_window_is_of_the_nearest_mode_whatever_came_before(distances, before, nearest):
    assert settled(distances, before, THRESHOLD) == nearest


def test_a_strange_window_far_from_the_mode_before_has_left_it():
    assert settled([30.0, 9.0], 0, THRESHOLD) == 1


def test_the_first_window_is_of_the_nearest_mode_strange_or_not():
    assert settled([10.0, 9.0], None, THRESHOLD) == 1
