"""Switch a virtual board on: `micropython -c "import start; start.run()"` with this folder on the path.

With JUDDER_FLASH set, the file it names is the board's flash, with LittleFS on it, and becomes the root;
otherwise the app is imported from the path. JUDDER_MODE "raw" stops before main.py, as a real board does
when it is reset from the raw REPL.
"""

import os
import sys

import machine  # noqa: F401  these four must be loaded while the host's files are in reach
import network  # noqa: F401
import socket  # noqa: F401
import time
from world import WORLD

BLOCK_SIZE = 4096
BLOCKS = 256


class FileBlocks:
    """A file as the block device LittleFS wants."""

    def __init__(self, path):
        try:
            self._file = open(path, "r+b")
        except OSError:
            with open(path, "wb") as file:
                for _ in range(BLOCKS):
                    file.write(b"\xff" * BLOCK_SIZE)
            self._file = open(path, "r+b")

    def readblocks(self, number, buffer, offset=0):
        self._file.seek(number * BLOCK_SIZE + offset)
        self._file.readinto(buffer)

    def writeblocks(self, number, buffer, offset=None):
        self._file.seek(number * BLOCK_SIZE + (offset or 0))
        self._file.write(buffer)

    def ioctl(self, operation, argument):
        if operation == 3:
            self._file.flush()
        if operation == 4:
            return BLOCKS
        if operation == 5:
            return BLOCK_SIZE
        return 0


def mount_flash(path):
    """Make the flash image the root of the board's file system; format it where it is new."""
    import vfs

    blocks = FileBlocks(path)
    try:
        flash = vfs.VfsLfs2(blocks)
    except OSError:
        vfs.VfsLfs2.mkfs(blocks)
        flash = vfs.VfsLfs2(blocks)
    vfs.umount("/")
    vfs.mount(flash, "/")
    os.chdir("/")
    sys.path[:] = ["", ".frozen", "/lib"]


def run():
    time.set_factor(WORLD.factor)
    flash = os.getenv("JUDDER_FLASH")
    if flash:
        mount_flash(flash)
    for name in ["boot.py"] + ([] if os.getenv("JUDDER_MODE") == "raw" else ["main.py"]):
        try:
            os.stat(name)
        except OSError:
            continue
        with open(name) as file:
            exec(compile(file.read(), name, "exec"), {"__name__": "__main__"})
