"""The unix port's raw REPL, made what a board's is: bytes in, bytes out.

It speaks the real one, with three differences. Ctrl-D ends the process instead of restarting it, which is the
affair of whoever starts the next one. Code taken by raw-paste cannot be interrupted, so that it is taken here
and handed to the plain raw REPL. Lines end in \\n instead of \\r\\n.
"""

import re

RAW_PASTE = b"\x05A\x01"
RAW_PASTE_TAKEN = b"R\x01\x00\x10"  # with its window, little-endian
RAW_PASTE_WINDOW = 0x1000
END = b"\x04"
SOFT_REBOOT = b"MPY: soft reboot\r\n"
PROMPT = b">>> "
MOST_PENDING = 1 << 20


class RawRepl:
    """Between the host and one process. raw: whether it is in raw mode; begun so, its banner goes nowhere.

    pending, in all methods: what goes to the host.
    """

    def __init__(self, raw: bool) -> None:
        self.raw = raw
        self._banner: bytes | None = b"" if raw else None
        self._paste: bytearray | None = None
        self._unwanted = 0
        self._last_byte = b""

    def from_host(self, data: bytes, pending: bytearray) -> bytes:
        """Return what the process is to be given of data."""
        if RAW_PASTE in data:
            data = data.replace(RAW_PASTE, b"")
            pending += RAW_PASTE_TAKEN
            self._paste = bytearray()
        if self._paste is not None:
            data = self._take_paste(self._paste, data, pending)
        for byte in data:
            if byte in (1, 2):
                self.raw = byte == 1
        return data

    def _take_paste(self, paste: bytearray, data: bytes, pending: bytearray) -> bytes:
        """Collect code that comes by raw-paste; return what the process is to be given now."""
        windows = len(paste) // RAW_PASTE_WINDOW
        paste += data
        pending += b"\x01" * (len(paste) // RAW_PASTE_WINDOW - windows)
        if b"\x03" in data:  # whoever sent it is gone
            self._paste = None
            return data
        if END not in data:
            return b""
        self._paste = None
        self._unwanted = len(b"OK")  # the plain raw REPL's answer
        return bytes(paste) if paste != END else b"\n" + END  # END alone would restart the board

    def from_process(self, data: bytes, pending: bytearray) -> bytes:
        """Pass on what the process printed; return what it is to be given then."""
        answer = b""
        if self._banner is not None:
            self._banner += data
            if PROMPT not in self._banner:
                return b""
            data, self._banner = b"", None
            answer = b"\x01"
        if self._unwanted:
            data, self._unwanted = data[self._unwanted :], max(0, self._unwanted - len(data))
            pending += b"" if self._unwanted else END
        cooked = re.sub(rb"(?<!\r)\n", b"\r\n", data)
        if self._last_byte == b"\r" and data[:1] == b"\n":  # its \r came with the data before
            cooked = cooked[1:]
        pending += cooked
        self._last_byte = data[-1:]
        del pending[: max(0, len(pending) - MOST_PENDING)]
        return answer
