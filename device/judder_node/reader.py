"""What a server sends, line by line and piece by piece, through buffers that are made once.

A line or a body of any length costs time, which others bound, but no memory.
"""

from micropython import const

_PIECE = const(256)
_LONGEST_LINE = const(128)
_LONGEST_HEAD = const(8192)


class Reader:
    """Of a stream of asyncio. heard: whether anything came since listen_to() or the last begin()."""

    def __init__(self):
        self._input = bytearray(_PIECE)
        self._view = memoryview(self._input)
        self._at = self._end = 0
        self._line = bytearray(_LONGEST_LINE)
        self._length = 0  # of the line, as far as it was read
        self._ended = True
        self._left = 0
        self._stream = None
        self.heard = False

    def listen_to(self, stream):
        self._stream = stream
        self._at = self._end = 0

    def begin(self):
        """A head is to be read, or what stands between chunks: so much and no more."""
        self._left = _LONGEST_HEAD
        self._ended = True
        self.heard = False

    @property
    def is_empty(self):
        return self._at == self._end

    async def fill(self):
        """Read what there is. Raises EOFError at the end. Only to wait for it costs garbage."""
        count = self._stream.s.readinto(self._input)
        while count is None:
            count = await self._stream.readinto(self._input)
        if not count:
            raise EOFError()
        self._at, self._end = 0, count
        self.heard = True

    def scan(self):
        """Begin the next line, or go on with it; return whether its end is there, and where not, fill() is to
        be called. Raises ValueError where there is no end to it.
        """
        data, line, at = self._input, self._line, self._at
        length = 0 if self._ended else self._length
        byte = 0
        while at < self._end and byte != 10:
            byte = data[at]
            if byte != 13 and byte != 10 and length < _LONGEST_LINE:
                line[length] = byte
                length += 1
            at += 1
        self._left -= at - self._at
        if self._left < 0:
            raise ValueError("answer has a head without end")
        self._at, self._length, self._ended = at, length, byte == 10
        return self._ended

    @property
    def first(self):
        """The first letter of the line that scan() has found, as a small one's number; 0: it is empty."""
        return self._line[0] | 32 if self._length else 0

    def line(self):
        """Return the line that scan() has found, cut where it was too long, as new bytes."""
        return bytes(memoryview(self._line)[: self._length])

    async def next_line(self):
        while not self.scan():
            await self.fill()
        return self.line()

    async def pass_on(self, count, take):
        """Hand the next count bytes to take(piece), as they come."""
        while count > 0:
            if self._at == self._end:
                await self.fill()
            stop = min(self._end, self._at + count)
            take(self._view[self._at : stop])
            count -= stop - self._at
            self._at = stop

    async def pass_rest(self, take):
        try:
            while True:
                await self.pass_on(_PIECE, take)
        except EOFError:
            pass
