"""Make a flash image that holds a folder of the host's, as `judder deploy` would leave it.

usage: micropython make_flash.py IMAGE FOLDER KB
"""

import os
import sys

import vfs

BLOCK_SIZE = 4096


class Blocks:
    def __init__(self, path, kb):
        with open(path, "wb") as file:
            for _ in range(kb // 4):
                file.write(b"\xff" * BLOCK_SIZE)
        self._file = open(path, "r+b")
        self._blocks = kb // 4

    def readblocks(self, number, buffer, offset=0):
        self._file.seek(number * BLOCK_SIZE + offset)
        self._file.readinto(buffer)

    def writeblocks(self, number, buffer, offset=0):
        self._file.seek(number * BLOCK_SIZE + offset)
        self._file.write(buffer)

    def ioctl(self, operation, argument):
        return {4: self._blocks, 5: BLOCK_SIZE}.get(operation, 0)

    def close(self):
        self._file.close()


def copy(folder, to):
    for entry in os.ilistdir(folder):
        name, kind = entry[0], entry[1]
        if kind & 0x4000:
            os.mkdir(to + name)
            copy(folder + "/" + name, to + name + "/")
            continue
        with open(folder + "/" + name, "rb") as source, open(to + name, "wb") as file:
            file.write(source.read())


image, folder, kb = sys.argv[1:]
blocks = Blocks(image, int(kb))
vfs.VfsLfs2.mkfs(blocks)
vfs.mount(vfs.VfsLfs2(blocks), "/flash")
copy(folder, "/flash/")
vfs.umount("/flash")
blocks.close()
