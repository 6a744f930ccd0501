"""The folder of the spool as earlier boots left it; only a boot needs this."""

import os

from micropython import const

_FOLDER = "spool"
_IS_FILE = const(0x8000)


def look(frame_size):
    """Return ([number, frames of that size] of each file, the oldest first; a number above that of any file,
    folder or else there; the bytes that are free or the spool's). On a broken flash there are none.
    """
    files, highest = [], -1
    try:
        _make_folder()
        for entry in os.ilistdir(_FOLDER.encode()):  # as bytes: a name need not be text
            name = entry[0]
            if not name.isdigit() or len(name) > 8 or name != b"%d" % int(name):
                continue
            number = int(name)
            highest = max(highest, number)
            if entry[1] == _IS_FILE:
                files.append([number, os.stat("%s/%d" % (_FOLDER, number))[6] // frame_size])
        flash = os.statvfs(_FOLDER)
        free = flash[0] * flash[3] + sum([file[1] for file in files]) * frame_size
    except OSError as error:
        print("spool:", error)
        free = 0
    return sorted(files), highest + 1, free


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
