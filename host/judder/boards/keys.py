"""A board's key on its way into the board's config, and the certificate by which it knows its server.

No key is ever printed, logged or put into an error.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from judder.boards.config import BoardConfig
from judder.errors import JudderError

ChooseKey = Callable[[str, str], str]
"""Returns the key that a board is to have, "" for none: of its id, and the key it has."""


def keep(device_id: str, has: str) -> str:
    """Let a board keep the key it has."""
    return has


def with_key(config: BoardConfig, key: str) -> BoardConfig:
    """Return config with that key."""
    if config.sections["server"]["key"] == key:
        return config
    document = json.loads(config.text)
    document["server"] = {**document.get("server", {}), "key": key}
    sections = {**config.sections, "server": {**config.sections["server"], "key": key}}
    return replace(config, text=json.dumps(document, indent=2, ensure_ascii=False) + "\n", sections=sections)


def read_certificate(path: Path) -> bytes:
    """Return the certificate in path, PEM or DER, as DER. Raises JudderError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise JudderError(f"{path} cannot be read: {error.strerror}.", hint="Is it there?") from error
    load = x509.load_pem_x509_certificate if b"-----BEGIN" in data else x509.load_der_x509_certificate
    try:
        return load(data).public_bytes(Encoding.DER)
    except ValueError as error:
        raise JudderError(
            f"{path} is no certificate.", hint="Give the CA's own: PEM or DER, not its key."
        ) from error
