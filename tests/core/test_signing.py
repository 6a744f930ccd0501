"""The signature: RFC 4231's vectors, and CPython's hmac, on both Pythons."""

import hmac
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judder_core.signing import Signer, mac, pads_of

from tests.core.micropython import MICROPYTHON, MICROPYTHON32, ROOT, run_micropython

NOW_US = 1790000000000000
JSON = (
    st.none() | st.booleans() | st.integers() | st.text() | st.dictionaries(st.just("signing"), st.integers())
)

# RFC 4231, 4.2 to 4.8 without 4.6 (which cuts its result): key, data, HMAC-SHA-256.
VECTORS = (
    ("0b" * 20, b"Hi There".hex(), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (
        b"Jefe".hex(),
        b"what do ya want for nothing?".hex(),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    ("aa" * 20, "dd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    (
        bytes(range(1, 26)).hex(),
        "cd" * 50,
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ),
    (
        "aa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First".hex(),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
    (
        "aa" * 131,
        b"This is a test using a larger than block-size key and a larger than block-size data. "
        b"The key needs to be hashed before being used by the HMAC algorithm.".hex(),
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ),
)
COMPUTE = """
from binascii import hexlify, unhexlify
from judder_core.signing import mac, pads_of
for key, data, _ in VECTORS:
    print(hexlify(mac(pads_of(unhexlify(key)), unhexlify(data), ())).decode())
"""


@pytest.mark.parametrize("key, data, expected", VECTORS)
def test_the_macs_are_those_of_rfc_4231(key, data, expected):
    assert mac(pads_of(bytes.fromhex(key)), bytes.fromhex(data), ()).hex() == expected


@pytest.mark.parametrize("micropython", [MICROPYTHON, MICROPYTHON32], ids=["64 bits", "32 bits"])
def test_micropython_comes_to_the_macs_of_rfc_4231(micropython):
    said = run_micropython("-c", f"VECTORS = {VECTORS!r}{COMPUTE}", micropython=micropython)
    assert said.split() == [expected for _, _, expected in VECTORS]


@given(st.binary(max_size=200), st.lists(st.binary(max_size=300), min_size=1, max_size=5))
def test_whatever_the_key_and_however_the_message_is_cut_it_is_the_hmac_of_cpython(key, parts):
    first, *others = map(memoryview, parts)
    assert mac(pads_of(key), first, others) == hmac.digest(key, b"".join(parts), "sha256")


class Ticks:
    """A board's clock: milliseconds since its start."""

    now_ms = 0

    def signer(self, key=bytes(32)):
        """Return a Signer of the board 0200000000a1 that has this clock."""
        return Signer(key.hex(), b"\2\0\0\0\0\xa1", lambda: self.now_ms, lambda new, old: new - old)


def signed_at(signer):
    """Return the signing time of a request."""
    return int(signer.header(b"GET", b"/", ()).split()[3])


def told(time_us):
    return json.dumps({"error": "Stale.", "signing_time_us": time_us}).encode()


@given(st.binary(min_size=32, max_size=32), st.integers(1, 2**61), st.lists(st.binary(max_size=100)))
def test_a_signature_is_over_method_path_board_time_and_body(key, time_us, body):
    signer = Ticks().signer(key)
    signer.adopt(told(time_us))
    about = f"judder1\nPOST\n/api/v1/windows?x=1\n0200000000a1\n{time_us}\n".encode()
    expected = hmac.new(key, about + b"".join(body), "sha256").hexdigest()
    header = signer.header(b"POST", b"/api/v1/windows?x=1", body)
    assert header.decode() == f"X-Judder-Signature: 1 0200000000a1 {time_us} {expected}"


def test_the_signing_time_is_the_servers_and_the_ticks_since():
    ticks = Ticks()
    signer = ticks.signer()
    assert signer.adopt(told(NOW_US)) and signed_at(signer) == NOW_US
    ticks.now_ms = 1500
    assert signed_at(signer) == NOW_US + 1_500_000


@given(st.lists(st.integers(0, 2), min_size=2, max_size=50))
def test_no_two_requests_have_one_signing_time(steps_ms):
    ticks = Ticks()
    signer = ticks.signer()
    times = []
    for step_ms in steps_ms:
        ticks.now_ms += step_ms
        times.append(signed_at(signer))
    assert times == sorted(set(times))


def test_a_board_that_ran_ahead_signs_a_later_time_than_the_last_that_was_taken():
    ticks = Ticks()
    signer = ticks.signer()
    signer.adopt(told(NOW_US))
    ticks.now_ms = 299_999
    taken = signed_at(signer)
    ticks.now_ms = 300_001
    signed_at(signer)  # more than five minutes ahead of a server for which no time has passed
    signer.adopt(told(NOW_US))
    assert signed_at(signer) == taken + 1


def test_a_server_whose_time_is_another_altogether_is_followed():
    signer = Ticks().signer()
    signer.adopt(told(NOW_US + 3600_000_000))
    signed_at(signer), signed_at(signer)
    signer.adopt(told(NOW_US))
    assert signed_at(signer) == NOW_US


@given(
    st.binary(max_size=50) | st.none() | st.recursive(JSON, st.lists).map(lambda j: json.dumps(j).encode())
)
def test_a_refusal_that_tells_no_time_changes_nothing(body):
    signer = Ticks().signer()
    assert not signer.adopt(body) and signed_at(signer) == 1


@pytest.mark.parametrize("time_us", [None, True, "1790000000000000", 1.79e15, [1], 0, -5, 2**62, 10**30])
def test_a_signing_time_that_is_none_is_not_adopted(time_us):
    assert not Ticks().signer().adopt(told(time_us))


def test_the_example_in_formats_md_is_signed_as_it_says():
    section = (ROOT / "FORMATS.md").read_text().split("\n## Signature\n")[1].split("\n## ")[0]
    key, request, body = re.findall(r"`([^`]+)`", section.split("An example,")[1])
    ((header, time_us),) = re.findall(r"    (X-Judder-Signature: 1 \S{12} (\d+) \S+)\n", section)
    signer = Ticks().signer(bytes.fromhex(key))
    signer.adopt(told(int(time_us)))
    assert signer.header(*request.encode().split(), (body.encode(),)).decode() == header
