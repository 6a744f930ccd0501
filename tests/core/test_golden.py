"""golden.json, from SciPy and NumPy, against judder_core on each runtime that a PC has."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from core import golden_check, single_engine
from core.micropython import MICROPYTHON, MICROPYTHON32, ROOT, run_micropython
from core.wasm import run_wasm
from judder.engine import numeric_numpy
from judder_core import numeric

GOLDEN = Path(__file__).parents[1] / "data" / "golden.json"
CHECK = Path(golden_check.__file__)


@pytest.mark.parametrize("engine", [numeric, numeric_numpy], ids=["pure", "numpy"])
def test_golden_holds_on_cpython(engine):
    golden_check.check_all(GOLDEN, engine, 1e-9)


@pytest.mark.parametrize("binary", [MICROPYTHON, MICROPYTHON32], ids=["64 bits", "32 bits"])
def test_golden_holds_on_micropython_in_a_boards_heap(binary):
    worst = json.loads(run_micropython(CHECK, GOLDEN, heapsize="128k", micropython=binary))
    assert max(worst.values()) <= 1e-9


def test_golden_holds_on_wasm32(tmp_path):
    shutil.copytree(ROOT / "shared" / "judder_core", tmp_path / "judder_core")
    for file in (CHECK, GOLDEN):
        shutil.copy(file, tmp_path)
    worst = json.loads(run_wasm(f"import golden_check; golden_check.main({GOLDEN.name!r})", tmp_path))
    assert max(worst.values()) <= 1e-9


def test_golden_holds_in_float32(monkeypatch):
    doubles = golden_check.doubles
    monkeypatch.setattr(golden_check, "doubles", lambda text: [np.float32(d) for d in doubles(text)])
    # 1e-4: float32 carries 6e-8, and a covariance of condition 1e3 costs three digits.
    worst = golden_check.check_all(GOLDEN, single_engine, 1e-4)
    assert worst["distance"] > 1e-9, "nothing was rounded"


def test_a_wrong_figure_is_found(tmp_path):
    wrong = json.loads(GOLDEN.read_text())
    wrong[0]["scale_g"] *= 1.001
    path = tmp_path / "wrong.json"
    path.write_text("[\n" + ",\n".join(json.dumps(case) for case in wrong) + "\n]\n")
    with pytest.raises(subprocess.CalledProcessError):
        run_micropython(CHECK, path, heapsize="128k")
