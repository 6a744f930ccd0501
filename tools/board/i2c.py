"""machine.I2C, read from ports/esp32/machine_i2c.c and extmod/machine_i2c.c (read_mem, write_mem, scan).

A transfer blocks the interpreter for its time on the bus, nine bits a byte, and what the driver adds. Nobody
acknowledges: ESP_FAIL, OSError 19. The bus does not get free: ESP_ERR_TIMEOUT, OSError 116, after 100 ms and
100 more a byte. world.json's "i2c_errors" is the share of transfers that fail by noise, "seed" their row.
"""

import clock
from bus import BUS
from chip import CHIP
from pin import Pin
from world import WORLD

_ENODEV = 19
_ETIMEDOUT = 116
# The driver's queue and interrupts: a byte's read at 400 kHz takes about 130 us, 97 of them on the bus.
_OVERHEAD_US = 35
_PRIME = 65537

_random = 1 + int(WORLD.get("seed", 1)) % (_PRIME - 1)


class I2C:
    def __init__(self, id=0, *, scl=None, sda=None, freq=400000, timeout=50000):
        if not 0 <= id < len(CHIP.I2C):
            raise ValueError("I2C(%d) doesn't exist" % id)
        default_scl, default_sda = CHIP.I2C[id]
        self._hz = freq
        BUS.connect(
            Pin.number_of(default_scl if scl is None else scl),
            Pin.number_of(default_sda if sda is None else sda),
        )

    def scan(self):
        """Ask 8 to 0x77: an error of any kind is nobody."""
        found = []
        for address in range(0x08, 0x78):
            clock.enter()
            try:
                self._transfer(address, 0, 0)
                found.append(address)
            except OSError:
                pass
            clock.leave()
        return found

    def readfrom_mem_into(self, addr, memaddr, buf, *, addrsize=8):
        clock.enter()
        try:
            self._transfer(addr, 1, len(buf)).read(memaddr, buf)
        finally:
            clock.leave()

    def readfrom_mem(self, addr, memaddr, nbytes, *, addrsize=8):
        buffer = bytearray(nbytes)
        self.readfrom_mem_into(addr, memaddr, buffer)
        return bytes(buffer)

    def writeto_mem(self, addr, memaddr, buf, *, addrsize=8):
        clock.enter()
        try:
            self._transfer(addr, 1 + len(buf), 0).write(memaddr, buf)
        finally:
            clock.leave()

    def _transfer(self, address, written, read):
        """Take a transfer's time on the bus; return the part that answers. Raises OSError."""
        if not BUS.works():
            clock.block(100000 * (1 + written + read))
            raise OSError(_ETIMEDOUT)
        part = BUS.part(address)
        noise = _noise()
        octets = 1 if part is None or noise else 1 + written + (1 + read if read else 0)
        clock.block((9 * octets + 3) * 1000000 // self._hz + _OVERHEAD_US)
        if part is None or noise:
            raise OSError(_ENODEV)
        return part


def _noise():
    global _random
    share = WORLD.i2c_errors
    if not share:
        return False
    _random = _random * 75 % _PRIME
    return _random < share
