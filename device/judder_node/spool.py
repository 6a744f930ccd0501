"""Windows kept on the flash while the server is away: whole frames, appended to a few files.

A file goes when all of it was sent, the oldest when there is no more room; none is written over, for the
flash's sake. After a reset the oldest is sent from its beginning again: the server knows what it has. What a
power cut tore is no whole frame, and is left out. The frames of a file have one size; its first one tells it,
so that windows of another length, from before a new config, are sent as well.

append() and tidy() write to the flash, which stops an ESP32 for tens of milliseconds; the rest does not.
"""

import os

from micropython import const

from . import forget

_FILES = const(8)  # full ones: the oldest eighth goes at once
_PIECE = const(256)
_SEQ_AT = const(20)  # in a frame


class Spool:
    """New frames of frame_size bytes, all at most most_bytes and 3/4 of the free flash. waiting: those to be
    sent. dropped: those that never were. To iterate it gives the bytes of its batch, piece by piece. piece: a
    buffer that is free then, since a full heap may have no room for one.
    """

    def __init__(self, most_bytes, frame_size, piece=None):
        self._size = frame_size
        self._piece = piece or memoryview(bytearray(_PIECE))
        from .spool_folder import look

        # [number, frames, bytes of a frame], the oldest first; the next number
        self._files, self._next, free, is_whole = look()
        forget("judder_node.spool_folder")
        self._open = None  # the oldest, while a batch of it is read
        self._read = 0  # frames of it that are done with
        self._count = 0  # those of the batch
        self.waiting = sum([file[1] for file in self._files])
        self.dropped = 0
        self._most = min(most_bytes, free - free // 4)
        self._in_a_file = max(1, self._most // (_FILES * frame_size))
        self._room = 0  # in the newest, for so many frames
        if is_whole and self._files[-1][2] == frame_size:
            self._room = self._in_a_file - self._files[-1][1]

    def append(self, frames):
        """Write frames (a list of bytearrays) in one go; return False where there is no memory for that now.
        Where the flash has no room for them, the oldest windows go, and at last these; what goes is counted.
        """
        for _ in range(2 if len(frames) * self._size <= self._most else 0):
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
        used = sum([file[1] * file[2] for file in self._files]) + len(frames) * self._size
        while self._files and used > self._most:
            used -= self._files[0][1] * self._files[0][2]
            self._drop_oldest()
        if self._room <= 0 or not self._files:
            open(_path(self._next), "wb").close()
            self._files.append([self._next, 0, self._size])
            self._next += 1
            self._room = self._in_a_file
        newest = self._files[-1]
        with open(_path(newest[0]), "ab") as file:
            for frame in frames:
                file.write(frame)
        newest[1] += len(frames)
        self.waiting += len(frames)
        self._room -= len(frames)

    def _drop_oldest(self):
        if self._files:
            count = self._files[0][1] - self._read
            self.dropped += count
            self.waiting -= count
            self._remove_oldest()
        print("spool: full, %d windows dropped" % self.dropped)

    def tidy(self):
        """Remove what was sent."""
        while self._files and self._read >= self._files[0][1]:
            self._remove_oldest()

    def _remove_oldest(self):
        self._close()
        number = self._files.pop(0)[0]
        self._read = self._count = 0
        try:
            os.remove(_path(number))
        except OSError as error:  # its windows are sent again after the next boot, no harm done
            print("spool:", error)

    def batch(self, most_bytes):
        """Choose the next windows, all of the oldest file: one, and more where they fit into so many bytes.

        Return (how many, their bytes, the number of the last). Raises OSError where they cannot be read.
        """
        self._close()
        if len(self._files) == 1:
            self._room = 0  # what is open to be read is not written to
        if not self._files or self._read >= self._files[0][1]:
            return 0, 0, None
        number, frames, size = self._files[0]
        self._count = min(max(1, most_bytes // size), frames - self._read)
        self._open = open(_path(number), "rb")  # noqa: SIM115
        self._open.seek((self._read + self._count - 1) * size + _SEQ_AT)
        return self._count, self._count * size, int.from_bytes(self._open.read(4), "little")

    def __iter__(self):
        """Raises OSError, ValueError where the file was dropped meanwhile."""
        file = self._open
        if not file:
            raise OSError("spool: what was to be sent was dropped")
        size = self._files[0][2]
        left = self._count * size
        file.seek(self._read * size)
        while left:
            count = file.readinto(self._piece[:left])
            if not count:
                raise OSError("spool: a file is shorter than it was")
            yield self._piece[:count]
            left -= count

    def settle(self):
        """Say that the windows of the batch are done with, those that were not dropped meanwhile."""
        self._close()
        self._read += self._count
        self.waiting -= self._count
        self._count = 0

    def _close(self):
        if self._open:
            self._open.close()
            self._open = None


def _path(number):
    return "spool/%d" % number
