"""What the drivers share: a check of the id, and bytes that become counts."""


def const(value):
    """Return value. A compiler for boards takes const() out; a PC has none, and reads the drivers as well."""
    return value


def check_id(bus, driver):
    """Raise OSError where the part on bus is not the one that driver, a class or object, is for."""
    found = bus.read(driver.ID_REGISTER)
    if found not in driver.IDS:
        raise OSError("its id, register 0x%02x, is 0x%02x: no %s" % (driver.ID_REGISTER, found, driver.NAME))


def put_counts(raw, samples, shift, counts, start):
    """Write so many samples out of raw into counts, from index start on. Allocates nothing.

    raw: x, y, z interleaved, each 16 bits, low byte first, left-justified: shift bits are no part of it.
    """
    k = 0
    for i in range(start, start + 3 * samples):
        value = raw[k] | raw[k + 1] << 8
        if value >= 0x8000:
            value -= 0x10000
        counts[i] = value >> shift
        k += 2
