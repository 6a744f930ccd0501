"""How names, numbers and commands are written for people: on a terminal, on a page, in a message."""

from judder.text.numbers import lasting, rate
from judder.text.shell import word
from judder.text.visible import isolated, visible

__all__ = ["isolated", "lasting", "rate", "visible", "word"]
