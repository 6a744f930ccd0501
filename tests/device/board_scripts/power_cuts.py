"""Cut the power at each erase and write of a flash's journal, and boot twice: prints a line of JSON per cut.

usage: micropython power_cuts.py IMAGE JOURNAL       in a world's folder (see tests/device/board.py)
IMAGE: the flash before. JOURNAL: what was done to it, see tools/board/flash.py. A line has what each of the
two boots came to, the id of its model or why there is none: first those without the write, then, on the next
line, those after half of it. The last line is of the whole journal.
"""

import json
import os
import struct
import sys

import vfs
from judder_node import models

BLOCK_SIZE = 4096


class Ram:
    def __init__(self, data):
        self._data = data

    def readblocks(self, number, buffer, offset=0):
        at = number * BLOCK_SIZE + offset
        buffer[:] = self._data[at : at + len(buffer)]

    def writeblocks(self, number, buffer, offset=0):
        at = number * BLOCK_SIZE + offset
        self._data[at : at + len(buffer)] = buffer

    def ioctl(self, operation, argument):
        return {4: len(self._data) // BLOCK_SIZE, 5: BLOCK_SIZE}.get(operation, 0)


def boot():
    try:
        model, error = models.load_newest("model.judder.json", "first")
        return model.model_id if model else str(error)
    except Exception as error:  # which on a board would end the boot
        return "%s: %s" % (type(error).__name__, error)


def tell(image):
    """Print what two boots from a copy of image come to."""
    vfs.mount(vfs.VfsLfs2(Ram(bytearray(image))), "/flash")
    os.chdir("/flash")
    found = [boot(), boot()]
    os.chdir("/")
    vfs.umount("/flash")
    print(json.dumps(found))


with open(sys.argv[1], "rb") as file:
    image = bytearray(file.read())
with open(sys.argv[2], "rb") as journal:
    head = journal.read(8)
    while head:
        where, length = struct.unpack("<II", head)
        data = journal.read(length)
        tell(image)
        image[where : where + length // 2] = data[: length // 2]
        tell(image)
        image[where : where + length] = data
        head = journal.read(8)
tell(image)
