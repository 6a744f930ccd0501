"""To which operating mode a window is taken to belong."""

import pytest
from judder_core.judge import settled

THRESHOLD = 5.0


@pytest.mark.parametrize(
    "distances, before, mode",
    [
        ([10.0, 9.0], None, 1),  # nothing came before
        ([10.0, 9.0], 0, 0),  # between two modes it stays
        ([9.0, 10.0], 1, 1),
        ([30.0, 9.0], 0, 1),  # far from the mode before, it has left it
        ([6.0, 4.0], 0, 1),  # a normal window is of the nearest
        ([4.0, 6.0], 1, 0),
    ],
)
def test_a_strange_window_between_two_modes_stays_with_the_one_before(distances, before, mode):
    assert settled(distances, before, THRESHOLD) == mode
