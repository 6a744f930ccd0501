"""A sensor on a bus, by its registers. A driver asks a bus for no more than these three methods."""

from errno import ENODEV


class I2CBus:
    """The part at address (7 bits) of an I2C bus. All methods raise OSError where it does not answer.

    i2c: a machine.I2C; a new one may take its place after the bus was stuck.
    read_into() and read() do not allocate. write() does: it is nothing for a sampler's callback. It is tried
    again on a bus with noise, see insist().
    """

    def __init__(self, i2c, address):
        self.i2c = i2c
        self.address = address
        self._byte = bytearray(1)

    def read_into(self, register, buffer):
        """Fill buffer from register on, in one transfer: which registers follow is the part's affair."""
        self.i2c.readfrom_mem_into(self.address, register, buffer)

    def read(self, register):
        """Return one register, 0 to 255."""
        self.i2c.readfrom_mem_into(self.address, register, self._byte)
        return self._byte[0]

    def write(self, register, value):
        self._byte[0] = value
        insist(self.i2c.writeto_mem, self.address, register, self._byte)


def insist(transfer, *arguments):
    """Return transfer(*arguments), tried up to eight times: a start is a dozen transfers in a row.

    Raises OSError: at once for a bus that is stuck, which takes its time, at last where nobody answers.
    """
    for _ in range(7):
        try:
            return transfer(*arguments)
        except OSError as error:
            if error.errno != ENODEV:
                raise
    return transfer(*arguments)
