"""What several verbs' options share."""

from pathlib import Path

from judder_core import model_file
from judder_core.model import Model

from judder import numeric_numpy
from judder.errors import JudderError

SERVER_HELP = "The server's address."
TOKEN_HELP = "The server's token, if it asks for one."
DATA_HELP = "Folder of CSV folders, a .zip of it, an .npz, or a server's data folder."
RATE_HELP = "Samples per second, where the data do not say."

MODEL_SUFFIX = ".judder.json"


def model_name(out: Path) -> str:
    """Return the name of the model that out is the file of. Raises JudderError where it is no such file."""
    if not out.name.endswith(MODEL_SUFFIX):
        raise JudderError(f"--out {out.name} is no model file name.", hint=f"Name it NAME{MODEL_SUFFIX}.")
    return out.name.removesuffix(MODEL_SUFFIX)


def read_model(path: Path) -> tuple[Model, bytes]:
    """Return the model in the file at path, and its bytes. Raises JudderError, or ModelError."""
    if not path.exists():
        raise JudderError(f"There is no model {path}.", hint="Make one with: judder train")
    data = path.read_bytes()
    return model_file.load(data, numeric_numpy), data
