"""A Spool on a small LittleFS: prints [waiting, numbers of the windows that come back, dropped, files left].

usage: micropython spool.py CASE        power (a reset and a torn end), full (of other things), limit, gone
"""

import json
import os
import sys
from array import array

import vfs
from judder_core import wire
from judder_core.window import Window
from judder_node.spool import Spool

BLOCK_SIZE = 4096
BLOCKS = 40
WINDOW_LEN = 256


class Ram:
    def __init__(self):
        self._bytes = bytearray(BLOCK_SIZE * BLOCKS)

    def readblocks(self, number, buffer, offset=0):
        at = number * BLOCK_SIZE + offset
        buffer[:] = self._bytes[at : at + len(buffer)]

    def writeblocks(self, number, buffer, offset=0):
        at = number * BLOCK_SIZE + offset
        self._bytes[at : at + len(buffer)] = buffer

    def ioctl(self, operation, argument):
        if operation == 4:
            return BLOCKS
        if operation == 5:
            return BLOCK_SIZE
        return 0


def frames(first, count):
    return [wire.encode_window(window(seq)) for seq in range(first, first + count)]


def window(seq):
    made = Window(array("h", bytes(6 * WINDOW_LEN)), 1 / 2048, 250.0)
    made.seq = seq
    return made


def new_spool(kilobytes):
    return Spool(kilobytes * 1024, wire.frame_size(WINDOW_LEN))


def read_all(spool):
    """Return the numbers of all windows, in the order they come back."""
    frame = bytearray(wire.frame_size(WINDOW_LEN))
    found = []
    while spool.read_into(frame):
        found.append(int.from_bytes(frame[20:24], "little"))
        spool.settle(True)
    return found


def power():
    spool = new_spool(64)
    for first in range(0, 12, 2):
        spool.append(frames(first, 2))
    half_read = bytearray(wire.frame_size(WINDOW_LEN))
    spool.read_into(half_read)
    spool.settle(True)
    newest = "spool/%d" % max([int(name) for name in os.listdir("spool")])
    with open(newest, "ab") as file:
        file.write(half_read[:700])
    spool = new_spool(64)
    spool.append(frames(12, 2))
    return spool


def full():
    with open("other", "wb") as file:
        for _ in range(14):
            file.write(bytes(BLOCK_SIZE))
    spool = new_spool(1024)
    for first in range(0, 60, 2):
        spool.append(frames(first, 2))
    return spool


def limit():
    spool = new_spool(8 * 2 * wire.frame_size(WINDOW_LEN) // 1024 + 1)
    for first in range(0, 40, 2):
        spool.append(frames(first, 2))
    return spool


def gone():
    """The file of a frame that is on the wire is dropped meanwhile, and no other is there."""
    spool = new_spool(64)
    spool.append(frames(0, 1))
    spool.read_into(bytearray(wire.frame_size(WINDOW_LEN)))
    spool._drop_oldest()
    spool.settle(True)
    return spool


blocks = Ram()
vfs.VfsLfs2.mkfs(blocks)
here = vfs.VfsLfs2(blocks)
vfs.umount("/")
vfs.mount(here, "/")
os.chdir("/")
spool = {"power": power, "full": full, "limit": limit, "gone": gone}[sys.argv[1]]()
waiting = spool.waiting()
found = read_all(spool)
print(json.dumps([waiting, found, spool.dropped, len(os.listdir("spool"))]))
