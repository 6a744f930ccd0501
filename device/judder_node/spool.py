"""Windows kept on the flash while the server is away: whole frames, appended to a few files.

A file goes when all of it was sent, the oldest when there is no more room; none is written over, for the
flash's sake. After a reset the oldest is sent from its beginning again: the server knows what it has. What a
power cut tore is no whole frame, and is left out.

append() and tidy() write to the flash, which stops an ESP32 for tens of milliseconds; the rest does not.
"""

import os

from micropython import const

FILES = 8
_FOLDER = "spool"
_IS_FILE = const(0x8000)
_OPEN = const(2)
_PIECE = const(512)
_SEQ_AT = const(20)  # in a frame


class Spool:
    """Frames of frame_size bytes, at most most_bytes and 3/4 of the free flash. dropped: those never sent."""

    def __init__(self, most_bytes, frame_size):
        self._frame_size = frame_size
        self._read = 0  # frames of the oldest file
        self._room = 0  # in the newest; an earlier boot's gets nothing more, for its end may be torn
        self.dropped = 0
        self._files = []  # [number, frames, the open file or None], the oldest first
        self._next = 0  # no file, folder or else has this number, or a higher one
        try:
            self._find_files()
            flash = os.statvfs(_FOLDER)
            free = flash[0] * flash[3] + self.waiting() * frame_size
        except OSError as error:
            print("spool:", error)
            free = 0
        self._in_a_file = min(most_bytes, free - free // 4) // (FILES * frame_size)

    def _find_files(self):
        """Find what earlier boots left, whatever else lies there. Raises OSError for a broken flash."""
        _make_folder()
        for entry in os.ilistdir(_FOLDER.encode()):  # as bytes: a name need not be text
            name, kind = entry[0], entry[1]
            if not name.isdigit() or len(name) > 8 or name != b"%d" % int(name):
                continue
            number = int(name)
            self._next = max(self._next, number + 1)
            if kind == _IS_FILE:
                self._files.append([number, os.stat(_path(number))[6] // self._frame_size, None])
        self._files.sort()

    def waiting(self):
        return sum([file[1] for file in self._files]) - self._read

    def append(self, frames):
        """Write frames (a list of bytearrays) in one go; return False where there is no memory for that now.
        Where the flash has no room for them, the oldest windows go, and at last these; what goes is counted.
        """
        for _ in range(2 if self._in_a_file else 0):
            try:
                self._write(frames)
                return True
            except MemoryError:
                self._room = 0  # the newest file may end in half a frame
                return False
            except OSError as error:  # the flash is full of other things
                print("spool:", error)
                self._room = 0
                self._drop_oldest()
        self.dropped += len(frames)
        return True

    def _write(self, frames):
        if self._room <= 0:
            self._begin_file()
        with open(_path(self._files[-1][0]), "ab") as file:
            for frame in frames:
                file.write(frame)
        self._files[-1][1] += len(frames)
        self._room -= len(frames)

    def _begin_file(self):
        while len(self._files) >= FILES:
            self._drop_oldest()
        number, self._next = self._next, self._next + 1
        open(_path(number), "wb").close()
        self._files.append([number, 0, None])
        self._room = self._in_a_file

    def _drop_oldest(self):
        if self._files:
            self.dropped += self._files[0][1] - self._read
            self._remove_oldest()
        print("spool: full, %d windows dropped" % self.dropped)

    def tidy(self):
        """Remove what was sent; return whether there was any."""
        before = len(self._files)
        while self._files and self._read >= self._files[0][1]:
            self._remove_oldest()
        return len(self._files) < before

    def _remove_oldest(self):
        file = self._files.pop(0)
        self._read = 0
        if not self._files:
            self._room = 0
        _close(file)
        try:
            os.remove(_path(file[0]))
        except OSError as error:  # its windows are sent again after the next boot, no harm done
            print("spool:", error)

    def batch(self, most):
        """Return the Batch of the next windows, at most this many; they are of the oldest file."""
        if not self._files:
            return Batch(None, 0, 0, 0)
        if len(self._files) == 1:
            self._room = 0  # what is open to be read is not written to
        oldest = self._files[0]
        return Batch(oldest, self._read, min(most, oldest[1] - self._read), self._frame_size)

    def settle(self, batch):
        """Say that the windows of batch are done with."""
        if self._files and self._files[0] is batch.file:  # it was not dropped meanwhile
            self._read += batch.count


class Batch:
    """The parts of a request: its head, and count windows of a file, in pieces. size: of them, in bytes.

    Iterating raises OSError, ValueError where the file was dropped meanwhile.
    """

    def __init__(self, file, first, count, frame_size):
        self.file = file
        self.count = count
        self.size = count * frame_size
        self.head = b""
        self._first = first
        self._frame_size = frame_size
        self._seq = None

    def seq(self):
        """Return the number of the window that was read last."""
        return self._seq

    def __iter__(self):
        yield self.head
        _close(self.file)
        self.file[_OPEN] = opened = open(_path(self.file[0]), "rb")  # noqa: SIM115
        opened.seek(self._first * self._frame_size)
        view = memoryview(bytearray(_PIECE))
        for _ in range(self.count):
            for at in range(0, self._frame_size, _PIECE):
                piece = view[: min(_PIECE, self._frame_size - at)]
                if opened.readinto(piece) < len(piece):
                    raise OSError("spool: a file is shorter than it was")
                if at == 0:
                    self._seq = int.from_bytes(piece[_SEQ_AT : _SEQ_AT + 4], "little")
                yield piece
        _close(self.file)


def _close(file):
    if file[_OPEN]:
        file[_OPEN].close()
        file[_OPEN] = None


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


def _path(number):
    return "spool/%d" % number
