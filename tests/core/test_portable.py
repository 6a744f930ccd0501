import check_portable
import pytest
from core.micropython import run_micropython


def problems_in(tmp_path, source, name="shared/judder_core/part.py"):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    return check_portable.problems(tmp_path)


def test_the_tree_runs_on_a_board():
    assert check_portable.problems(check_portable.ROOT) == []


@pytest.mark.parametrize(
    ("source", "line", "named"),
    [
        ("import math\n\nimport functools\n", 3, "imports functools"),
        ("from dataclasses import dataclass\n", 1, "imports dataclasses"),
        ("def f():\n    import asyncio\n", 2, "imports asyncio"),
        ("def f(a, b):\n    return (*a, *b)\n", 2, "unpacks with *"),
        ("a = [*'xyz']\n", 1, "unpacks with *"),
        ("a = {**{}}\n", 1, "unpacks with **"),
        ("def f(a):\n    return a | {1: 2}\n", 2, "joins dicts"),
        ("a = dict(a=1)\na |= dict(b=2)\n", 2, "joins dicts"),
        ("def f(a):\n    match a:\n        case 1:\n            pass\n", 2, "match statement"),
        ("a = 'name'.removesuffix('e')\n", 1, "uses .removesuffix"),
        ("import math\na = math.hypot(3, 4)\n", 2, "uses math.hypot"),
        ("from math import prod\n", 1, "uses math.prod"),
        ("a = list(zip('a', 'b', strict=True))\n", 1, "calls zip() with strict="),
        ("a = {1: 2}\nb = f\"{a['x']}\"\n", 2, "a string inside an f-string"),
        ("try:\n    pass\nexcept FileNotFoundError:\n    pass\n", 3, "uses FileNotFoundError"),
        ("class A(metaclass=type):\n    pass\n", 1, "class with keywords"),
        ("a: int = 3\n", 1, "type annotation"),
        ("def f(a: int):\n    pass\n", 1, "type annotation"),
        ("def f() -> int:\n    pass\n", 1, "type annotation"),
        ("def f(*, a: int):\n    pass\n", 1, "type annotation"),
        ("async def f():\n    yield 1\n", 1, "asynchronous generator"),
        ("a = 1\nb = = 2\n", 2, "is no Python"),
        ("def f(a, b):\n    with (a as c, b as d):\n        pass\n", 2, "mpy-cross says SyntaxError"),
        ("a = 1\ndef f(a, /):\n    pass\n", 2, "mpy-cross says SyntaxError"),
    ],
)
def test_what_a_board_lacks_is_named_with_its_line(tmp_path, source, line, named):
    (found,) = problems_in(tmp_path, source)
    assert found.startswith(f"shared/judder_core/part.py:{line}: ")
    assert named in found


@pytest.mark.parametrize(
    "source",
    [
        "def f(*, a=1):\n    return a\n",
        "def f(a):\n    yield from a\n",
        "def f(a):\n    if (b := a + 1) > 2:\n        return b\n",
        "first, *rest = 1, 2, 3\n",
        "def f(a, b):\n    return max(*a, *b)\n",
        "FLAGS = 1 | 2\n",
        "@micropython.viper\ndef f(a: ptr16) -> int:\n    return a[0]\n",
        "a = f'{3:.2f}'\n",
        "from . import part\nfrom .part import f\n",
    ],
)
def test_what_a_board_has_is_let_pass(tmp_path, source):
    assert problems_in(tmp_path, source) == []


LOOK = """
import builtins, math
things = [(builtins, NAMES), (math, MATH)]
things += [(thing, METHODS) for thing in ("", b"", 1, 1.0, memoryview(b""))]
print([name for thing, names in things for name in names.split() if hasattr(thing, name)])
"""


def test_micropython_lacks_every_name_that_is_looked_for(tmp_path):
    tables = [f"{name} = {getattr(check_portable, name)!r}" for name in ("NAMES", "MATH", "METHODS")]
    script = tmp_path / "look.py"
    script.write_text("\n".join(tables) + LOOK)
    assert run_micropython(script).strip() == "[]"


def test_the_device_may_use_the_boards_modules_and_one_file_ulab(tmp_path):
    assert problems_in(tmp_path, "import machine\nfrom ulab import numpy\n", "device/numeric_ulab.py") == []
    (found,) = problems_in(tmp_path, "from ulab import numpy\n", "device/scorer.py")
    assert found.startswith("device/scorer.py:1: imports ulab")


def test_the_exit_code_tells_whether_anything_was_found(tmp_path, capsys):
    assert check_portable.main(tmp_path) == 0
    (tmp_path / "device").mkdir()
    (tmp_path / "device" / "main.py").write_text("import typing\n")
    assert check_portable.main(tmp_path) == 1
    assert capsys.readouterr().out.startswith("device/main.py:1: imports typing")
