"""The deepest stack of a function, from gcc's own figures: -fstack-usage in its call graph.

gcc writes a .ci file beside each object: its functions with the bytes each takes, and who calls whom. What it
cannot know is told here: who stands behind a pointer or a virtual call, and what libraries take.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

NODE = re.compile(r'node: \{ title: "([^"]+)" label: "([^"]*)"')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')
BYTES = re.compile(r"(\d+) bytes \(([\w,]+)\)")
INDIRECT = "__indirect_call"


class Stacks:
    """folder: with the .ci files. behind: returns the names in C++ that an indirect call of a function may
    come to. outside: returns the bytes that a function of a library takes.
    """

    def __init__(
        self, folder: Path, behind: Callable[[str], list[str]], outside: Callable[[str], int]
    ) -> None:
        self._behind, self._outside = behind, outside
        self._own: dict[str, int] = {}
        self._label: dict[str, str] = {}
        self._calls: defaultdict[str, set[str]] = defaultdict(set)
        self._known: dict[str, tuple[int, list[str]]] = {}
        for path in sorted(folder.glob("*.ci")):
            self._read(path.read_text())

    def _read(self, text: str) -> None:
        for title, label in NODE.findall(text):
            if size := BYTES.search(label):
                assert size[2] != "dynamic", f"{label} takes what nobody knows"
                self._own[title] = int(size[1])
                self._label[title] = label.split("\\n")[0]
        for source, target in EDGE.findall(text):
            self._calls[source].add(target)

    def named(self, part: str) -> list[str]:
        """Return the titles of the functions whose name in C++ holds part."""
        return [title for title, label in self._label.items() if part in label]

    def deepest(self, part: str) -> tuple[int, list[str]]:
        """Return (bytes, the path to there) of the functions whose name holds part."""
        titles = self.named(part)
        assert titles, f"no function is called {part}"
        return max(self._below(title, ()) for title in titles)

    def _below(self, title: str, path: tuple[str, ...]) -> tuple[int, list[str]]:
        assert title not in path, f"{self._label[title]} calls itself"
        if title not in self._own:
            return self._outside(title), [title]
        if title not in self._known:
            targets = {target for target in self._calls[title] if target != INDIRECT}
            if INDIRECT in self._calls[title]:
                names = self._behind(self._label[title])
                targets |= {target for name in names for target in self.named(name)}
            below = [self._below(target, (*path, title)) for target in sorted(targets)]
            size, way = max(below, default=(0, []))
            self._known[title] = self._own[title] + size, [self._label[title], *way]
        return self._known[title]
