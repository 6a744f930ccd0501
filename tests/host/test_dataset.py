"""Windows cut from recordings and split in time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from judder.data.recording import make_recording
from judder.data.windows import choose, cut_windows, in_blocks, sample_rate_of
from judder.errors import JudderError


def recording(condition="low", rows=1000, parts=1, rate_hz=None):
    ramp = np.arange(rows * 3).reshape(rows, 3) % 2000 / 2048
    return make_recording(
        condition, condition, [(f"{k:04d}", ramp) for k in range(parts)], sample_rate_hz=rate_hz
    )


@given(rows=st.integers(64, 500), window_len=st.integers(16, 64), hop=st.integers(1, 80))
def test_windows_are_the_rows_they_say(rows, window_len, hop):
    source = recording(rows=rows)
    windows = cut_windows([source], 200.0, window_len, hop)
    assert len(windows) == (rows - window_len) // hop + 1
    for k in (0, len(windows) - 1):
        start = windows.start_row[k]
        assert (windows.samples[k] == source.segments[0].samples[start : start + window_len]).all()


def test_no_window_crosses_a_segments_border():
    windows = cut_windows([recording(rows=100, parts=3)], 200.0, 64, 10)
    assert all(start % 100 <= 100 - 64 for start in windows.start_row)


@given(
    n=st.integers(20, 300),
    hop=st.integers(8, 64),
    shares=st.lists(st.integers(1, 5), min_size=2, max_size=6),
)
def test_no_two_blocks_share_a_row_or_come_within_a_window(n, hop, shares):
    windows = cut_windows([recording(rows=n * hop + 64)], 200.0, 64, hop)
    block = in_blocks(windows, shares)
    for k in range(len(shares) - 1):
        earlier, later = windows.start_row[block == k], windows.start_row[block == k + 1]
        if len(earlier) and len(later):
            assert earlier.max() + 2 * 64 <= later.min()
    assert (np.diff(block[block >= 0]) >= 0).all()


def test_data_without_a_rate_get_the_references_and_a_warning():
    assert sample_rate_of([recording()], None)[0] == 200
    assert "--sample-rate" in sample_rate_of([recording()], None)[1]
    assert sample_rate_of([recording(rate_hz=250.0)], None) == (250.0, None)


def test_recordings_of_different_rates_are_refused():
    with pytest.raises(JudderError, match="100 Hz, 250 Hz"):
        sample_rate_of([recording(rate_hz=250.0), recording(rate_hz=100.0)], None)


def test_a_condition_is_chosen_by_name_last_part_or_pattern():
    both = [recording("fan/low_0"), recording("fan/low_1")]
    assert [r.condition for r in choose(both, ["low_0"])] == ["fan/low_0"]
    assert len(choose(both, ["*low*"])) == 2
    with pytest.raises(JudderError, match="no condition high") as caught:
        choose(both, ["high"])
    assert "fan/low_0, fan/low_1" in caught.value.hint


def test_windows_longer_than_any_stretch_are_refused_with_the_length_there_is():
    with pytest.raises(JudderError, match="the longest has 100") as caught:
        cut_windows([recording(rows=100)], 200.0, 256)
    assert "--window-len 100" in caught.value.hint
