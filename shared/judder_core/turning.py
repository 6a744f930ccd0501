"""The formula of numeric.turning(), for every engine without a quicker way."""

from .rotation import PAIRS


def turning(rotation):
    rows = []
    for i, j in PAIRS:
        a, b, c = rotation[i]
        d, e, f = rotation[j]
        rows.append((a * d, b * e, c * f, a * e + b * d, a * f + c * d, b * f + c * e))
    return lambda products, n: [_dot(row, products) for row in rows[:n]]


def _dot(row, products):
    total = row[0] * products[0]
    for k in range(1, len(row)):
        total = total + row[k] * products[k]
    return total
