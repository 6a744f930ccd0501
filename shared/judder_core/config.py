"""The board's config.json: what may be in it, checked on the host before deploy and on the board at boot."""

import json

from .errors import ConfigError
from .wire import frame_size

TASKS = ("detect", "collect", "learn")
FALLBACKS = ("grey_zone", "always", "never")
DETECTORS = ("first", "mahalanobis", "autoencoder")
_NETWORK = ("wifi", "server")  # sections without which nobody hears of the others' mistakes
SERVER = "judder.local"  # what `judder serve` is called on its network

# section -> key -> (default, kind, lowest or choices, highest). With kind "pin" or "address", None is "none";
# with kind "key", "" is.
SCHEMA = {
    "": {
        "name": ("judder", "text", 1, 32),
        "place": ("", "text", 0, 64),
        "task": ("detect", "choice", TASKS, None),
        "fallback": ("grey_zone", "choice", FALLBACKS, None),
        "detector": ("first", "choice", DETECTORS, None),
        "model": ("model.judder.json", "text", 1, 64),
        "boot_delay_s": (2, "number", 0, 60),
    },
    "wifi": {
        "ssid": ("", "text", 1, 32),
        "password": ("", "text", 0, 64),
    },
    "server": {
        "host": (SERVER, "host", 0, 253),
        "port": (1337, "integer", 1, 65535),
        "token": ("", "text", 0, 128),
        "key": ("", "key", 0, 0),
        "tls": (False, "flag", 0, 0),
        "ca": ("ca.der", "text", 1, 64),
        "timeout_ms": (2000, "integer", 100, 60000),
        "status_interval_s": (10, "number", 1, 3600),
        "queue_windows": (2, "integer", 2, 64),
        "spool_kb": (512, "integer", 0, 16384),
    },
    "sensor": {
        "kind": ("msa301", "text", 1, 16),  # judder_node.sensors knows them, and what each can do
        "address": (None, "address", 8, 119),
        "i2c_id": (0, "integer", 0, 1),
        "sda_pin": (21, "integer", 0, 48),
        "scl_pin": (22, "integer", 0, 48),
        "i2c_hz": (400000, "integer", 10000, 1000000),
        "int_pin": (None, "pin", 0, 48),
        "range_g": (4, "choice", (2, 4, 8, 16), None),
    },
    "signal": {
        "sample_rate_hz": (250, "number", 1, 3200),
        "window_len": (256, "integer", 16, 1024),
        "max_late_share": (0.02, "number", 0, 1),
        "late_windows": ("flag", "choice", ("flag", "drop"), None),
    },
    "alarm": {
        "buzzer_pin": (None, "pin", 0, 48),
        "led_pin": (13, "pin", 0, 48),
        "buzzer_hz": (2000, "integer", 20, 20000),
    },
}

# The pins, in the order in which the later of two that are one is the mistake.
PINS = (
    ("sensor", "sda_pin"),
    ("sensor", "scl_pin"),
    ("sensor", "int_pin"),
    ("alarm", "led_pin"),
    ("alarm", "buzzer_pin"),
)
_KEY_DIGITS = 64
_MOST_SHOWN = 60  # characters of a key or a value in a sentence
MOST_FRAMES_KB = 32  # of an ESP32's memory, for the windows that wait to be sent


def parse_config(text, name="config.json"):
    """Return the checked configuration in text (JSON): {section: {key: value}}, defaults filled in.

    name: of the file, for errors. The keys outside a section are in the section "". Raises ConfigError that
    lists every mistake at once.
    """
    config, error = load_config(text, name)
    if error:
        raise error
    return config


def load_config(text, name="config.json"):
    """Return (configuration, None), or (what can be used of it, a ConfigError that lists every mistake).

    Defaults stand for what is wrong, so that a board can tell people over the network. Raises ConfigError
    where it cannot: text is no JSON object, or the network is what is wrong.
    """
    hint = "Compare it with device/config.example.json."
    try:
        document = json.loads(text)
    except (ValueError, RuntimeError) as error:  # the latter: nested too deeply
        line = getattr(error, "lineno", None)  # MicroPython does not say
        raise ConfigError("%s is not JSON%s." % (name, ", see line %d" % line if line else ""), hint)
    if not isinstance(document, dict):
        raise ConfigError(name + " is not a JSON object.", hint)
    config, mistakes = check_config(document)
    config["server"]["host"] = config["server"]["host"] or SERVER
    if not mistakes:
        return config, None
    refusal = ConfigError(name + ": " + "; ".join(mistakes) + ".", "device/README.md lists every key.")
    if [mistake for mistake in mistakes if mistake.startswith(_NETWORK)]:
        raise refusal
    return config, refusal


def check_config(document):
    """Return (config, mistakes): the document with defaults filled in, and a sentence for each mistake."""
    config = {}
    mistakes = []
    for section in sorted(SCHEMA):
        given = document if section == "" else document.get(section, {})
        if not isinstance(given, dict):
            mistakes.append("%s is %s, expected an object" % (section, _shown(given)))
            given = {}
        config[section] = _check_section(section, given, mistakes)
    _check_pins(config, mistakes)
    _check_frames(config, mistakes)
    return config, mistakes


def _check_section(section, given, mistakes):
    known = SCHEMA[section]
    for key in given:
        if key not in known and not (section == "" and key in SCHEMA):
            mistakes.append("%s is no setting" % _path(section, key))
    checked = {}
    for key in sorted(known):
        default, kind, low, high = known[key]
        checked[key] = given.get(key, default)
        expected = _expected(checked[key], kind, low, high)
        if expected:
            if key not in given:
                mistakes.append("%s is missing, expected %s" % (_path(section, key), expected))
            else:
                shown = "no key" if kind == "key" else _shown(checked[key])
                mistakes.append("%s is %s, expected %s" % (_path(section, key), shown, expected))
            checked[key] = default
    return checked


def _check_pins(config, mistakes):
    """Note each pin that is used twice, and leave the second use out."""
    for k, (section, key) in enumerate(PINS):
        pin = config[section][key]
        same = [_path(*other) for other in PINS[:k] if config[other[0]][other[1]] == pin]
        if same and pin is not None:
            mistakes.append("%s is %d, and so is %s" % (_path(section, key), pin, same[0]))
            config[section][key] = None


def _check_frames(config, mistakes):
    """Note where more windows wait than the memory can hold, and let the default number wait."""
    window_len, most = config["signal"]["window_len"], config["server"]["queue_windows"]
    size_kb = most * frame_size(window_len) / 1024
    if size_kb > MOST_FRAMES_KB:
        mistakes.append(
            "signal.window_len is %d and server.queue_windows %d: %.1f kB of windows would wait,"
            " expected %d at most" % (window_len, most, size_kb, MOST_FRAMES_KB)
        )
        config["server"]["queue_windows"] = SCHEMA["server"]["queue_windows"][0]


def _path(section, key):
    name = section + "." + key if section else key
    return name if len(name) <= _MOST_SHOWN else name[:_MOST_SHOWN] + "..."


def _shown(value):
    """Return value as people have to see it: a file that was pasted in would fill a board's memory."""
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "..."


def _expected(value, kind, low, high):
    """Return what is expected in place of value, or None if value is right."""
    if kind == "choice":
        return None if value in low else "one of " + ", ".join([str(choice) for choice in low])
    if kind == "text":
        right = isinstance(value, str) and low <= len(value) <= high and not [c for c in value if c < " "]
        return None if right else "text of %d to %d characters, without line breaks" % (low, high)
    if kind == "host":
        right = (
            isinstance(value, str) and len(value) <= high and not [c for c in value if c in "/:" or c <= " "]
        )
        return None if right else "a name or an address without http:// or port"
    if kind == "flag":
        return None if isinstance(value, bool) else "true or false"
    if kind == "key":
        return None if is_key(value) else "64 hex digits, or nothing"
    may_be_null = kind in ("pin", "address")
    if may_be_null and value is None:
        return None
    types = (int, float) if kind == "number" else int
    right = isinstance(value, types) and not isinstance(value, bool) and low <= value <= high
    what = "a number" if kind == "number" else "a whole number"
    return None if right else "%s from %s to %s%s" % (what, low, high, " or null" if may_be_null else "")


def is_key(value):
    """Return whether value is a key, or the text that stands for none."""
    right = isinstance(value, str) and len(value) in (0, _KEY_DIGITS)
    return right and not value.strip("0123456789abcdefABCDEF")
