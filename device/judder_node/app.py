"""Boot: the config is read, the model loaded while the memory is still empty, and then the board runs."""

import asyncio
import gc
import sys
import time

import judder_core
from judder_core.errors import ConfigError, ModelError

_LED_PIN = 13  # where a config that cannot be read is blinked


def main(config_path="config.json"):
    """Run until power fails. A config that is wrong is said, blinked, and not retried."""
    try:
        config = read_config(config_path)
        time.sleep_ms(int(config[""]["boot_delay_s"] * 1000))  # mpremote gets a word in, come what may
        board = make_board(config)
    except ConfigError as error:
        _complain(error)
        from .alarm import CODE_CONFIG, Alarm

        alarm = {"led_pin": _LED_PIN, "buzzer_pin": None, "buzzer_hz": 2000}
        asyncio.run(Alarm(alarm, None).blink(CODE_CONFIG))
        return
    asyncio.run(board.run())


def read_config(path):
    """Return the checked configuration. Raises ConfigError."""
    from judder_core.config import parse_config

    try:
        with open(path) as file:
            return parse_config(file.read())
    except OSError:
        raise ConfigError("There is no %s." % path, "judder deploy --config makes one.")
    finally:
        del sys.modules["judder_core.config"], judder_core.config  # 6 kB for what is read once a boot


def make_board(config):
    """Return the Board of config. Raises ConfigError for a rate that its sensor does not offer.

    A model's file needs twice its size for a moment: it is loaded before the rest of the app takes its place.
    """
    from .scorer import Scorer, load_model

    model, model_error = None, None
    try:
        model = load_model(config[""]["model"])
    except ModelError as error:
        model_error = str(error)
        _complain(error)
    gc.collect()
    from .board import Board

    return Board(config, Scorer(model, config[""]["fallback"]), model_error)


def _complain(error):
    print("judder:", error)
    if error.hint:
        print("  hint:", error.hint)
