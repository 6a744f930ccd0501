"""The `esp32` module of a virtual board, read from ports/esp32/modesp32.c and docs/library/esp32.rst."""

from world import WORLD

HEAP_DATA = 4  # MALLOC_CAP_8BIT
HEAP_EXEC = 1

# The example in esp32.rst, of a board after booting: (total, free, largest free block, least ever free).
_HEAPS = (
    (240, 0, 0, 0),
    (7288, 0, 0, 0),
    (16648, 4, 4, 4),
    (79912, 35712, 35512, 35108),
    (15072, 15036, 15036, 15036),
    (113840, 0, 0, 0),
)


def idf_heap_info(capabilities):
    """Return the heaps that ESP-IDF has, as world.json's "idf_heaps" says. They are no part of gc's."""
    return [tuple(heap) for heap in WORLD.get("idf_heaps", _HEAPS)]
