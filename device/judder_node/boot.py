"""Boot: the config is read, the model loaded while the memory is still empty, and then the board runs."""

import asyncio
import gc
import time

import machine
from judder_core.errors import ConfigError

from . import forget
from .alarm import CODE_CONFIG, CODE_SAFE

_LED_PIN = 13  # where a config that cannot be read is blinked
_BOM = b"\xef\xbb\xbf"  # Notepad and PowerShell put it before UTF-8
_USUAL_REPORT = 1000  # bytes; a longer one makes itself more room
_FASTEST_HZ = 240000000  # an ESP32 and an S3 begin at 160 MHz; the other chips refuse


def boot(config_path):
    """Return the Node to be run: a Board, or a Caretaker that says why there is none.

    With a config that does not even name a network, blink for ever.
    """
    speed_up()
    often = count_ends()
    try:
        config, mistakes = read_config(config_path)
    except ConfigError as error:
        asyncio.run(blink(error))
    time.sleep_ms(int(config[""]["boot_delay_s"] * 1000))  # mpremote gets a word in, come what may
    try:
        if mistakes:
            raise mistakes
        if often:
            return take_care(config, "safe mode", "The app ended %d times in a row." % often, CODE_SAFE)
        return make_board(config)
    except ConfigError as error:
        complain(error)
        return take_care(config, "not judged", str(error), CODE_CONFIG)
    finally:
        forget("judder_node.pins")


def count_ends():
    """Return how often in a row the boots before ended by themselves; 0 where that is not too often."""
    from . import crash

    try:
        ends = crash.begin()
        return ends if ends >= crash.MOST else 0
    finally:
        forget("judder_node.crash")


def speed_up():
    """Run at 240 MHz where the chip can."""
    try:
        machine.freq(_FASTEST_HZ)
    except ValueError:
        pass


def read_config(path):
    """Return (configuration, None), or (one to reach people with, the ConfigError that lists its mistakes).

    Raises ConfigError where not even the network can be told from it.
    """
    from judder_core.config import load_config

    try:
        with open(path, "rb") as file:
            data = file.read()
        return load_config(data[3:].decode() if data[:3] == _BOM else data.decode())
    except OSError:
        raise ConfigError("There is no %s." % path, "judder deploy --config makes one.")
    except ValueError:
        raise ConfigError(path + " is not UTF-8 text.", "Save it as UTF-8.")
    finally:
        forget("judder_core.config")


def take_care(config, state, why, code):
    """Return a Caretaker, which says why the board does not watch."""
    from .caretaker import Caretaker

    room = make_room(config, 1)
    try:
        return Caretaker(config, room, state, why, code)
    except ConfigError:  # its LED's pin is what is wrong
        config["alarm"]["led_pin"] = config["alarm"]["buzzer_pin"] = None
        return Caretaker(config, room, state, why, code)


async def blink(error):
    """Say and blink for ever that config.json is missing or damaged."""
    from .alarm import Alarm

    pins = {"led_pin": _LED_PIN, "buzzer_pin": None, "buzzer_hz": 2000}
    try:
        alarm = Alarm(pins, None)
    except ConfigError:  # this chip has another
        pins["led_pin"] = None
        alarm = Alarm(pins, None)
    while True:
        complain(error)
        await alarm.blink(CODE_CONFIG, 10)


def make_board(config):
    """Return the Board of config. Raises ConfigError for pins or a rate that it has not.

    The model comes first, whose file needs three times its size for a moment; then the sensor, which takes
    much code to open; then what is long, since a heap in pieces has no room for it; then the rest of the app.
    """
    fetch_error = fetch_model(config)
    model, model_error = load_model(config)
    gc.collect()
    sampler, room = make_sampler(config), make_room(config, config["server"]["queue_windows"])
    from .scorer import Scorer

    scorer = Scorer(model, config[""]["fallback"])
    from .board import Board

    return Board(config, room, scorer, sampler, model_error, fetch_error)


def fetch_model(config):
    """Fetch the model that was ordered, if one was; return why it did not come, or None."""
    from .models import fetch_ordered

    return fetch_ordered(config)


def load_model(config):
    """Return (model, why the best one there is was not taken), each or None."""
    from .models import load_newest

    try:
        return load_newest(config[""]["model"], config[""]["detector"])
    finally:
        forget("judder_node.models")


def make_sampler(config):
    from .parts import check_sensor
    from .port import SensorPort

    sensor, signal = config["sensor"], config["signal"]
    check_sensor(sensor, signal)
    forget("judder_node.sensors.checking")
    port = SensorPort(sensor, signal)
    port.open_early()
    from .sampler import Sampler

    return Sampler(
        port.open,
        signal["window_len"],
        signal["sample_rate_hz"],
        sensor["range_g"],
        signal["max_late_share"],
    )


def make_room(config, number):
    """Return (connection, frames, report), as Uplink takes them, for so many windows that wait to be sent.

    Raises ConfigError where there is no room.
    """
    from judder_core.wire import frame_size

    from .http import Connection

    server = config["server"]
    connection, report = Connection(server, make_signer(server["key"])), bytearray(_USUAL_REPORT)
    size = frame_size(config["signal"]["window_len"])
    try:
        return connection, [bytearray(size) for _ in range(number)], report
    except MemoryError:
        raise ConfigError(
            "server.queue_windows is %d: %d kB, more than there are." % (number, number * size // 1024),
            "Take 2; more windows go to the flash.",
        )


def make_signer(key):
    """Return what signs the requests of this board, or None where it has no key."""
    if not key:
        return None
    from judder_core.signing import Signer

    return Signer(key, machine.unique_id()[:6], time.ticks_ms, time.ticks_diff)


def complain(error):
    print("judder:", error)
    if error.hint:
        print("  hint:", error.hint)
