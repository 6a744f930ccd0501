"""Turning what was measured along x, y and z as if the sensor still had the pose of training."""

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
    return (
        (cosine + x * x * share, x * y * share - z, x * z * share + y),
        (x * y * share + z, cosine + y * y * share, y * z * share - x),
        (x * z * share - y, y * z * share + x, cosine + z * z * share),
    )


def of_products(rotation):
    """Return six rows of six: what they make of the PAIRS of a symmetric matrix S are those of R S R^T."""
    rows = []
    for i, j in PAIRS:
        a, b = rotation[i], rotation[j]
        rows.append([a[k] * b[k] for k in range(3)] + [a[k] * b[m] + a[m] * b[k] for k, m in PAIRS[3:]])
    return rows


def turned(rows, products):
    """Return what rows, all or the first of of_products(), make of products; None leaves them as they are."""
    if rows is None:
        return products
    result = []
    for row in rows:
        total = row[0] * products[0]
        for k in range(1, 6):
            total = total + row[k] * products[k]
        result.append(total)
    return result


def _unit(numeric, vector):
    """Return (length, vector / length), the latter shorter than 1 where the length is no gravity's."""
    x, y, z = vector
    length = numeric.square_root(x * x + y * y + z * z)
    divisor = numeric.maximum(length, LEAST_G)
    return length, (x / divisor, y / divisor, z / divisor)
