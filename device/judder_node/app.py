"""Boot: the config is read, the model loaded while the memory is still empty, and then the board runs."""

import asyncio
import gc
import time

import machine
from judder_core.errors import ConfigError

from . import crash, forget
from .alarm import CODE_CONFIG, CODE_SAFE

_LED_PIN = 13  # where a config that cannot be read is blinked
_BOM = b"\xef\xbb\xbf"  # Notepad and PowerShell put it before UTF-8
_FASTEST_HZ = 240000000  # an ESP32 and an S3 begin at 160 MHz; the other chips refuse


def run(config_path):
    """Boot, and run for ever. Raises what no part of the app expects; main.py starts the board anew then."""
    try:
        asyncio.run(start(config_path).run())
    except KeyboardInterrupt:  # mpremote
        from . import crash

        crash.rest()
        raise


def start(config_path):
    """Return the Node to be run: a Board, or a Caretaker that says why there is none.

    With a config that does not even name a network, blink for ever. What only a boot needs is forgotten.
    """
    speed_up()
    ended = crash.begin()
    try:
        config, mistakes = read_config(config_path)
    except ConfigError as error:
        asyncio.run(blink(error))
    time.sleep_ms(int(config[""]["boot_delay_s"] * 1000))  # mpremote gets a word in, come what may
    try:
        if mistakes:
            raise mistakes
        if ended >= crash.MOST:
            return take_care(config, "safe mode", "The app ended %d times in a row." % ended, CODE_SAFE)
        return make_board(config)
    except ConfigError as error:
        complain(error)
        return take_care(config, "not judged", str(error), CODE_CONFIG)
    finally:
        for name in ("app", "crash", "pins"):
            forget("judder_node." + name)
        gc.collect()
        gc.threshold(-1)  # from here on the board collects between two windows, not within one


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

    try:
        return Caretaker(config, make_frames(config, 1), state, why, code)
    except ConfigError:  # its LED's pin is what is wrong
        config["alarm"]["led_pin"] = config["alarm"]["buzzer_pin"] = None
        return Caretaker(config, make_frames(config, 1), state, why, code)


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

    What is long comes first, since a heap in pieces has no room for it; then the model, whose file needs
    twice its size for a moment; then the rest of the app.
    """
    from . import models

    fetch_error = models.fetch_ordered(config)
    sampler, frames = make_sampler(config), make_frames(config, config["server"]["queue_windows"])
    model, model_error = models.load_newest(config[""]["model"], config[""]["detector"])
    forget("judder_node.models")
    gc.collect()
    from .board import Board

    return Board(config, frames, model, sampler, model_error, fetch_error)


def make_sampler(config):
    from .parts import check_sensor

    sensor, signal = config["sensor"], config["signal"]
    check_sensor(sensor, signal)
    forget("judder_node.parts")
    forget("judder_node.sensors")
    from .port import SensorPort
    from .sampler import Sampler

    return Sampler(
        SensorPort(sensor, signal).open,
        signal["window_len"],
        signal["sample_rate_hz"],
        sensor["range_g"],
        signal["max_late_share"],
    )


def make_frames(config, number):
    """Return the room for so many windows that wait to be sent. Raises ConfigError where there is none."""
    from judder_core.wire import frame_size

    size = frame_size(config["signal"]["window_len"])
    try:
        return [bytearray(size) for _ in range(number)]
    except MemoryError:
        raise ConfigError(
            "server.queue_windows is %d: %d kB, more than there are." % (number, number * size // 1024),
            "Take 2; more windows go to the flash.",
        )


def complain(error):
    print("judder:", error)
    if error.hint:
        print("  hint:", error.hint)
