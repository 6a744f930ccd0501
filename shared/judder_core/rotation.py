"""The rotation that turns what was measured along x, y and z to the pose of training."""

PAIRS = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))  # of x, y, z: the six of a symmetric matrix
LEAST_G, MOST_G = 0.5, 1.5  # of a mean that is taken for gravity
LEAST = 0.02  # of 1 + cosine: nearer to upside down, the smallest rotation is anyone's guess


def smallest(numeric, mean_g, pose):
    """Return R, three rows of three: the smallest rotation from the direction of mean_g to that of pose.

    mean_g, pose: x, y, z in g, with the NumPy engine one of each a window. Where one of them is no gravity,
    or they are nearly opposite, R turns nothing.
    Source: R = c I + [v]x + v v^T / (1 + c), with v = a x b and c = a . b of the unit vectors a and b.
    """
    length, a = _unit(numeric, mean_g)
    other, b = _unit(numeric, pose)
    cosine = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    sane = (length >= LEAST_G) & (length <= MOST_G) & (other >= LEAST_G) & (1 + cosine >= LEAST)
    cosine = numeric.choose(sane, cosine, 1.0)
    x, y, z = [numeric.choose(sane, a[i - 2] * b[i - 1] - a[i - 1] * b[i - 2], 0.0) for i in range(3)]
    share = 1 / (1 + cosine)
    half_x, half_y, half_z = x * share, y * share, z * share
    xy, xz, yz = half_x * y, half_x * z, half_y * z
    return (
        (cosine + half_x * x, xy - z, xz + y),
        (xy + z, cosine + half_y * y, yz - x),
        (xz - y, yz + x, cosine + half_z * z),
    )


def _unit(numeric, vector):
    """Return (length, vector / length), the latter shorter than 1 where the length is no gravity's."""
    x, y, z = vector
    length = numeric.square_root(x * x + y * y + z * z)
    divisor = numeric.maximum(length, LEAST_G)
    return length, (x / divisor, y / divisor, z / divisor)
