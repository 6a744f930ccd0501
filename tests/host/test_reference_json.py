"""The reference sketch's JSON: what a body means, and that no body does harm."""

import json
import math
from array import array

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from judder.data import reference_json
from judder.errors import WireError

int16 = st.integers(-32768, 32767)


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


@pytest.mark.parametrize("values", [[-32768, 0, 1], [32767, 0, 1]])
def test_the_references_text_reaches_as_far_as_an_int16(values):
    body = json.dumps(dict(zip("xyz", ([value / 16384] for value in values), strict=True))).encode()
    assert reference_json.decode_reference(body) == (array("h", values), 1 / 16384)
