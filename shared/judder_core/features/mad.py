"""Median absolute deviation x 1.4826 of each axis, in g: how strongly it shakes, bumps left out."""

from .. import stats
from ..window import AXES

DEVIATION_FLOOR = 1e-4  # g: the rounding of 14 bits over +-4 g


def names():
    return "mad_x", "mad_y", "mad_z"


def compute(numeric, counts, scale_g, pose=None, axes=None):
    return [stats.mad(numeric.axis(counts, k), numeric) * scale_g for k in range(AXES)]
