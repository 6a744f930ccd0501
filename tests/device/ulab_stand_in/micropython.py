"""What modules for boards import of MicroPython's `micropython`, for those that tests import on CPython."""


def const(value):
    """Return value: on CPython nothing is compiled in."""
    return value
