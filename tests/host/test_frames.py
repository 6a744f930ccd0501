"""Frames of v1 and v2: they come back as they were, and what is no whole frame is refused."""

import base64
import json
import math
import re
import struct
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judder.data import frames
from judder.errors import ChecksumError, WireError
from judder_core import wire
from judder_core.decision import Verdict
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE, FLAG_MOUNTING, FLAG_NOTICE, Window

from tests.host.frames_by_hand import SAMPLES, sealed, v1, v2

NAN, INFINITE = float("nan"), float("inf")
OF_LEVEL = (0, FLAG_NOTICE, FLAG_NOTICE | FLAG_ALERT)
NUMBERS = ("threshold", "combined_score", "combined_threshold", "alarm_score", "alarm_threshold")
int16 = st.integers(-32768, 32767)
float32 = st.floats(-1e6, 1e6, width=32)


@st.composite
def headers(draw):
    """Return the fields that both versions have, but for axes and window_len."""
    return {
        "scale_g": 1 / 2048,
        "sample_rate_hz": draw(st.floats(0.5, 4000, width=32)),
        "device_id": draw(st.binary(min_size=6, max_size=6)),
        "boot_id": draw(st.integers(0, 2**32 - 1)),
        "seq": draw(st.integers(0, 2**32 - 1)),
        "timestamp_us": draw(st.integers(0, frames.LAST_US)),
        "flags": draw(st.integers(0, 0xFFFF)) | FLAG_LOCAL_SCORE,
        "sensor": draw(st.integers(0, 255)),
        "local_score": draw(st.floats(0, 1e6, width=32)),
        "model_hash": draw(st.binary(min_size=4, max_size=4)),
    }


@st.composite
def samples(draw, axes=3):
    length = draw(st.integers(1, 200))
    return array("h", draw(st.lists(int16, min_size=axes * length, max_size=axes * length)))


@st.composite
def verdicts(draw, header):
    """Return a Verdict that a board may have come to for a window with this header."""
    verdict = Verdict(header["local_score"], draw(float32), "board", None)
    for name in NUMBERS[1:]:
        setattr(verdict, name, draw(st.none() | float32))
    verdict.mode = draw(st.none() | st.integers(0, 254))
    verdict.state = draw(st.sampled_from(wire.STATE_CODES))
    verdict.mounting_changed = bool(header["flags"] & FLAG_MOUNTING)
    return verdict


@st.composite
def windows(draw):
    header = draw(headers())
    verdict = draw(st.none() | verdicts(header))
    level = None if verdict is None else draw(st.integers(0, 2))
    if level is not None:
        header["flags"] = header["flags"] & ~OF_LEVEL[2] | OF_LEVEL[level]
    return Window(draw(samples()), verdict=verdict, level=level, **header)


def facts(window):
    """Return all that a window is, to be compared."""
    return {**vars(window), "verdict": window.verdict and vars(window.verdict)}


@given(st.lists(windows(), min_size=1, max_size=3))
def test_windows_come_back_as_they_were(sent):
    body = b"".join(bytes(wire.encode_window(window)) for window in sent)
    assert [facts(window) for window in frames.decode_windows(body)] == [facts(window) for window in sent]


@given(headers(), samples())
def test_a_frame_of_v1_is_read_as_it_was_and_tells_no_verdict(header, counts):
    (window,) = frames.decode_windows(v1(counts.tobytes(), window_len=len(counts) // 3, **header))
    assert facts(window) == facts(Window(counts, **header))


@given(headers(), st.integers(1, 3), st.booleans(), st.lists(float32, max_size=27), st.data())
def test_one_to_three_axes_and_features_come_back_with_the_samples_and_without(
    header, axes, with_samples, features, data
):
    counts = data.draw(samples(axes))
    frame = v2(
        counts.tobytes() if with_samples else b"",
        window_len=len(counts) // axes,
        axes=axes,
        content=with_samples + 2 * bool(features),
        n_features=len(features),
        features=features,
        **header,
    )
    (window,) = frames.decode_windows(frame)
    assert window.axes == axes and window.counts == (counts if with_samples else array("h"))
    assert (window.features or array("f")).tolist() == features


def test_frames_of_both_versions_may_follow_one_another():
    body = v1(seq=1) + v2(seq=2, content=3, n_features=1, features=[1.5]) + v1(seq=3)
    assert [window.seq for window in frames.decode_windows(body)] == [1, 2, 3]


@pytest.mark.parametrize("kind", ["frame", "frame_v2"])
def test_the_golden_frame_is_read_as_it_was_packed_without_this_code(kind):
    cases = json.loads((Path(__file__).parents[1] / "data" / "golden.json").read_text())
    (case,) = [case for case in cases if case["kind"] == kind]
    (window,) = frames.decode_windows(base64.b64decode(case["frame"]))
    assert window.counts.tobytes() == base64.b64decode(case["counts"])
    assert (window.device_id.hex(), window.model_hash.hex()) == (case["device_id"], case["model_hash"])
    for name in ("flags", "sensor", "boot_id", "seq", "timestamp_us", "sample_rate_hz", "local_score"):
        assert getattr(window, name) == case[name], name
    for name, value in case.get("verdict", {}).items():
        assert getattr(window.verdict, name) == value, name
    assert window.level == case.get("level")


@given(windows(), st.data())
def test_one_changed_byte_is_never_taken_for_a_window(window, data):
    frame = wire.encode_window(window)
    at = data.draw(st.integers(0, len(frame) - 1))
    frame[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(WireError):
        frames.decode_windows(bytes(frame))


@given(st.binary(max_size=200))
def test_other_bytes_are_refused(body):
    with pytest.raises(WireError):
        frames.decode_windows(body)


WHOLE = v2(content=3, n_features=2, features=[1.0, 2.0])


@given(st.binary(min_size=72, max_size=72), st.binary(max_size=60))
def test_a_sealed_header_of_any_bytes_is_windows_or_a_wire_error(header, more):
    """header: from the flags on. A board whose memory is broken still has its checksum right."""
    body = sealed(WHOLE[:4] + header + more)
    try:
        (window,) = frames.decode_windows(body)
    except WireError:
        return
    assert window.axes in (1, 2, 3) and window.level in (None, 0, 1, 2)
    assert len(window.counts) % window.axes == 0


@given(st.integers(1, len(WHOLE)))
def test_a_cut_frame_is_refused(missing):
    with pytest.raises(WireError):
        frames.decode_windows(WHOLE[:-missing])


@given(st.integers(1, len(WHOLE) - 4))
def test_a_frame_that_is_cut_and_sealed_again_is_refused(missing):
    with pytest.raises(WireError):
        frames.decode_windows(sealed(WHOLE[: -4 - missing]))


def judged(**fields):
    level = fields.get("level", 1)
    flags = FLAG_LOCAL_SCORE | OF_LEVEL[min(level, 2)]
    return v2(**{"flags": flags, "level": level, "threshold": 2.5, **fields})


@pytest.mark.parametrize(
    ("frame", "named"),
    [
        (sealed(b"XX" + v1()[2:-4]), "begins with"),
        (sealed(v2()[:2] + b"\3" + v2()[3:-4]), "version 3"),
        (sealed(v2()[:3] + b"\x30" + v2()[4:-4]), "header_len 48"),
        (sealed(v2()[:3] + b"\xff" + v2()[4:-4]), "header says 255"),
        (v1(axes=4), "axes 4"),
        (v1(axes=2), "axes 2"),
        (v2(axes=0), "axes 0"),
        (v2(axes=4), "axes 4"),
        (v1(window_len=0), "window_len 0"),
        (v2(window_len=2), "2 samples needs 92 bytes; 86 came"),
        (v2(window_len=4097), "window_len 4097"),
        (v1(sample_rate_hz=NAN), "sample_rate_hz nan"),
        *((v2(sample_rate_hz=hz), f"sample_rate_hz {hz}") for hz in (INFINITE, -INFINITE, 0.0, -250.0, 1e9)),
        *((v2(scale_g=scale), f"scale_g {scale}") for scale in (0.0, -0.0, NAN, INFINITE)),
        (v1(scale_g=0.0), "scale_g 0.0"),
        (v2(local_score=NAN), "local_score nan"),
        (v2(local_score=INFINITE), "local_score inf"),
        *((v2(timestamp_us=us), f"timestamp_us {us}") for us in (2**63, 2**64 - 1, 2**63 - 1)),
        (v2(content=4), "content 4"),
        (v2(content=SAMPLES | 128), "content 129"),
        (v2(content=3), "content 3 and 0 features"),
        (v2(n_features=1), "content 1 and 1 features"),
        (v2(content=2, n_features=129), "129 features"),
        (v2(content=3, n_features=0xFFFF), "65535 features"),
        (v2(content=3, n_features=2, features=[1.0]), "needs 94 bytes; 90 came"),
        (v2(content=3, n_features=1, features=[NAN]), "features"),
        (v2(content=3, n_features=1, features=[INFINITE]), "features"),
        (judged(level=3), "level 3"),
        (judged(flags=0), "level 1 and flags 0"),
        (judged(level=2, flags=FLAG_LOCAL_SCORE), "level 2 and flags 8, which say level 0"),
        (judged(level=2, flags=FLAG_LOCAL_SCORE | FLAG_NOTICE), "level 2 and flags 136, which say level 1"),
        (judged(level=1, flags=FLAG_LOCAL_SCORE), "which say level 0"),
        (judged(level=1, flags=FLAG_LOCAL_SCORE | FLAG_ALERT), "which say level 2"),
        (judged(level=0, flags=FLAG_LOCAL_SCORE | FLAG_NOTICE), "which say level 1"),
        (judged(threshold=NAN), "threshold"),
        *((judged(**{name: INFINITE}), "infinite") for name in NUMBERS),
    ],
)
def test_a_wrong_field_is_named(frame, named):
    with pytest.raises(WireError, match=named):
        frames.decode_windows(frame)


def test_a_wrong_checksum_has_its_own_error():
    frame = bytearray(v2())
    frame[80] ^= 1
    with pytest.raises(ChecksumError):
        frames.decode_windows(bytes(frame))


@pytest.mark.parametrize("frame", [v1(more=b"more"), v2(more=b"more"), v2(reserved=7)])
def test_what_a_later_version_adds_to_the_header_is_skipped(frame):
    assert frames.decode_windows(frame)[0].counts == array("h", [1, 2, 3])


@pytest.mark.parametrize("level, word", [(0, "normal"), (1, "notice"), (2, "alarm")])
def test_a_state_that_only_a_newer_board_knows_is_told_by_its_level(level, word):
    (window,) = frames.decode_windows(judged(level=level, state=200))
    assert window.verdict.state == word


def test_a_board_of_before_says_that_it_judged_and_not_how():
    (window,) = frames.decode_windows(v1(flags=FLAG_LOCAL_SCORE, local_score=1.5))
    assert (window.local_score, window.level, window.verdict) == (1.5, None, None)


@given(windows(), st.integers(0, 0xFFFF).map(lambda flags: flags & ~OF_LEVEL[2]))
def test_flags_are_added_to_a_frame_that_stays_whole(window, flags):
    frame = wire.encode_window(window)
    wire.add_flags(frame, flags)
    (found,) = frames.decode_windows(bytes(frame))
    assert found.flags == window.flags | flags and found.counts == window.counts


@pytest.mark.parametrize("module", ["spool", "uplink"])
def test_a_board_reads_a_frames_number_where_the_format_has_it(module):
    """It has the place as a constant of its own, which takes no memory there."""
    source = (Path(__file__).parents[2] / "device" / "judder_node" / f"{module}.py").read_text()
    before, _ = wire.HEADER.split("IQ")  # seq, timestamp_us
    assert re.findall(r"_SEQ_AT = const\((\d+)\)", source) == [str(struct.calcsize(before))]


def test_a_number_that_is_not_there_stays_away():
    (window,) = frames.decode_windows(judged(combined_score=NAN))
    assert window.verdict.combined_score is None and not math.isnan(window.verdict.threshold)
