"""An MSA311: an MSA301 of 12 bits. Read from Linux' drivers/iio/accel/msa311.c and its data sheet, v1.1."""

from .msa301 import Part as MSA301


class Part(MSA301):
    MOST_BITS = 12
