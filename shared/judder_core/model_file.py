"""The model artefact, NAME.judder.json: one small file that host writes and board loads.

Arrays are base64 of little-endian numbers: as JSON text they triple the size and exhaust a board. The model
id is NAME-XXXXXXXX, the first 8 hex digits of the SHA-256 of the file's bytes. Each version has a reader of
its own, loaded when a file asks for it.
"""

import binascii
import hashlib
import json

from .errors import CoreError, ModelError

FORMAT = "judder-model"
VERSIONS = (1, 2)
MAX_BYTES = 20000
MAX_NAME = 100
_BLOCK = 512


def load(data, numeric):
    """Return the model in data (bytes), its golden windows recomputed with the engine numeric.

    Raises ModelError where it is no model of a known version, is damaged, or this runtime does not come to
    the scores that its maker came to.
    """
    return _make(parse(data), hashlib.sha256(data).digest(), numeric)


def load_file(path, numeric):
    """Return the model in the file at path as load() does, which is never whole in memory. Raises OSError."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while True:
            block = file.read(_BLOCK)
            if not block:
                break
            digest.update(block)
        file.seek(0)
        try:
            document = json.load(file)
        except (ValueError, RuntimeError):  # the latter: nested too deeply
            document = None
    return _make(_checked(document), digest.digest(), numeric)


def parse(data):
    """Return the JSON document in data (bytes) after a look at its format and version."""
    try:
        document = json.loads(data)
    except (ValueError, RuntimeError):  # the latter: nested too deeply
        document = None
    return _checked(document)


def model_id_of(name, digest):
    """Return the id of the model file called name whose SHA-256 is digest (bytes)."""
    return "%s-%s" % (name, binascii.hexlify(digest[:4]).decode())


def is_name(name):
    """Return whether a model can be called so: a file is named after it."""
    return 0 < len(name.encode()) <= MAX_NAME and not [c for c in name if c in "/\\" or ord(c) < 32]


def _checked(document):
    if document is None:
        raise ModelError("Model file is not whole JSON.", "Copy the file again.")
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ModelError('File is no Judder model: its "format" is not "%s".' % FORMAT, "Name another file.")
    version = document.get("version")
    if type(version) is not int or version not in VERSIONS:
        raise ModelError(
            "Model has version %s; this side knows %s." % (version, " and ".join(map(str, VERSIONS))),
            "Update the side that is older, or train the model again.",
        )
    return document


def _make(document, digest, numeric):
    """Return the model of document; what is decoded is taken out of it, for a board's memory."""
    try:
        model_id = model_id_of(document["name"], digest)
        if not is_name(document["name"]):
            raise ModelError("Model has a name that cannot be.", "Train it again.")
        return _reader(document["version"]).read(model_id, document, numeric)
    except KeyError as error:
        raise ModelError("Model lacks %s." % error, "Train it again.")
    except (TypeError, ValueError, IndexError, ArithmeticError, AttributeError) as error:
        raise ModelError("Model has a value of the wrong kind: %s." % error, "Train it again.")
    except ModelError:
        raise
    except CoreError as error:  # what a feature set says of itself
        raise ModelError(str(error), error.hint)


def _reader(version):
    if version == 1:
        from . import model_file_v1

        return model_file_v1
    from . import model_file_v2

    return model_file_v2
