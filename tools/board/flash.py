"""The flash: a file as the block device that LittleFS wants, as slow as the chip and as easily torn.

Read from ports/esp32/esp32_partition.c (ioctl; an extended write needs an erased block). While the flash
erases or writes, ESP-IDF stops both cores' cached code (docs: "SPI flash, concurrency constraints"): the
interpreter stands still. Times are the typical ones of Winbond's W25Q32JV data sheet (9.6): 45 ms to erase a
sector of 4 kB, 0.4 ms to program a page of 256 bytes; the worst are 400 and 3 ms.
"""

import struct

import clock
from chip import POWER_CUT, end
from world import FOLDER, WORLD, host_open

BLOCK_SIZE = 4096
_ERASE_US = 45000
_PAGE_US = 400
_PAGE = 256
_READ_BYTES_PER_US = 10  # 40 MHz, two data lines
_ERASED = b"\xff" * 256


class FileBlocks:
    """world.json: flash_kb is the size of a new one, power_cut_at the number of the write that is torn,
    flash_journal the file that every erase and write is added to: <II, where and how many bytes, and these.
    """

    def __init__(self, path):
        try:
            self._file = open(path, "r+b")
        except OSError:
            with open(path, "wb") as file:
                for _ in range(WORLD.get("flash_kb", 1024) * 1024 // len(_ERASED)):
                    file.write(_ERASED)
            self._file = open(path, "r+b")
        self._blocks = self._file.seek(0, 2) // BLOCK_SIZE
        self._writes = 0
        journal = WORLD.get("flash_journal", None)
        self._journal = host_open(FOLDER + journal, "ab") if journal else None

    def readblocks(self, number, buffer, offset=0):
        clock.enter()
        self._file.seek(number * BLOCK_SIZE + offset)
        self._file.readinto(buffer)
        clock.hold(len(buffer) // _READ_BYTES_PER_US)
        clock.leave()

    def writeblocks(self, number, buffer, offset=None):
        clock.enter()
        if offset is None:
            self._erase(number)
        self._program(number * BLOCK_SIZE + (offset or 0), buffer)
        clock.leave()

    def ioctl(self, operation, argument):
        if operation == 3:
            self._file.flush()
        if operation == 4:
            return self._blocks
        if operation == 5:
            return BLOCK_SIZE
        if operation == 6:
            clock.enter()
            self._erase(argument)
            clock.leave()
        return 0

    def _program(self, where, buffer):
        self._writes += 1
        self._note(where, (buffer,))
        self._file.seek(where)
        if self._writes == WORLD.get("power_cut_at", 0):
            self._file.write(memoryview(buffer)[: len(buffer) // 2])
            self._file.flush()
            end(POWER_CUT)
        self._file.write(buffer)
        clock.hold((len(buffer) + _PAGE - 1) // _PAGE * _PAGE_US)

    def _erase(self, number):
        pieces = (_ERASED,) * (BLOCK_SIZE // len(_ERASED))
        self._note(number * BLOCK_SIZE, pieces)
        self._file.seek(number * BLOCK_SIZE)
        for piece in pieces:
            self._file.write(piece)
        clock.hold(_ERASE_US)

    def _note(self, where, pieces):
        if self._journal:
            self._journal.write(struct.pack("<II", where, sum([len(piece) for piece in pieces])))
            for piece in pieces:
                self._journal.write(piece)
