"""What the versions of a model have in common where they are printed as C++."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from judder_core.calibration import Calibration

from judder.export.c_source import declaration, number


@dataclass(frozen=True)
class Parts:
    """What a version has of its own. model, judge: its types in C++; include: the header that has both.

    feature_set: its name. alarm_threshold: None where there is one level. declarations: the arrays that the
    fields name. fields: of the model, behind those that every model has.
    """

    model: str
    judge: str
    include: str
    feature_set: str
    alarm_threshold: float | None
    declarations: str
    fields: tuple[str, ...]


def floats(arrays: Mapping[str, Any]) -> str:
    """Return the definitions of arrays of float32, by name."""
    return "".join(declaration(name, np.asarray(values, np.float32)) for name, values in arrays.items())


def table(kind: str, name: str, rows: Iterable[str]) -> str:
    """Return the definition of an array of structs of that kind; rows: their fields."""
    lines = [f"    {{{row}}},\n" for row in rows]
    return f"static const judder::{kind} {name}[{len(lines)}] = {{\n{''.join(lines)}}};\n"


def single(value: float) -> str:
    """Return value as a literal of float32."""
    return number(np.float32(value))


def calibration(name: str, scores: Calibration) -> tuple[str, str]:
    """Return (the definitions of a table's arrays, the table's fields)."""
    arrays = floats({f"{name}Scores": scores.scores, f"{name}PValues": scores.p_values})
    return arrays, f"{{{scores.windows}, {len(scores.scores)}, {name}Scores, {name}PValues}}"
