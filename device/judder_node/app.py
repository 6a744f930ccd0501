"""Boot: the config is read, the model loaded while the memory is still empty, and then the board runs."""

import asyncio
import gc
import os
import sys
import time

from judder_core.errors import ConfigError, ModelError

from . import NEW_MODEL, ORDER, TRIED_MODEL

_LED_PIN = 13  # where a config that cannot be read is blinked


def start(config_path):
    """Return the Board, to be run. With a wrong config, complain and blink for ever.

    What only a boot needs is forgotten: whoever calls this should forget it too, before the board runs.
    """
    try:
        config = read_config(config_path)
        time.sleep_ms(int(config[""]["boot_delay_s"] * 1000))  # mpremote gets a word in, come what may
        board = make_board(config)
        _forget("judder_node.app")
        return board
    except ConfigError as error:
        _complain(error)
    from .alarm import CODE_CONFIG, Alarm

    alarm = {"led_pin": _LED_PIN, "buzzer_pin": None, "buzzer_hz": 2000}
    return asyncio.run(Alarm(alarm, None).blink(CODE_CONFIG))


def read_config(path):
    """Return the checked configuration. Raises ConfigError."""
    from judder_core.config import parse_config

    try:
        with open(path) as file:
            return parse_config(file.read())
    except OSError:
        raise ConfigError("There is no %s." % path, "judder deploy --config makes one.")
    finally:
        _forget("judder_core.config")


def make_board(config):
    """Return the Board of config. Raises ConfigError for a rate that its sensor does not offer.

    A model's file needs twice its size for a moment: it is loaded before the rest of the app takes its place.
    """
    fetch_error = fetch_ordered(config)
    from .scorer import Scorer

    model, model_error = load_newest(config[""]["model"])
    if model:
        choose_detector(model, config[""]["detector"])
    gc.collect()
    if not config["server"]["host"].replace(".", "").isdigit():
        from . import lookup  # noqa: F401  like the next; it takes 2 kB, and the model's file needs those before
    from . import uplink  # noqa: F401  to compile it takes 30 kB, which there are later no more
    from .parts import make_sampler

    sampler = make_sampler(config)
    _forget("judder_node.parts")
    _forget("judder_node.sensors")
    from .board import Board

    return Board(config, Scorer(model, config[""]["fallback"]), sampler, model_error, fetch_error)


def fetch_ordered(config):
    """Fetch the model that the server ordered, if it did; return why it did not come, or None.

    An order is tried in one boot; the server repeats it.
    """
    if not _exists(ORDER):
        return None
    with open(ORDER) as file:
        model_id = file.read()
    os.remove(ORDER)
    try:
        from .fetch import fetch

        fetch(config, model_id)
    except (OSError, ValueError, IndexError, MemoryError) as error:
        print("judder: model %s was not fetched: %s" % (model_id, error))
        return "Model %s was not fetched: %s." % (model_id, error)
    finally:
        _forget("judder_node.fetch")


def load_newest(path):
    """Return load_model() of the model that was fetched, else of the one at path: also where the fetched one
    is refused, or did not let the board start when it was tried.
    """
    error = None
    if _exists(TRIED_MODEL):
        os.remove(TRIED_MODEL)
        error = "With the model that was fetched, the board did not start."
    if _exists(NEW_MODEL):
        os.rename(NEW_MODEL, TRIED_MODEL)
        model, error = load_model(TRIED_MODEL)
        if model:
            return model, None
        os.remove(TRIED_MODEL)
    model, old_error = load_model(path)
    return model, error or old_error


def _exists(path):
    try:
        os.stat(path)
    except OSError:
        return False
    return True


def load_model(path):
    """Return (model, None), or (None, why) where the file at path is refused: it is damaged, or this board
    does not come to the scores its maker came to. (None, None) where there is no file.
    """
    from judder_core.model_file import load_file

    from .scorer import numeric

    try:
        return load_file(path, numeric), None
    except OSError:
        return None, None
    except (ModelError, MemoryError) as error:
        if not isinstance(error, ModelError):
            error = ModelError("Model takes more memory than this board has.", "Train on fewer conditions.")
        _complain(error)
        return None, str(error)
    finally:
        _forget("judder_core.model_file")
        _forget("judder_core.model_kinds")
        _forget("judder_core.autoencoder_file")


def choose_detector(model, kind):
    """Keep the detector of model that is of this kind, else its first, and free what the others need."""
    chosen = ([d for d in model.detectors if d.kind == kind] or model.detectors)[0]
    for detector in model.detectors:
        if detector.feature_set != chosen.feature_set:
            _forget("judder_core.features." + detector.feature_set)
        if detector.kind == "autoencoder" and chosen is not detector:
            _forget("judder_core.autoencoder")
    model.detectors = [chosen]


def _forget(name):
    """Free the code that is needed once a boot: kilobytes."""
    package, _, module = name.rpartition(".")
    if name in sys.modules:
        del sys.modules[name]
        delattr(sys.modules[package], module)


def _complain(error):
    print("judder:", error)
    if error.hint:
        print("  hint:", error.hint)
