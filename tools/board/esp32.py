"""The `esp32` module of a virtual board, read from ports/esp32/modesp32.c and docs/library/esp32.rst."""

from world import WORLD

HEAP_DATA = 4  # MALLOC_CAP_8BIT
HEAP_EXEC = 1

# (total, free, largest free block, least ever free) of regions such as a plain ESP32 has.
_HEAPS = ((16384, 14336, 13312, 14000), (81920, 38912, 35512, 38000), (114688, 0, 0, 0))


def idf_heap_info(capabilities):
    """Return the heaps that ESP-IDF has, as world.json's "idf_heaps" says. They are no part of gc's."""
    return [tuple(heap) for heap in WORLD.get("idf_heaps", _HEAPS)]
