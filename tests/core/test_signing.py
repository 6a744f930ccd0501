"""The signature: RFC 4231's vectors, and CPython's hmac, on both Pythons."""

import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judder_core.signing import mac, pads_of, sign

from tests.core.micropython import MICROPYTHON, MICROPYTHON32, ROOT, run_micropython

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
    print(hexlify(mac(pads_of(unhexlify(key)), (unhexlify(data),))).decode())
"""


@pytest.mark.parametrize("key, data, expected", VECTORS)
def test_the_macs_are_those_of_rfc_4231(key, data, expected):
    assert mac(pads_of(bytes.fromhex(key)), (bytes.fromhex(data),)).hex() == expected


@pytest.mark.parametrize("micropython", [MICROPYTHON, MICROPYTHON32], ids=["64 bits", "32 bits"])
def test_micropython_comes_to_the_macs_of_rfc_4231(micropython):
    said = run_micropython("-c", f"VECTORS = {VECTORS!r}{COMPUTE}", micropython=micropython)
    assert said.split() == [expected for _, _, expected in VECTORS]


@given(st.binary(max_size=200), st.lists(st.binary(max_size=300), max_size=5))
def test_whatever_the_key_and_however_the_message_is_cut_it_is_the_hmac_of_cpython(key, parts):
    assert mac(pads_of(key), map(memoryview, parts)) == hmac.digest(key, b"".join(parts), "sha256")


@given(st.binary(min_size=32, max_size=32), st.integers(0, 2**62), st.binary(max_size=100))
def test_a_signature_is_over_method_path_board_time_and_body(key, time_us, body):
    signature = sign(pads_of(key), b"POST", b"/api/v1/windows?x=1", b"0200000000a1", time_us, (body,))
    about = f"judder1\nPOST\n/api/v1/windows?x=1\n0200000000a1\n{time_us}\n".encode()
    expected = hmac.new(key, about + body, "sha256").hexdigest()
    assert signature.decode() == f"1 0200000000a1 {time_us} {expected}"


def test_the_example_in_formats_md_is_signed_as_it_says():
    section = (ROOT / "FORMATS.md").read_text().split("\n## Signature\n")[1].split("\n## ")[0]
    key, request, body = re.findall(r"`([^`]+)`", section.split("An example.")[1])
    (header,) = re.findall(r"    X-Judder-Signature: (1 \S{12} (\d+) \S+)\n", section)
    method, path = request.encode().split()
    pads = pads_of(bytes.fromhex(key))
    assert sign(pads, method, path, b"0200000000a1", int(header[1]), (body.encode(),)).decode() == header[0]
