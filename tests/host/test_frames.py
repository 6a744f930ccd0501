import base64
import json
import math
import re
import struct
from array import array
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from judder.data import frames, reference_json
from judder.errors import ChecksumError, WireError
from judder_core import wire
from judder_core.window import Window

int16 = st.integers(-32768, 32767)


@st.composite
def windows(draw):
    length = draw(st.integers(1, 300))
    counts = array("h", draw(st.lists(int16, min_size=3 * length, max_size=3 * length)))
    return Window(
        counts,
        scale_g=1 / 2048,
        sample_rate_hz=draw(st.floats(0.5, 4000, width=32)),
        device_id=draw(st.binary(min_size=6, max_size=6)),
        boot_id=draw(st.integers(0, 2**32 - 1)),
        seq=draw(st.integers(0, 2**32 - 1)),
        timestamp_us=draw(st.integers(0, frames.LAST_US)),
        flags=draw(st.integers(0, 0xFFFF)),
        local_score=draw(st.floats(0, 1e6, width=32)),
        model_hash=draw(st.binary(min_size=4, max_size=4)),
    )


@given(st.lists(windows(), min_size=1, max_size=3))
def test_windows_come_back_as_they_were(sent):
    body = b"".join(bytes(wire.encode_window(window)) for window in sent)
    assert [vars(window) for window in frames.decode_windows(body)] == [vars(window) for window in sent]


def test_the_golden_frame_is_read_as_it_was_packed_without_this_code():
    cases = json.loads((Path(__file__).parents[1] / "data" / "golden.json").read_text())
    (case,) = [case for case in cases if case["kind"] == "frame"]
    (window,) = frames.decode_windows(base64.b64decode(case["frame"]))
    assert window.counts.tobytes() == base64.b64decode(case["counts"])
    assert (window.device_id.hex(), window.model_hash.hex()) == (case["device_id"], case["model_hash"])
    for name in ("flags", "sensor", "boot_id", "seq", "timestamp_us", "sample_rate_hz", "local_score"):
        assert getattr(window, name) == case[name], name


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


@given(windows(), st.integers(1, 200))
def test_a_cut_frame_is_refused(window, missing):
    frame = bytes(wire.encode_window(window))
    with pytest.raises(WireError):
        frames.decode_windows(frame[:-missing])


def frame_with(offset, fmt, value):
    """Return a whole frame with one header field replaced and the checksum made to fit."""
    frame = wire.encode_window(Window(array("h", [1, 2, 3]), 1 / 2048, 250.0))
    struct.pack_into(fmt, frame, offset, value)
    struct.pack_into("<I", frame, len(frame) - 4, wire.binascii.crc32(frame[:-4]))
    return bytes(frame)


@pytest.mark.parametrize(
    ("offset", "fmt", "value", "named"),
    [
        (0, "<2s", b"XX", "begins with"),
        (2, "<B", 2, "version 2"),
        (6, "<B", 4, "axes 4"),
        (14, "<H", 0, "window_len 0"),
        (32, "<f", math.nan, "nan Hz"),
        (36, "<f", 0.0, "0.0 g per count"),
    ],
)
def test_a_wrong_field_is_named(offset, fmt, value, named):
    with pytest.raises(WireError, match=named):
        frames.decode_windows(frame_with(offset, fmt, value))


def test_a_wrong_checksum_has_its_own_error():
    frame = wire.encode_window(Window(array("h", [1, 2, 3]), 1 / 2048, 250.0))
    frame[50] ^= 1
    with pytest.raises(ChecksumError):
        frames.decode_windows(bytes(frame))


def test_a_longer_header_of_a_later_version_is_skipped():
    frame = bytearray(wire.encode_window(Window(array("h", [1, 2, 3]), 1 / 2048, 250.0)))[:-4]
    frame[48:48] = b"more"
    frame[3] = 52
    frame += struct.pack("<I", wire.binascii.crc32(frame))
    assert frames.decode_windows(bytes(frame))[0].counts == array("h", [1, 2, 3])


@given(st.lists(int16, min_size=3, max_size=30).filter(lambda v: len(v) % 3 == 0))
def test_the_references_text_gives_the_sensors_counts(counts):
    axes = [[value / 2048 for value in counts[k::3]] for k in range(3)]
    if math.sqrt(sum((sum(a) / len(a)) ** 2 for a in axes)) > 8:
        return  # taken for m/s^2
    body = json.dumps(dict(zip("xyz", axes, strict=True))).encode()
    found, scale_g = reference_json.decode_reference(body)
    assert [value * scale_g for value in found] == [value / 2048 for value in counts]


numbers = st.integers() | st.floats() | st.integers(10**300, 10**400)
plain = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
axis = st.lists(numbers, max_size=4) | plain
nearly = st.fixed_dictionaries({"x": axis, "y": axis}, optional={"z": axis, "t": plain})


@given(st.binary() | (plain | nearly).map(lambda document: json.dumps(document).encode()))
@example(b'{"x": [1], "y": [1], "z": [1' + b"0" * 400 + b"]}")  # beyond floats
@example(b'{"x": [1e999], "y": [1], "z": [-Infinity]}')
@example('{"x": [1], "y": [1], "z": ["\ud800"]}'.encode("utf-8", "surrogatepass"))
def test_a_reference_body_is_counts_or_a_wire_error(body):
    try:
        counts, scale_g = reference_json.decode_reference(body)
    except WireError:
        return
    assert len(counts) % 3 == 0 and scale_g > 0
    assert all(abs(value * scale_g) <= 1000 for value in counts)


def test_a_reference_body_nested_too_deep_is_refused():
    with pytest.raises(WireError, match="not JSON"):
        reference_json.decode_reference(b"[" * 100_000)


def test_values_between_the_grids_stay_float32():
    found, scale_g = reference_json.decode_reference(b'{"x": [0.1], "y": [0.2], "z": [0.3]}')
    assert scale_g == 1.0
    assert found == array("f", [0.1, 0.2, 0.3])


def test_metres_per_second_squared_become_g():
    found, scale_g = reference_json.decode_reference(b'{"x": [0], "y": [0], "z": [9.80665]}')
    assert found[2] * scale_g == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"{", "not JSON"),
        (b"[1, 2]", "no list 'x'"),
        (b'{"x": [1], "y": [1]}', "no list 'z'"),
        (b'{"x": [1], "y": [1, 2], "z": [1]}', "1, 2, 1 values"),
        (b'{"x": [], "y": [], "z": []}', "0, 0, 0 values"),
        (b'{"x": [NaN], "y": [1], "z": [1]}', r"x\[0\] is nan"),
        (b'{"x": [1], "y": ["1"], "z": [1]}', r"y\[0\] is '1'"),
        (b'{"x": [1], "y": [null], "z": [1]}', r"y\[0\] is None"),
        (b'{"x": [1], "y": [1e9], "z": [1]}', r"y\[0\] is 1"),
    ],
)
def test_a_malformed_reference_body_is_named(body, named):
    with pytest.raises(WireError, match=named):
        reference_json.decode_reference(body)


@given(windows(), st.integers(0, 0xFFFF))
def test_flags_are_added_to_a_frame_that_stays_whole(window, flags):
    frame = wire.encode_window(window)
    wire.add_flags(frame, flags)
    (found,) = frames.decode_windows(bytes(frame))
    assert vars(found) == {**vars(window), "flags": window.flags | flags}


@pytest.mark.parametrize("module", ["spool", "uplink"])
def test_a_board_reads_a_frames_number_where_the_format_has_it(module):
    """It has the place as a constant of its own, which takes no memory there."""
    source = (Path(__file__).parents[2] / "device" / "judder_node" / f"{module}.py").read_text()
    before, _ = wire.HEADER.split("IQ")  # seq, timestamp_us
    assert re.findall(r"_SEQ_AT = const\((\d+)\)", source) == [str(struct.calcsize(before))]


@pytest.mark.parametrize("values", [[-32768, 0, 1], [32767, 0, 1]])
def test_the_references_text_reaches_as_far_as_an_int16(values):
    body = json.dumps(dict(zip("xyz", ([value / 16384] for value in values), strict=True))).encode()
    assert reference_json.decode_reference(body) == (array("h", values), 1 / 16384)
