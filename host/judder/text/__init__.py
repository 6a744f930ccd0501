"""How names, numbers and commands are written for people: on a terminal, on a page, in a message."""

from judder.text.numbers import ends, lasting, number, rate
from judder.text.shell import word
from judder.text.visible import isolated, visible

__all__ = ["ends", "isolated", "lasting", "number", "rate", "visible", "word"]
