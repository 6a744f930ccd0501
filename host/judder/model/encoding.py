"""How the artefact is written: JSON, arrays of float32 or whole numbers in it as base64, by checked classes.

An array is rounded to what the file keeps as soon as a class is given it.
"""

import base64
import json
from collections.abc import Iterable
from typing import Annotated, Any, Self

import numpy as np
from judder_core.errors import ModelError
from judder_core.model_file import MAX_BYTES
from judder_core.model_parts import decode_array
from pydantic import BaseModel, BeforeValidator, Field, PlainSerializer


def plain(values: Any) -> tuple[Any, ...]:
    """Return the numbers of an array, row after row, as the classes here take them."""
    return tuple(np.asarray(values).ravel().tolist())


def _encode(values: Iterable[float], dtype: str) -> str:
    return base64.b64encode(np.asarray(list(values)).astype(dtype).tobytes()).decode()


def _packed(typecode: str, dtype: str) -> tuple[BeforeValidator, PlainSerializer]:
    """Return how an array is read, of base64 or of numbers, and written, as base64."""

    def read(values: Any) -> Any:
        if isinstance(values, str):
            return tuple(decode_array(typecode, values))
        return tuple(np.asarray(values).astype(dtype).ravel().tolist())

    return BeforeValidator(read), PlainSerializer(lambda values: _encode(values, dtype))


Floats = Annotated[tuple[float, ...], *_packed("f", "<f4")]
Bytes = Annotated[tuple[int, ...], *_packed("b", "i1")]
Counts = Annotated[tuple[int, ...], *_packed("h", "<i2")]
MAY_LACK = Field(exclude_if=lambda value: value is None)
"""A key that a document is without where it is None; any other None is written as null."""


class Part(BaseModel, frozen=True):
    """A JSON object of the artefact. Keys that are not known are passed over."""

    def but(self, **changes: Any) -> Self:
        """Return the same with some fields otherwise."""
        return self.model_copy(update=changes)


def encode(document: dict[str, Any]) -> bytes:
    """Return the bytes of a model file. Raises ModelError if they are more than a board takes."""
    data = json.dumps(document, separators=(",", ":")).encode()
    if len(data) > MAX_BYTES:
        raise ModelError(
            f"Model is {len(data)} bytes; a board takes {MAX_BYTES}.",
            "Use a smaller feature set, or fewer operating modes.",
        )
    return data
