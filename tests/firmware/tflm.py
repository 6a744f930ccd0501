"""Where TensorFlow Lite Micro for this computer is: headers and library from a package that only CI installs.

`make tflm` fetches it. The package is a test tool: nothing of it is part of Judder or shipped with it.
"""

import sys
from pathlib import Path

import pytest

HOME = Path(sys.prefix) / "tflm" / "xmos_ai_tools"
GEMMLOWP = Path("/usr/include/gemmlowp")


def need_tflm() -> list[str]:
    """Return the compiler's and linker's options for it; without it, skip and say what to install."""
    if not HOME.exists() or not GEMMLOWP.exists():
        pytest.skip("No TFLM here: make tflm; apt-get install libgemmlowp-dev")
    library = HOME / "xinterpreters" / "libs" / "linux" / "xtflm_python.so"
    include = [f"-isystem{HOME / 'runtime' / 'include'}", f"-isystem{GEMMLOWP}"]
    # Its own namespace, and -isystem: its headers are not written for our warnings.
    return ["-Dtflite=tflite_micro", *include, str(library), f"-Wl,-rpath,{library.parent}"]
