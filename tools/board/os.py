"""The `os` module of a virtual board: MicroPython's own, without what only a PC has.

uname() is read from extmod/modos.c; its fifth field is how an app learns its chip, as on the port.
"""

from collections import namedtuple
from sys import version

from chip import CHIP
from uos import *  # noqa: F403

for _name in ("getenv", "putenv", "unsetenv", "system"):
    globals().pop(_name, None)

_Uname = namedtuple("uname", ("sysname", "nodename", "release", "version", "machine"))


def uname():
    release, _, built = version.partition(";")[2].partition(" on ")
    return _Uname("esp32", "esp32", "1.24.0", "v1.24.0 on " + built, CHIP.NAME)
