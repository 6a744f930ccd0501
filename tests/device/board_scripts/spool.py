"""A Spool on a small LittleFS: prints [waiting, numbers of the windows that come back, dropped, files left].

usage: micropython spool.py CASE        a name of CASES or of HINDRANCES
"""

import binascii
import json
import os
import struct
import sys
from array import array

import judder_node.spool
import judder_node.spool_folder  # now: once the small flash is mounted, these files are out of reach
import vfs
from judder_core import wire
from judder_core.window import Window
from judder_node.spool import Spool

judder_node.spool.forget = lambda name: None
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


def frames(first, count, window_len=WINDOW_LEN):
    return [wire.encode_window(window(seq, window_len)) for seq in range(first, first + count)]


def window(seq, window_len):
    made = Window(array("h", bytes(6 * window_len)), 1 / 2048, 250.0)
    made.seq = seq
    return made


def new_spool(kilobytes, window_len=WINDOW_LEN):
    return Spool(kilobytes * 1024, wire.frame_size(window_len))


def whole_frames(body):
    """Return the numbers of the windows in body. An exception where any of it is no whole frame."""
    seqs = []
    while body:
        fields = struct.unpack_from(wire.HEADER, body)
        frame, body = body[: wire.frame_size(fields[7])], body[wire.frame_size(fields[7]) :]
        assert fields[0] == b"JW" and struct.unpack_from("<I", frame, len(frame) - 4)[0] == binascii.crc32(
            frame[:-4]
        )
        seqs.append(fields[9])
    return seqs


def read_all(spool):
    """Return the numbers of all windows, in the order they come back."""
    found = []
    while spool.waiting:
        count, size, last = spool.batch(3 * wire.frame_size(WINDOW_LEN))
        body = b"".join([bytes(piece) for piece in spool])
        assert len(body) == size
        seqs = whole_frames(body)
        assert len(seqs) == count
        found.extend(seqs)
        assert last == found[-1]
        spool.settle()
        spool.tidy()
    return found


def power():
    spool = new_spool(64)
    for first in range(0, 12, 2):
        spool.append(frames(first, 2))
    spool.batch(1)
    spool.settle()
    spool.tidy()
    newest = "spool/%d" % max([int(name) for name in os.listdir("spool")])
    with open(newest, "ab") as file:
        file.write(bytes(700))
    spool = new_spool(64)
    spool.append(frames(12, 2))
    return spool


def cycles():
    """Power fails after each window or two of an outage, more often than there are files."""
    for first in range(0, 24, 2):
        new_spool(64).append(frames(first, 2))
    return new_spool(64)


def lengths():
    """Windows of two lengths wait, one after the other, when a third is set."""
    for window_len in (64, 512):
        spool = new_spool(64, window_len)
        for _ in range(2):
            spool.append(frames(spool.waiting, 2, window_len))
    return new_spool(64)


def shrunk():
    """Windows of another length fill what is allowed: the oldest of these make room for new ones."""
    spool = new_spool(16, 64)
    for first in range(0, 34, 2):
        spool.append(frames(first, 2, 64))
    spool = new_spool(16)
    for first in range(34, 38, 2):
        spool.append(frames(first, 2))
    return spool


def small():
    """The limit is less than one window for each file."""
    spool = new_spool(8)
    for seq in range(5):
        spool.append(frames(seq, 1))
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
    spool.batch(1)
    pieces = iter(spool)
    next(pieces)
    spool._drop_oldest()
    try:
        next(pieces)
    except (OSError, ValueError):
        spool.settle()
    return spool


def gone_before():
    """The same, while the connection for it is being made."""
    spool = new_spool(64)
    spool.append(frames(0, 1))
    spool.batch(1)
    spool._drop_oldest()
    try:
        list(spool)
    except OSError:
        spool.settle()
    return spool


def no_memory():
    """For a moment there is none: what could not be written then is written later, and not lost."""
    spool = new_spool(64)
    spool.append(frames(0, 2))

    def short(_):
        raise MemoryError()

    spool._write, write = short, spool._write
    assert not spool.append(frames(2, 2))
    spool._write = write
    assert spool.append(frames(2, 2))
    return spool


def strange():
    """Windows of an earlier boot, and around them what has no place in the folder."""
    spool = new_spool(64)
    spool.append(frames(0, 2))
    for name in (
        b"x",
        b"\xff\xfe",
        "é".encode(),
        b"007",
        b"-1",
        b"1.5",
        b"99999999999999999999",
        b" 3",
        b"4.tmp",
    ):
        with open(b"spool/" + name, "wb") as file:
            file.write(b"no window")
    for name in ("1", "2", "12345678", "folder"):
        os.mkdir("spool/" + name)
    open("spool/5", "wb").close()
    with open("spool/99999999", "wb") as file:
        file.write(frames(2, 1)[0])
    spool = new_spool(64)
    spool.append(frames(3, 1))
    return new_spool(64)


def a_file():
    with open("spool", "wb") as file:
        file.write(b"not a folder")


def a_full_flash():
    try:
        for number in range(BLOCKS):
            with open("other%d" % number, "wb") as file:
                file.write(bytes(BLOCK_SIZE))
    except OSError:
        pass


HINDRANCES = {"a file": a_file, "a full flash": a_full_flash}


def hindered():
    """A spool that something stands in the way of: it is made, and takes what it can."""
    HINDRANCES[sys.argv[1]]()
    spool = new_spool(64)
    spool.append(frames(0, 2))
    return spool


blocks = Ram()
vfs.VfsLfs2.mkfs(blocks)
here = vfs.VfsLfs2(blocks)
vfs.umount("/")
vfs.mount(here, "/")
os.chdir("/")
CASES = {
    "power": power,  # a reset and a torn end
    "cycles": cycles,
    "lengths": lengths,
    "shrunk": shrunk,
    "small": small,
    "full": full,  # of other things
    "limit": limit,
    "gone": gone,
    "gone_before": gone_before,
    "no_memory": no_memory,
    "strange": strange,
}
spool = CASES.get(sys.argv[1], hindered)()
waiting = spool.waiting
found = read_all(spool)
left = [entry[0] for entry in os.ilistdir(b"spool")] if sys.argv[1] != "a full flash" else []
print(json.dumps([waiting, found, spool.dropped, len(left)]))
