"""The folder of the spool as earlier boots left it; only a boot needs this."""

import os

from judder_core.wire import CRC_SIZE, VERDICT_AT
from micropython import const

_FOLDER = "spool"
_IS_FILE = const(0x8000)
_MOST = const(10000000)  # no board counts so far: a stranger's, and nothing is numbered after it


def look():
    """Return ([number, frames, bytes of a frame] of each file of windows, the oldest first; a number above
    those of files and folders there; the bytes that are free or the windows'; whether the newest file ends
    with a whole frame). On a broken flash there is nothing.

    A file without a whole frame is removed: it takes room, and nobody could read it.
    """
    files, highest, free, is_whole = [], -1, 0, False
    try:
        _make_folder()
        for number, kind in _entries():
            if number < _MOST:
                highest = number
            if kind == _IS_FILE:
                is_whole = _take_in(files, number)
        flash = os.statvfs(_FOLDER)
        free = flash[0] * flash[3] + sum([file[1] * file[2] for file in files])
    except OSError as error:
        print("spool:", error)
    return files, highest + 1, free, is_whole


def _entries():
    """Return (number, kind) of what has one for a name, in rising order."""
    found = []
    for entry in os.ilistdir(_FOLDER.encode()):  # as bytes: a name need not be text
        name = entry[0]
        if name.isdigit() and len(name) < 9 and name == b"%d" % int(name):
            found.append((int(name), entry[1]))
    return sorted(found)


def _take_in(files, number):
    """Add the file to files, or remove it where it has no whole frame. Return whether it ends with one."""
    try:
        size, length = _frame_size(number), os.stat(_path(number))[6]
        if 0 < size <= length:
            files.append([number, length // size, size])
            return length % size == 0
        os.remove(_path(number))
    except OSError as error:  # of this one: the others may be sound
        print("spool:", error)
    return False


def _frame_size(number):
    """Return the bytes of the frame with which a file begins, or 0 where none does."""
    with open(_path(number), "rb") as file:
        header = file.read(16)
    if len(header) < 16 or header[:2] != b"JW" or header[3] < VERDICT_AT:  # the header of v1 is as long
        return 0
    return header[3] + 2 * header[6] * int.from_bytes(header[14:], "little") + CRC_SIZE


def _path(number):
    return "%s/%d" % (_FOLDER, number)


def _make_folder():
    """Make the folder, also where a file has its name."""
    try:
        if os.stat(_FOLDER)[0] & _IS_FILE:
            os.remove(_FOLDER)
    except OSError:  # there is nothing yet
        pass
    try:
        os.mkdir(_FOLDER)
    except OSError:  # it is there
        pass
