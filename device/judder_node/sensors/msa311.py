"""MEMSensing MSA311: an MSA301 of 12 bits at another address.

Source: its data sheet, v1.1; checked against Linux' drivers/iio/accel/msa311.c (12 bits, shift by 4, the same
registers) and Adafruit_MSA301.h, whose MSA311 is an MSA301 at 0x62.
"""

from .msa301 import Driver as MSA301


class Driver(MSA301):
    NAME = "msa311"
    CODE = 3
    ADDRESSES = (0x62,)
    UNUSED_BITS = 4
