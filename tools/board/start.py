"""Switch a virtual board on: `micropython -c "import start; start.run()"` with this folder on the path.

With JUDDER_FLASH set, the file it names is the board's flash, with LittleFS on it, and becomes the root;
otherwise the app is imported from the path. JUDDER_MODE "raw" stops before main.py, as a real board does
when it is reset from the raw REPL (ports/esp32/main.c).
"""

import sys

import esp32  # noqa: F401  these must be loaded while the host's files are in reach
import machine  # noqa: F401
import network  # noqa: F401
import os
import socket  # noqa: F401
import time
import uos
from flash import FileBlocks
from world import WORLD


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
    flash = uos.getenv("JUDDER_FLASH")
    if flash:
        mount_flash(flash)
    time.set_factor(WORLD.factor)
    for name in ["boot.py"] + ([] if uos.getenv("JUDDER_MODE") == "raw" else ["main.py"]):
        try:
            os.stat(name)
        except OSError:
            continue
        with open(name) as file:
            exec(compile(file.read(), name, "exec"), {"__name__": "__main__"})
