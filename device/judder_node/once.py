"""What a board does once a boot, if at all: loaded for that moment, between two windows."""

import os

import machine
from micropython import const

from . import ORDER, TRIED_MODEL, crash

_ENOENT = const(2)


def settle_trial(board):
    """Let a fetched model take the place of the one before: the board runs with it."""
    try:
        os.rename(TRIED_MODEL, board.model_path)
    except OSError as error:
        if error.errno != _ENOENT:  # none was fetched, as a rule
            return
    board.on_trial = False


def end_trial(board):
    """Go back to the model before, where one was fetched that judges nothing here: the next boot does."""
    try:
        os.stat(TRIED_MODEL)
    except OSError:  # none was
        board.on_trial = False
        return
    _start_anew(board)


def settle_boot(board):
    """Let what ended the boots before be over: this one runs well."""
    crash.settle()
    board.settled = True


def obey(board):
    """Let the next boot fetch the model that is ordered, while the memory is empty."""
    print("model", board.order, "is ordered: starting anew to fetch it")
    try:
        with open(ORDER, "w") as file:
            file.write(board.order)
    except OSError as error:
        board.fetch_error = "Model %s was not fetched: %s." % (board.order, error)
        board.order = None
        return
    _start_anew(board)


def _start_anew(board):
    board.uplink.spill()
    crash.rest()
    machine.reset()
