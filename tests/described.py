"""JSON against a table of FORMATS.md: the keys there are, and the types of what they hold."""

from documents import names

KINDS = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "objects": dict,
    "null": type(None),
    "floats": str,
    "counts": str,
    "bytes": str,
    "list of strings": list,
    "list": list,
    "two integers": list,
    "two numbers": list,
    "three numbers": list,
    "name, start row, length": list,
}
"""What JSON has for each word of the column "type"."""


def is_of(value, kinds):
    return any(
        isinstance(value, KINDS[kind]) and not (isinstance(value, bool) and kind != "boolean")
        for kind in kinds.split(" or ")
    )


def leaves(value, path=""):
    """Yield (path, value) of whatever is no object with described keys: `a.b`, `a[].b`."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from leaves(inner, path + "[]")
    else:
        yield path, value


def assert_leaves(document, described, optional=()):
    """Assert that document has the described keys, those and no other, and of the types described."""
    found = list(leaves(document))
    inner = {key for key in described for other in described if other.startswith((key + ".", key + "[]."))}
    assert {path for path, _ in found} - set(described) == set()
    assert set(described) - inner - {path for path, _ in found} <= set(optional)
    assert [path for path, value in found if not is_of(value, described[path])] == []


def described_keys(table):
    return {names(row[0])[0]: row[1] for row in table}
