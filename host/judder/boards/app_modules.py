"""The modules of a board's app and what each imports, read from their source."""

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGES = {"judder_core": "shared", "judder_node": "device"}
"""And the folder that each lies in."""


@dataclass(frozen=True)
class Module:
    """needs: the modules without which it cannot be imported. imports: these, and those in a `try` or a
    function of its. Packages count as modules.
    """

    file: Path
    text: str
    needs: frozenset[str]
    imports: frozenset[str]


def read_modules(root: Path) -> dict[str, Module]:
    """Return every module under root by its name."""
    files = {}
    for package, folder in PACKAGES.items():
        for file in sorted((root / folder / package).rglob("*.py")):
            parts = file.relative_to(root / folder).with_suffix("").parts
            files[".".join(part for part in parts if part != "__init__")] = file
    return {name: _read(name, file, files) for name, file in files.items()}


def imports_of(text: str, known: Collection[str]) -> frozenset[str]:
    """Return the modules, of those known, that a script imports."""
    return frozenset(_named(ast.walk(ast.parse(text)), "", known))


def reachable(modules: dict[str, Module], wanted: Iterable[str], absent: Collection[str]) -> list[str]:
    """Return the names of wanted and of all they import, in the end, without what is absent."""
    found: list[str] = []
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in found and name not in absent:
            found.append(name)
            waiting += modules[name].imports
    return found


def unusable(modules: dict[str, Module], absent: Collection[str]) -> set[str]:
    """Return absent, and the modules that cannot be imported without these."""
    names: set[str] = set()
    more = set(absent)
    while more:
        names |= more
        more = {name for name, module in modules.items() if names & module.needs} - names
    return names


def _read(name: str, file: Path, known: Collection[str]) -> Module:
    text = file.read_text("utf-8")
    tree = ast.parse(text)
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    needs, imports = _named(tree.body, package, known), _named(ast.walk(tree), package, known)
    return Module(file, text, frozenset(needs), frozenset(imports))


def _named(nodes: Iterable[ast.AST], package: str, known: Collection[str]) -> Iterator[str]:
    """Yield the modules, of those known, that the import statements among nodes name, and their packages."""
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".") if node.level else []
            base = [*parents[: len(parents) + 1 - node.level], *filter(None, [node.module])]
            names = [".".join([*base, alias.name]) for alias in node.names]
        else:
            continue
        for parts in [name.split(".") for name in names]:
            prefixes = [".".join(parts[: k + 1]) for k in range(len(parts))]
            yield from (prefix for prefix in prefixes if prefix in known)
