"""What the signature on a window's request costs: prints a line of JSON.

usage: micropython signing_cost.py SIGNATURES       with the app's modules on its path

kept: bytes of the heap that a board with a key has less; garbage: bytes for one signature; us: the least time
for one, None where none was made.
"""

import gc
import json
import sys
import time

import judder_node.answers
import judder_node.http  # noqa: F401  both are there without a key, too

BATCH = 20


def signer_and_its_room():
    gc.collect()
    before = gc.mem_alloc()
    from judder_core.signing import Signer

    signer = Signer("5e" * 32, b"\2\0\0\0\0\xa1", time.ticks_ms, time.ticks_diff)
    gc.collect()
    return signer, gc.mem_alloc() - before


def garbage_of(sign):
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    sign()
    allocated = gc.mem_alloc() - before
    gc.enable()
    return allocated


def least_us(sign, count):
    best = None
    for _ in range(count // BATCH):
        gc.collect()
        began_us = time.ticks_us()
        for _ in range(BATCH):
            sign()
        took_us = time.ticks_diff(time.ticks_us(), began_us) / BATCH
        best = took_us if best is None else min(best, took_us)
    return best


signer, kept = signer_and_its_room()
frame = (bytearray(1616),)


def sign():
    return signer.header(b"POST", b"/api/v1/windows", frame)


sign()
print(json.dumps({"kept": kept, "garbage": garbage_of(sign), "us": least_us(sign, int(sys.argv[1]))}))
