"""What a server answered, checked: past this, no word of it can surprise the board."""

import json

from judder_core.decision import ALARM, LEVELS, NORMAL

REFUSED = (400, 409, 413, 415, 422)  # the same window, sent again, would be refused again


class Reply:
    """server_time_us: Unix time, or None where the server does not know it. record: whether a recording wants
    the windows. model: the id of the model that is ordered, or None. judged: whether the host has judged the
    window: then state (a word), mounting_changed and level are its verdict; level: of this window, before any
    debounce, None where the machine stands still.
    """

    def __init__(self, document):
        time_us = document["server_time_us"]
        # 2020 to 2100: a server whose clock shows anything else has none
        sane = type(time_us) is int and 1577836800000000 < time_us < 4102444800000000
        self.server_time_us = time_us if sane else None
        self.record = document.get("record") is True
        self.model = None
        commands = document.get("commands")
        for command in commands if isinstance(commands, list) else ():
            if isinstance(command, dict) and _is_model_id(command.get("model")):
                self.model = command["model"]
        self.level = _level(document)
        self.mounting_changed = document.get("mounting_changed") is True
        self.state = document.get("state")
        self.judged = (
            document.get("judged_by") == "host"
            and (self.level is not None or self.state == "standstill")
            and isinstance(self.state, str)
            and 0 < len(self.state) <= 24
            and not self.state.strip("abcdefghijklmnopqrstuvwxyz ")
        )


def _level(document):
    """Return the level of the window in document, or None. A server of before tells only alarms."""
    word = document.get("window_level")
    if word in LEVELS:
        return LEVELS.index(word)
    alarming = document.get("alarming")
    if "window_level" in document or type(alarming) is not bool:
        return None
    return ALARM if alarming else NORMAL


def _is_model_id(text):
    """Return whether text is a name that a file, and a report, may have (no slash, control or surrogate), and
    eight hex digits; 110 bytes at most: judder_core.model_file's MAX_NAME, and these.
    """
    if not isinstance(text, str) or not 9 < len(text.encode()) <= 110 or text[-9] != "-":
        return False
    for letter in text:
        code = ord(letter)
        if code < 32 or code in (47, 92, 127) or 0xD800 <= code < 0xE000:
            return False
    return not text[-8:].strip("0123456789abcdef")


def read_reply(answer, seq=None):
    """Return the Reply in answer (an http.Connection that has it) to window seq, or to a report.

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
    """Return the sentence for people on answer (an http.Connection that has it), which is not 200.

    In ASCII of a bearable length: what a report can carry, and a console show.
    """
    said = b"no reason given"
    if 300 <= answer.status < 400:
        said = b"moved to " + (answer.location or b"nowhere")
    else:
        try:
            said = json.loads(answer.body)["error"].encode().rstrip(b".")
        except (ValueError, KeyError, TypeError, AttributeError, RuntimeError, IndexError):
            pass
    plain = "".join([chr(byte) if 31 < byte < 127 else "?" for byte in said[:160]])
    return "Server says %d: %s." % (answer.status, plain)
