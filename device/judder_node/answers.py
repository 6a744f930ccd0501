"""What a server answered, checked: past this, no word of it can surprise the board."""

import json

from micropython import const

_EARLIEST_US = const(1577836800000000)  # 2020: a server whose clock shows less has none
_LATEST_US = const(4102444800000000)  # 2100
_LONGEST_ID = const(110)  # bytes: judder_core.model_file's MAX_NAME, and the hash
_LONGEST_STATE = const(24)
_LONGEST_SENTENCE = const(160)

REFUSED = (400, 409, 413, 415, 422)  # the same window, sent again, would be refused again


class Reply:
    """server_time_us: Unix time, or None where the server does not know it. record: whether a recording wants
    the windows. model: the id of the model that is ordered, or None. judged: whether the host has judged the
    window: then alarming and state (a word) are its verdict.
    """

    def __init__(self, document):
        time_us = document["server_time_us"]
        sane = type(time_us) is int and _EARLIEST_US < time_us < _LATEST_US
        self.server_time_us = time_us if sane else None
        self.record = document.get("record") is True
        self.model = _ordered_model(document.get("commands"))
        self.alarming = document.get("alarming")
        self.state = document.get("state")
        self.judged = (
            document.get("judged_by") == "host" and type(self.alarming) is bool and _is_word(self.state)
        )


def read_reply(answer, seq=None):
    """Return the Reply in answer (an http.Answer) to window seq, or to a report.

    Raises ValueError with a sentence where it is no answer of a Judder server, or one to another window.
    """
    try:
        document = json.loads(answer.body)
    except (ValueError, TypeError, RuntimeError):
        document = None
    if not isinstance(document, dict) or "server_time_us" not in document:
        raise ValueError("What answers is no Judder server: a login page, or a proxy's?")
    if seq is not None and document.get("seq") != seq:
        raise ValueError("The server's answer is to another window.")
    return Reply(document)


def complaint(answer):
    """Return the sentence for people on answer (an http.Answer), which is not 200."""
    if 300 <= answer.status < 400:
        more = "moved to %s" % _plain(answer.location or b"nowhere")
    else:
        more = _reason(answer.body)
    return "Server says %d: %s." % (answer.status, more)


def _reason(body):
    try:
        return _plain(json.loads(body)["error"].encode()).rstrip(".")
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError, IndexError):
        return "no reason given"


def _ordered_model(commands):
    """Return the id of the last model ordered in commands, or None."""
    ordered = None
    for command in commands if isinstance(commands, list) else ():
        if isinstance(command, dict) and _is_model_id(command.get("model")):
            ordered = command["model"]
    return ordered


def _is_model_id(text):
    """Return whether text is a name that a file may have, and eight hex digits."""
    if not isinstance(text, str) or not 9 < len(text.encode()) <= _LONGEST_ID or text[-9] != "-":
        return False
    is_hash = not [letter for letter in text[-8:] if letter not in "0123456789abcdef"]
    return is_hash and not [letter for letter in text if not _may_name(ord(letter))]


def _may_name(code):
    """Return whether a file's name, and a report, may hold this letter: no slash, control or surrogate."""
    return code > 31 and code not in (47, 92, 127) and not 0xD800 <= code < 0xE000


def _is_word(text):
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST_STATE:
        return False
    return not [letter for letter in text if letter != " " and not "a" <= letter <= "z"]


def _plain(data):
    """Return data (bytes) as ASCII of a bearable length: what a report can carry, and a console show."""
    return "".join([chr(byte) if 31 < byte < 127 else "?" for byte in data[:_LONGEST_SENTENCE]])
