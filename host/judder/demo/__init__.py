"""The whole path without hardware: two boards, a normal recording, a model, a fault, an alert."""

from judder.demo.story import Outcome, run

__all__ = ["Outcome", "run"]
