"""What is behind the store stays there: a second database changes no service, no handler and no tool."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BEHIND = ROOT / "host" / "judder" / "server" / "storage" / "sqlite"
SQL = re.compile(
    r"\b(SELECT\b.*\bFROM|INSERT\b.*\bINTO|UPDATE\b.*\bSET|DELETE FROM|(CREATE|ALTER|DROP) TABLE|PRAGMA)\b",
    re.DOTALL,
)
"""Statements as SQL is written here, in capitals."""


def python_files():
    folders = (ROOT / "host", ROOT / "shared", ROOT / "device", ROOT / "tools")
    return [path for folder in folders for path in folder.rglob("*.py")]


def statements(path):
    """Yield the strings of a module that hold SQL; of f-strings, all that is fixed."""
    for node in ast.walk(ast.parse(path.read_text())):
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        words = [p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)]
        if SQL.search(" ".join(words)):
            yield " ".join(words)


def test_sql_is_written_behind_the_store_only():
    found = {path for path in python_files() if any(statements(path))}
    assert found and all(path.is_relative_to(BEHIND) for path in found)


def test_only_what_is_behind_the_store_knows_which_database_it_is():
    found = {path for path in python_files() if re.search(r"\bsqlite3\b", path.read_text())}
    assert found and all(path.is_relative_to(BEHIND) for path in found)


@pytest.mark.parametrize(
    "text",
    ["SELECT 1 FROM windows", "UPDATE alerts\nSET a = 1", "DELETE FROM windows", "PRAGMA user_version"],
)
def test_a_statement_is_recognised(text):
    assert SQL.search(text)
