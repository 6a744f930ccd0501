"""Windows kept on the flash while the server is away: whole frames, appended to a few files.

A file goes when all of it was sent, the oldest when there is no more room; none is written over, for the
flash's sake. After a reset the oldest is sent from its beginning again: the server knows what it has. What a
power cut tore does not fit its checksum and is left out.
"""

import os

from judder_core import wire

FILES = 8


class Spool:
    """Frames of frame_size bytes, at most most_bytes and 3/4 of the free flash. dropped: those never sent."""

    def __init__(self, most_bytes, frame_size):
        self._frame_size = frame_size
        self._read = 0  # frames of the oldest file
        self._room = 0  # in the newest; an earlier boot's gets nothing more, for its end may be torn
        self.dropped = 0
        try:
            os.mkdir("spool")
        except OSError:
            pass
        self._files = sorted([int(name) for name in os.listdir("spool")])
        flash = os.statvfs("spool")
        free = flash[0] * flash[3] + self.waiting() * frame_size
        self._in_a_file = min(most_bytes, free - free // 4) // (FILES * frame_size)

    def waiting(self):
        return sum([self._frames(number) for number in self._files]) - self._read

    def _frames(self, number):
        return os.stat(_path(number))[6] // self._frame_size

    def append(self, frames):
        """Keep frames (a list of bytearrays), written in one go."""
        self.dropped += len(frames)
        if not self._in_a_file:
            return
        try:
            if self._room <= 0:
                self._begin_file()
            with open(_path(self._files[-1]), "ab") as file:
                for frame in frames:
                    file.write(frame)
            self._room -= len(frames)
            self.dropped -= len(frames)
        except MemoryError:
            self._room = 0  # the newest file may end in half a frame
        except OSError as error:  # the flash is full of other things: next time there is room
            print("spool:", error)
            self._room = 0
            self._drop_oldest()

    def _begin_file(self):
        if len(self._files) >= FILES:
            self._drop_oldest()
        number = self._files[-1] + 1 if self._files else 0
        open(_path(number), "wb").close()
        self._files.append(number)
        self._room = self._in_a_file

    def _drop_oldest(self):
        if self._files:
            self.dropped += self._frames(self._files[0]) - self._read
            self._remove_oldest()
        print("spool: full, %d windows dropped" % self.dropped)

    def _remove_oldest(self):
        os.remove(_path(self._files.pop(0)))
        self._read = 0
        if not self._files:
            self._room = 0

    def read_into(self, frame):
        """Read the oldest frame that is whole and was not read yet; return whether there is one."""
        while self._files:
            with open(_path(self._files[0]), "rb") as file:
                file.seek(self._read * self._frame_size)
                at_end = file.readinto(frame) < self._frame_size
            if at_end:
                self._remove_oldest()
                continue
            self._read += 1
            if wire.is_whole(frame):
                return True
            self.dropped += 1
        return False

    def settle(self, sent):
        """Say whether the frame that was read last is at the server now."""
        if not sent:
            self._read = max(0, self._read - 1)  # 0: its file was dropped meanwhile
        elif self._files and not self.waiting():
            self._remove_oldest()


def _path(number):
    return "spool/%d" % number
