"""Rows and columns: a dataclass is a table's list of columns, and the only one."""

import json
import sqlite3
import types
import typing
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, fields, is_dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")
SQL_TYPES = {
    int: "INTEGER",
    bool: "INTEGER",
    float: "REAL",
    str: "TEXT",
    bytes: "BLOB",
    dict: "TEXT",
    list: "TEXT",
}
DECODERS: dict[type, Callable[[Any], Any]] = {bool: bool, dict: json.loads, list: json.loads}
"""For the types that SQLite does not have. Dicts and lists are kept as JSON."""


@dataclass(frozen=True)
class Column:
    """One field. path: how attrgetter finds it in a row.

    may_be_null: None, or of an answer: such a column may be younger than its row.
    """

    name: str
    path: str
    kind: type
    may_be_null: bool

    @property
    def definition(self) -> str:
        return f"{self.name} {SQL_TYPES[self.kind]}{'' if self.may_be_null else ' NOT NULL'}"


class Columns(Generic[Row]):
    """The columns of one kind of row. names: as SQL lists them. leave_out: fields that are not read."""

    def __init__(self, kind: type[Row], leave_out: Collection[str] = ()) -> None:
        self.all = [column for column in _columns(kind) if column.path.split(".")[0] not in leave_out]
        self.names = ", ".join(column.name for column in self.all)
        self.definitions = ", ".join(column.definition for column in self.all)
        self.marks = ", ".join("?" * len(self.all))
        self._kind = kind
        self._leave_out = leave_out
        self._get = attrgetter(*(column.path for column in self.all))
        self._is_json = any(column.kind in (dict, list) for column in self.all)

    def values(self, row: Row) -> tuple[Any, ...]:
        """Return what row has for each column."""
        values = self._get(row)
        if not self._is_json:
            return tuple(values)
        return tuple(json.dumps(v) if isinstance(v, dict | list) else v for v in values)

    def row(self, found: sqlite3.Row) -> Row:
        """Return the row that SQLite found; what is left out has its default."""
        made: Row = _make(self._kind, found, self._leave_out)
        return made


def _make(kind: Any, found: sqlite3.Row, leave_out: Collection[str] = ()) -> Any:
    """Return the row of this kind that is in found, which may hold more."""
    values = {}
    for name, inner, may_be_null in _fields(kind):
        if name in leave_out:
            continue
        if is_dataclass(inner):
            values[name] = _make(inner, found)
        else:
            value, decode = found[name], DECODERS.get(inner)
            values[name] = value if decode is None or (value is None and may_be_null) else decode(value)
    return kind(**values)


def _columns(kind: type, prefix: str = "") -> Iterator[Column]:
    for name, inner, may_be_null in _fields(kind):
        if is_dataclass(inner):
            yield from _columns(inner, f"{name}.")
        else:
            yield Column(name, prefix + name, inner, may_be_null or bool(prefix))


_FIELDS: dict[Any, list[tuple[str, type, bool]]] = {}


def _fields(kind: type) -> list[tuple[str, type, bool]]:
    """Return (name, type, may be None) of each field of a dataclass."""
    if kind not in _FIELDS:
        hints = typing.get_type_hints(kind)
        _FIELDS[kind] = [(each.name, *_of(hints[each.name])) for each in fields(kind)]
    return _FIELDS[kind]


def _of(hint: Any) -> tuple[type, bool]:
    """Return the type in a hint, and whether it may be None.

    >>> _of(float | None), _of(dict[str, int])
    ((<class 'float'>, True), (<class 'dict'>, False))
    """
    may_be_null = isinstance(hint, types.UnionType)
    inner = (
        next(each for each in typing.get_args(hint) if each is not types.NoneType) if may_be_null else hint
    )
    return typing.get_origin(inner) or inner, may_be_null
