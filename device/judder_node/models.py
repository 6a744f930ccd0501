"""The model a board boots with: the one that was ordered over the network, else the one before.

Whatever lies where these files belong, the board boots.
"""

import os

from judder_core.errors import ModelError
from micropython import const

from . import NEW_MODEL, ORDER, TRIED_MODEL, forget

_ENOENT = const(2)
_OF_READING = (
    "model_file",
    "model_file_v1",
    "model_file_v2",
    "model_parts",
    "autoencoder_file",
    "calibration",
    "triangles",
)
_LONGEST_ID = const(110)  # a name of judder_core.model_file.MAX_NAME bytes, and the hash


def fetch_ordered(config):
    """Fetch the model that the server ordered, if it did; return why it did not come, or None.

    An order is tried in one boot; the server repeats it.
    """
    model_id = take_order()
    if not model_id:
        return None
    try:
        from .fetch import fetch

        fetch(config, model_id)
    except (OSError, ValueError, IndexError, MemoryError) as error:
        print("judder: model %s was not fetched: %s" % (model_id, error))
        return "Model %s was not fetched: %s." % (model_id, error)
    finally:
        forget("judder_node.fetch")


def take_order():
    """Return the id that ORDER holds, which is removed, or None."""
    try:
        with open(ORDER) as file:
            return file.read(_LONGEST_ID)
    except (OSError, ValueError):  # no file, or bytes that are no text
        return None
    finally:
        remove(ORDER)


def load_newest(path, kind):
    """Return (model, None), or (None, why not), or (None, None) where there is none.

    The model that was fetched comes first; the one at path where that was refused, or did not let the board
    start when it was tried.
    """
    error = None
    if remove(TRIED_MODEL):
        error = "With the model that was fetched, the board did not start."
    if rename(NEW_MODEL, TRIED_MODEL):
        model, error = load_model(TRIED_MODEL, kind)
        if model:
            return model, None
        remove(TRIED_MODEL)
    model, old_error = load_model(path, kind)
    return model, error or old_error


def load_model(path, kind):
    """Return (model, None), or (None, why) where the file at path is refused: it is damaged, or this board
    does not come to the scores its maker came to. (None, None) where there is no file.
    """
    from judder_core.model_file import load_file

    from .boot import complain
    from .engine import numeric

    try:
        model = load_file(path, numeric)
        choose_detector(model, kind)
        return model, None
    except OSError as error:
        if error.errno == _ENOENT:
            return None, None
        refusal = ModelError(
            "Model %s cannot be read: %s." % (path, error), "judder deploy --model brings it."
        )
    except MemoryError:
        refusal = ModelError("Model takes more memory than this board has.", "Train on fewer conditions.")
    except ModelError as error:
        refusal = error
    except Exception as error:  # a file may hold any bytes; the board boots all the same
        refusal = ModelError("Model %s is damaged: %s." % (path, error), "judder deploy --model brings it.")
    finally:
        for module in _OF_READING:
            forget("judder_core." + module)
    complain(refusal)
    return None, str(refusal)


def choose_detector(model, kind):
    """Keep the detector of model that is of this kind, else its first, and free what the others need.

    Its p-values are for people, whom the server tells them: the tables of them go, too.
    """
    chosen = ([d for d in model.detectors if d.kind == kind] or model.detectors)[0]
    for detector in model.detectors:
        if detector.feature_set != chosen.feature_set:
            forget("judder_core.features." + detector.feature_set)
        if detector.kind == "autoencoder" and chosen is not detector:
            forget("judder_core.autoencoder")
            forget("judder_core.autoencoder_v1")
    chosen.calibration = chosen.window_calibration = None
    model.detectors = [chosen]


def remove(path):
    """Remove what is at path, be it a file or an empty folder; return whether something was there."""
    for way in (os.remove, os.rmdir):
        try:
            way(path)
            return True
        except OSError as error:
            if error.errno == _ENOENT:
                return False
    return False


def rename(old, new):
    """Return whether there was something called old, which is called new now."""
    try:
        os.rename(old, new)
        return True
    except OSError:
        return False
