"""What the drivers share: a check of the id, and bytes that become counts."""

from ..bus import insist


def const(value):
    """Return value. A compiler for boards takes const() out; a PC has none, and reads the drivers as well."""
    return value


def check_id(bus, driver):
    """Return the id of the part on bus. Raises OSError where it is not one that driver is for."""
    found = insist(bus.read, driver.ID_REGISTER)
    if found not in driver.IDS:
        raise OSError("its id, register 0x%02x, is 0x%02x: no %s" % (driver.ID_REGISTER, found, driver.NAME))
    return found


def put_counts(raw, high, unused, counts, start):
    """Write all samples in raw into counts, from index start on. Allocates nothing.

    raw: x, y, z interleaved, 16 bits each. high: which byte of two is the high one, 0 or 1. unused: how many
    low bits are no part of a count.
    """
    for k in range(0, len(raw), 2):
        value = raw[k + high] << 8 | raw[k + 1 - high]
        if value >= 0x8000:
            value -= 0x10000
        counts[start] = value >> unused
        start += 1
