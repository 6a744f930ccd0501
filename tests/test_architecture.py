"""Imports: none goes round in a circle, wherever in a file it stands, and the rooms are those listed.

That arrows go down is import-linter's to say (`make lint`); circles inside a room are found here.
"""

import ast
import tomllib

import pytest
from documents import ROOT, names, rows

PACKAGES = {"judder": ROOT / "host" / "judder", "judder_core": ROOT / "shared" / "judder_core"}
AT_THE_ROOT = {"__init__", "__main__", "client", "errors", "log", "settings"}


def modules():
    """Return {dotted name: file} of both packages."""
    found = {}
    for package, folder in PACKAGES.items():
        for file in folder.rglob("*.py"):
            parts = [package, *file.relative_to(folder).with_suffix("").parts]
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def imported_by(name, file, known):
    """Return the modules of known that a file names in its imports: in functions and TYPE_CHECKING, too."""
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: -node.level + 1 or None] if node.level else []
            source = ".".join([*above, *filter(None, [node.module])])
            inner = {f"{source}.{alias.name}" for alias in node.names}
            found |= (inner & known) or {source}
    return (found & known) - {name}


def graph():
    known = modules()
    return {name: imported_by(name, file, set(known)) for name, file in known.items()}


def circles(arrows):
    """Return the strongly connected parts of more than one module. Source: Tarjan 1972."""
    order, low, stack, found = {}, {}, [], []

    def visit(node):
        order[node] = low[node] = len(order)
        stack.append(node)
        for target in sorted(arrows[node]):
            if target not in order:
                visit(target)
            if target in stack:
                low[node] = min(low[node], low[target])
        if low[node] == order[node]:
            part = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(part) > 1:
                found.append(sorted(part))

    for node in sorted(arrows):
        if node not in order:
            visit(node)
    return found


def test_no_import_goes_round_in_a_circle():
    assert circles(graph()) == []


def test_a_circle_would_be_found():
    arrows = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}
    assert circles(arrows) == [["a", "b", "c"]]


def test_imports_in_functions_and_for_types_count(tmp_path):
    file = tmp_path / "x.py"
    file.write_text(
        "def f():\n    from judder.log import configure\nif TYPE_CHECKING:\n    import judder.client\n"
    )
    known = set(modules())
    assert imported_by("judder.x", file, known) == {"judder.log", "judder.client"}


def test_nothing_else_lies_at_the_root_of_judder():
    assert {file.stem for file in PACKAGES["judder"].glob("*.py")} == AT_THE_ROOT


def test_judder_core_knows_nothing_of_the_host():
    outside = {name: targets for name, targets in graph().items() if name.startswith("judder_core")}
    assert not [
        name for name, targets in outside.items() if any(t.split(".")[0] == "judder" for t in targets)
    ]


CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_contract_lists_every_room(contract):
    """import-linter refuses an unlisted room only where a contract says so."""
    assert contract["exhaustive"] is True


def test_contributing_lists_the_layers_of_the_contract():
    listed = rows((ROOT / "CONTRIBUTING.md").read_text(), "Layers of the host")
    assert [" | ".join(names(row[0])) for row in listed] == CONTRACTS[0]["layers"]
