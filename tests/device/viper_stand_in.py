"""The native engine on CPython: viper's kernels, interpreted as a board's 32 bits would run them.

From MicroPython's py/emitnative.c and py/asmx64.c: a load through ptr8 or ptr16 has no sign, and one through
ptr32 has none on x64, where it fills half a register; a store keeps the low bits. Integers are as wide as a
register. A board's 32 bits would wrap without a word: here that is an OverflowError.
"""

import ast
import importlib
import sys
import types
from pathlib import Path

import judder_node

FOLDER = Path(judder_node.__file__).parent
KERNELS = (
    "kernels",
    "kernels_score",
    "kernels_score_v1",
    "kernels_spectrum",
    "kernels_network",
    "kernels_statistics",
)
OVER_THEM = (
    "blocks",
    "blocks_v1",
    "network",
    "spectrum_native",
    "turning_native",
    "statistics_native",
    "numeric_native",
)


class Pointer:
    """What ptr8, ptr16 and ptr32 make of a buffer."""

    def __init__(self, buffer, code):
        self._items = memoryview(buffer).cast("B").cast(code)
        self._low_bits = (1 << 8 * self._items.itemsize) - 1
        self._signed = code == "i"

    def __getitem__(self, index):
        assert index >= 0
        return self._items[index]

    def __setitem__(self, index, value):
        assert index >= 0
        low = value & self._low_bits
        self._items[index] = low - (self._low_bits + 1) if self._signed and low > self._low_bits >> 1 else low


class Checked(ast.NodeTransformer):
    """Each result of arithmetic is handed to fit()."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        return ast.Call(ast.Name("fit", ast.Load()), [node], [])

    def visit_AugAssign(self, node):
        value = ast.BinOp(ast.parse(ast.unparse(node.target), mode="eval").body, node.op, node.value)
        return self.visit(ast.Assign([node.target], value))

    def visit_FunctionDef(self, node):
        for statement in ast.walk(node):
            assert not isinstance(statement, ast.Constant) or not _too_large(statement.value)
        node.body = [self.visit(statement) for statement in node.body]
        return node


def _too_large(constant):
    """A board's compiler makes an object of it, which viper does not take."""
    return isinstance(constant, int) and not -(2**30) <= constant < 2**30


def viper(bits):
    """Return the decorator, and fit() for results of that many bits."""
    codes = {"ptr8": "B", "ptr16": "H", "ptr32": "i" if bits == 32 else "I"}

    def fit(value):
        if not -(1 << bits - 1) <= value < 1 << bits - 1:
            raise OverflowError(f"{value} takes more than {bits} bits")
        return int(value)

    def decorate(function):
        kinds = [kind for name, kind in function.__annotations__.items() if name != "return"]

        def call(*given):
            assert len(given) == len(kinds)
            return function(
                *[
                    fit(value) if kind == "int" else Pointer(value, codes[kind])
                    for value, kind in zip(given, kinds, strict=True)
                ]
            )

        return call

    return decorate, fit


def compiled(name, bits):
    """Return the module of kernels called name."""
    decorate, fit = viper(bits)
    tree = ast.fix_missing_locations(Checked().visit(ast.parse((FOLDER / f"{name}.py").read_text())))
    module = types.ModuleType(f"judder_node.{name}")
    words = {word: word for word in ("ptr8", "ptr16", "ptr32")}
    module.__dict__.update(words, int="int", fit=fit)
    tree.body = [node for node in tree.body if not isinstance(node, ast.Import)]
    module.micropython = types.SimpleNamespace(viper=decorate)
    exec(compile(tree, f"{name}.py", "exec"), module.__dict__)
    return module


def native(bits=32):
    """Return numeric_native over kernels of a processor of 32 or 64 bits."""
    names = [f"judder_node.{name}" for name in KERNELS + OVER_THEM]
    before = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    try:
        for name in KERNELS:
            module = compiled(name, bits)
            sys.modules[f"judder_node.{name}"] = module
            setattr(judder_node, name, module)
        for name in OVER_THEM:
            setattr(judder_node, name, importlib.import_module(f"judder_node.{name}"))
        engine = judder_node.numeric_native
        network, spectrum = judder_node.network, judder_node.spectrum_native
        version_1 = judder_node.blocks_v1
        engine.network, engine.transform = lambda: network, spectrum.NativeTransform
        engine.version_1 = lambda: version_1
        statistics = judder_node.statistics_native
        engine.statistics = lambda: statistics
        engine.turning = judder_node.turning_native.turning
        return engine
    finally:
        for name in names:
            sys.modules.pop(name, None)
            vars(judder_node).pop(name.rpartition(".")[2], None)
        sys.modules.update(before)
