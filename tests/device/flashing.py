"""Virtual boards that have the app on their flash already, as `judder deploy` would bring it in a minute."""

import json
import shutil
import subprocess

from tests.board.bench import make_board
from tests.device.board import MICROPYTHON, SCRIPTS, deployed


def flashed_board(folder, config, *, samples_i16=b"\0" * 6, files=(), flash_kb=1024, **world):
    """Return a VirtualBoard, off, with the app on its flash and config.json: an object, bytes or None.

    files: {path: bytes} besides, or instead of the app's own. None for a path: an empty folder there.
    """
    board = make_board(folder / "board", samples_i16, **{"factor": 20, **world})
    tree = folder / "tree"
    shutil.copytree(deployed(), tree)
    if config is not None:
        data = config if isinstance(config, bytes) else json.dumps(config).encode()
        (tree / "config.json").write_bytes(data)
    for path, data in dict(files).items():
        where = tree / path
        if where.is_file():
            where.unlink()
        where.parent.mkdir(parents=True, exist_ok=True)
        if data is None:
            where.mkdir(parents=True, exist_ok=True)
        else:
            where.write_bytes(data)
    image = folder / "board" / "flash.img"
    subprocess.run(
        [MICROPYTHON, "-X", "heapsize=8m", SCRIPTS / "make_flash.py", image, tree, str(flash_kb)], check=True
    )
    shutil.rmtree(tree)
    return board
