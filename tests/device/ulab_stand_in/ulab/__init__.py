"""A stand-in for ulab 6.12 in float32, for tests on CPython only. No package index offers the real one.

It has what Judder may use and nothing else, so that `np.abs` fails here as it fails on a board, and it makes
ulab's mistakes. tests/data/ulab_answers.json holds it to what the real ulab answered; what is added here is
first asked there.
"""

from . import numpy as numpy
from . import utils as utils
