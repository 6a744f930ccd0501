"""Rows and columns: a dataclass is a table's list of columns, and the only one."""

import json
import sqlite3
import types
import typing
from collections.abc import Callable, Collection
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar

from judder.server.storage.rows import names

Row = TypeVar("Row")
JSON = (dict, list)
SQL_TYPES = {int: "INTEGER", bool: "INTEGER", float: "REAL", str: "TEXT", bytes: "BLOB"}
DECODERS: dict[type, Callable[[Any], Any]] = {bool: bool, dict: json.loads, list: json.loads}
"""For the types that SQLite does not have. Dicts and lists are kept as JSON."""


@dataclass(frozen=True)
class Column:
    """One field."""

    name: str
    kind: type
    may_be_null: bool

    @property
    def definition(self) -> str:
        return f"{self.name} {SQL_TYPES.get(self.kind, 'TEXT')}{'' if self.may_be_null else ' NOT NULL'}"

    def decode(self, value: Any) -> Any:
        """Return what SQLite found as the field holds it."""
        decode = DECODERS.get(self.kind)
        return value if decode is None or (value is None and self.may_be_null) else decode(value)


class Columns(Generic[Row]):
    """The columns of one kind of row. names: as SQL lists them. leave_out: fields that are not read."""

    def __init__(self, kind: type[Row], leave_out: Collection[str] = ()) -> None:
        hints = typing.get_type_hints(kind)
        self.all = [Column(name, *_of(hints[name])) for name in names(kind) if name not in leave_out]
        self.names = ", ".join(column.name for column in self.all)
        self.definitions = ", ".join(column.definition for column in self.all)
        self.marks = ", ".join("?" * len(self.all))
        self.settings = ", ".join(f"{column.name} = :{column.name}" for column in self.all)
        self._kind = kind
        self._get = attrgetter(*(column.name for column in self.all))
        self._is_json = any(column.kind in JSON for column in self.all)

    def values(self, row: Row) -> tuple[Any, ...]:
        """Return what row has for each column."""
        values: tuple[Any, ...] = self._get(row)
        if not self._is_json:
            return values
        return tuple(json.dumps(v) if isinstance(v, JSON) else v for v in values)

    def row(self, found: sqlite3.Row) -> Row:
        """Return the row that SQLite found, which may hold more; what is left out has its default."""
        return self._kind(**{column.name: column.decode(found[column.name]) for column in self.all})


def _of(hint: Any) -> tuple[type, bool]:
    """Return the type in a hint, and whether it may be None.

    >>> _of(float | None), _of(dict[str, int])
    ((<class 'float'>, True), (<class 'dict'>, False))
    """
    may_be_null = isinstance(hint, types.UnionType)
    kinds = typing.get_args(hint) if may_be_null else (hint,)
    inner = next(kind for kind in kinds if kind is not types.NoneType)
    return typing.get_origin(inner) or inner, may_be_null
