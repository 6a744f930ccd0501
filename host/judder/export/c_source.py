"""NumPy arrays as C that means exactly the same: names that compile, sizes, floats that come back."""

import keyword
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judder.errors import JudderError

LINE = 100
TYPES = {
    "float32": "float",
    "float64": "double",
    "bool": "uint8_t",
    **{f"{sign}int{bits}": f"{sign}int{bits}_t" for sign in ("", "u") for bits in (8, 16, 32, 64)},
}
WORDS = """alignas alignof and asm auto bool break case catch char class const constexpr continue decltype
    default delete do double else enum explicit export extern false float for friend goto if inline int
    long mutable namespace new not nullptr operator or private protected public register restrict return
    short signed sizeof static struct switch template this throw true try typedef typeid typename union
    unsigned using virtual void volatile while xor"""
RESERVED = {*WORDS.split(), *keyword.kwlist}


def identifier(text: str) -> str:
    """Return text as a name that C and C++ take and do not keep for themselves.

    >>> identifier("md_model-moving"), identifier("2x2"), identifier("float")
    ('md_model_moving', 'array_2x2', 'float_')
    """
    name = re.sub(r"[^0-9A-Za-z]+|_{2,}", "_", text).strip("_")
    if not name or name[0].isdigit():
        name = f"array_{name}".rstrip("_")
    return name + "_" if name in RESERVED else name


def string(text: str) -> str:
    """Return text as a C string literal; whatever is not plain ASCII goes as octal.

    >>> string('a"b')
    '"a\\\\042b"'
    """
    plain = [chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}" for b in text.encode()]
    return f'"{"".join(plain)}"'


def number(value: Any) -> str:
    """Return one element of an array as a literal that compiles to the very same bits.

    >>> number(np.float32(0.1)), number(np.float64(1)), number(np.int64(-(2**63)))
    ('0.1f', '1.0', '(-9223372036854775807LL - 1)')
    """
    if isinstance(value, np.floating):
        if not np.isfinite(value):
            raise JudderError(f"The array holds {value}, which C has no literal for.", hint="Take it out.")
        digits = np.format_float_scientific(value, trim="0")
        if 1e-4 <= abs(value) < 1e9 or value == 0:
            digits = np.format_float_positional(value, trim="0")
        return digits + ("f" if value.dtype == np.float32 else "")
    whole = int(value)
    if whole == -(2**63):
        return f"({whole + 1}LL - 1)"
    if whole > 2**63 - 1:
        return f"{whole}ULL"
    return f"{whole}LL" if abs(whole) >= 2**31 else str(whole)


def initialiser(values: NDArray[Any]) -> str:
    """Return values as a C initialiser in braces, nested as the array is, in lines of readable length."""
    if values.ndim > 1:
        return "{" + ",\n".join(initialiser(row) for row in values) + "}"
    lines, line = [], ""
    for value in values:
        text = number(value) + ", "
        if len(line) + len(text) > LINE:
            lines.append(line.rstrip())
            line = ""
        line += text
    return "{" + "\n".join([*lines, line.rstrip(", ")]) + "}"


def declaration(name: str, values: NDArray[Any]) -> str:
    """Return the definition of values as a constant array called name.

    Raises JudderError for arrays without elements, and for elements that C has no type or literal for.
    """
    if values.dtype == np.float16:
        values = values.astype(np.float32)
    c_type = TYPES.get(values.dtype.name)
    if c_type is None:
        raise JudderError(
            f"The array is of {values.dtype.name}, which C has no type for.",
            hint=f"Convert it to one of: {', '.join(TYPES)}.",
        )
    if not values.size:
        raise JudderError(f"The array has shape {values.shape}: no elements.", hint="C has no such array.")
    values = np.atleast_1d(values)
    sizes = "".join(f"[{size}]" for size in values.shape)
    return f"static const {c_type} {name}{sizes} = {initialiser(values)};\n"


def header(name: str, values: NDArray[Any], says: str, more: str = "") -> str:
    """Return a whole header that C and C++ take: values called name, and its sizes as NAME_SIZE_0, ...

    says: what it was made of, for a comment. more: lines that follow.
    """
    guard = f"{name.upper()}_H"
    sizes = [f"#define {name.upper()}_SIZE_{k} {n}" for k, n in enumerate(np.atleast_1d(values).shape)]
    says = says.encode("ascii", "replace").decode().replace("*/", "* /").replace("\n", " ")
    return (
        f"/* {says} */\n#ifndef {guard}\n#define {guard}\n\n#include <stdint.h>\n\n"
        + "\n".join(sizes)
        + f"\n\n{declaration(name, values)}{more}\n#endif\n"
    )
