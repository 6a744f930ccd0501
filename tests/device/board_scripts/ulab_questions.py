"""What ulab answers to questions whose answers surprise, as JSON. Runs on ulab and on its stand-in.

usage: micropython ulab_questions.py > tests/data/ulab_answers.json
"""

import json
from array import array

from ulab import numpy as np
from ulab import utils

QUESTIONS = """np.median(np.array([-3, -1, 0, 1, 2], dtype=np.int16))
np.median(a)
np.median(f)
np.median(m)
np.median(m, axis=0)
np.median(m, axis=1)
np.median([1.0, 2.0])
np.array([1, 2])
np.array([1, 2], dtype=np.int16)
np.array(counts())
np.frombuffer(counts(), dtype=np.int16)
np.frombuffer(counts(), dtype=np.int16).reshape((2, 3))[:, 1] * 1.0
np.frombuffer(bytearray(4), dtype=np.int16)
np.frombuffer(array("f", [1.5, -2.5, 3.0]), dtype=np.float)[1:3]
floats_of_a_buffer()
np.median(f[1::2])
np.dot(f[::2], f[1::2])
np.frombuffer(bytearray(3), dtype=np.int16)
np.zeros((2, 2))
np.ones(2)
a + 1
a + a * 10000
a * a * a * a * a * a * a
a * 200
a + 40000
a * 70000
a * 0.5
a - f
a - 0.5
f - a
0.5 - a
a > f
a > 0.5
f < a
a < 0.5
a >= a[0]
a / 2
3 / a
3.0 / a
a / 0.5
a / a
-a
abs(a)
1 - f
f / 2
2 / f
abs(f)
m - np.median(m, axis=0)
a + a.reshape((4, 1))
np.array([1.0, 2.0]) + f
f @ f
f > 1
f > f[0]
a < 1
f == f
(f > 1)[1:] ^ (f > 1)[:-1]
np.sum((f > 1)[1:] ^ (f > 1)[:-1])
f[f > 1]
m[m > 1]
f[[0, 2]]
f[0]
a[0]
m[0]
m[1, 2]
f[::2]
f[::-1]
f[9]
m.T
m.transpose()
m.shape
m.size
len(m)
f.dtype
f.sum()
f.mean()
np.sum(a)
np.sum(np.array([30000, 30000], dtype=np.int16))
np.sum(f)
np.sum(m, axis=0)
np.mean(f)
np.mean(m, axis=0)
np.mean(m, axis=1, keepdims=True)
np.median(m, axis=1, keepdims=True)
np.std(f)
np.std(f, ddof=1)
np.max(a)
np.min(f)
np.max(m, axis=0)
np.dot(f, f)
np.dot(m, m.T)
np.dot(m, m[0])
np.dot(f, f, out=f)
np.sqrt(abs(f))
np.exp(f)
np.exp(f, out=np.zeros(4))
np.tanh(f)
np.maximum(f, 0)
np.minimum(f, f * 2)
bool(f > 100)
float(np.array([1.0]))
[type(v).__name__ for v in a]
f.tolist()
a.tolist()
list(f.tobytes())
np.abs
np.fabs
np.isnan
np.var
np.cov
np.percentile
np.vstack
np.outer
np.einsum
np.float32
np.int32
np.hanning
np.fft.rfft
slice_shares()
row_shares()
column_shares()
buffer_shares()
adding_in_place_shares()
float32_forgets()
np.sum(np.ones(5000) * 0.1)
np.sum(a * 0.1 + 1000)
np.dot(np.ones(5000), np.ones(5000) * 0.1)"""

a = np.array([3, 1, -2, 5], dtype=np.int16)
f = np.array([3.0, 1.0, -2.0, 5.0])
m = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def counts():
    return array("h", [1, -2, 3, 4, 5, 6])


def floats_of_a_buffer():
    g = np.zeros(6)
    utils.from_int16_buffer(counts(), out=g)
    return g[1::3]


def slice_shares():
    g = np.array([1.0, 2.0, 3.0])
    g[1:][0] = 9
    return g


def row_shares():
    g = np.zeros((2, 2))
    g[1][0] = 9
    return g


def column_shares():
    g = np.zeros((2, 2))
    g[:, 1][0] = 9
    return g


def buffer_shares():
    buffer = counts()
    g = np.frombuffer(buffer, dtype=np.int16).reshape((2, 3))
    buffer[0] = 9
    return g


def adding_in_place_shares():
    g = np.zeros(2)
    h = g
    h += 1
    return g


def float32_forgets():
    return np.array([16777216.0]) + 1.0


def answer(question):
    try:
        return plain(eval(question))
    except Exception as error:
        return type(error).__name__


def plain(value):
    """Return value as JSON takes it; floats as text of six digits, arrays with their shape and dtype."""
    if type(value).__name__ == "ndarray":
        return [list(value.shape), value.dtype, plain(value.tolist())]
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return "%.6g" % value


if __name__ == "__main__":
    print("[")
    lines = [json.dumps([question, answer(question)]) for question in QUESTIONS.split("\n")]
    print(",\n".join(lines))
    print("]")
