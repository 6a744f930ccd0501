"""Check judder_core, or an engine of it, against golden.json. Runs on CPython and on MicroPython alike.

usage: micropython golden_check.py GOLDEN.json [ENGINE] [TOLERANCE]
ENGINE: a module with the numeric interface, judder_core.numeric unless named.
Prints the largest relative error of each kind of case; an error over TOLERANCE is an exception.
"""

import binascii
import gc
import json
import sys
from array import array

if hasattr(gc, "threshold"):  # MicroPython: collect while modules compile, as the board's main.py does
    gc.threshold(8192)
from judder_core import autoencoder, autoencoder_v1, features, fit, mahalanobis_v1, wire
from judder_core.decision import Verdict
from judder_core.model import as_float
from judder_core.window import AXES, Window

SPECTRUM_TOLERANCE = 0.05  # of a log power: rounding lies 70 dB under the loudest line, a quiet band near it


FEATURES = {  # what a gap is relative to at least; the gap allowed where an integer FFT rounds
    "mad": (1e-30, None),
    "statistics": (1.0, None),
    "directional": (1.0, SPECTRUM_TOLERANCE),
    "spectral": (1.0, SPECTRUM_TOLERANCE),
    "vibration": (1.0, SPECTRUM_TOLERANCE),
}


def cases(path):
    """Yield the cases of the file one by one; whole it would not fit on a board."""
    with open(path) as file:
        for line in file:
            gc.collect()
            if line.startswith("{"):
                yield json.loads(line.rstrip().rstrip(","))


def doubles(text):
    return array("d", binascii.a2b_base64(text.encode()))


def counts_of(case):
    return array("h", binascii.a2b_base64(case["counts"].encode()))


def gap(found, expected, least=1e-30):
    """Return the largest gap between two sequences, relative to the larger of expected's value and least."""
    assert len(found) == len(expected)
    return max([abs(f - e) / max(abs(e), least) for f, e in zip(found, expected)])


def matrix_gap(found, expected):
    """Return the largest gap relative to the largest element, as errors in matrices are measured."""
    return gap(found, expected, max([abs(e) for e in expected]))


def check_window(case, numeric):
    counts = counts_of(case)
    medians = [numeric.median_x2(numeric.axis(numeric.batch(counts), k)) / 2 for k in range(AXES)]
    assert [as_float(m) for m in medians] == list(doubles(case["median"])), "median of counts is not exact"
    worst = 0.0
    for name in case["features"]:
        found = features.compute(numeric, name, numeric.batch(counts), case["scale_g"], case["pose"])
        least, allowed = FEATURES[name]
        off = gap([as_float(f) for f in found], doubles(case["features"][name]), least)
        if allowed:
            assert off <= allowed, "%s is off by %g" % (name, off)
        else:
            worst = max(worst, off)
    return worst


def coefficients(case, numeric):
    """Return the mean and the whitening matrix of case as the engine's own."""
    return [numeric.coefficients(numeric.vector(doubles(case[name]))) for name in ("mean", "whitening")]


def check_distance(case, numeric):
    size = case["size"]
    mean, packed = coefficients(case, numeric)
    points = doubles(case["points"])
    found = [
        mahalanobis_v1.distance(numeric.vector(points[k : k + size]), mean, packed, numeric)
        for k in range(0, len(points), size)
    ]
    worst = gap(found, doubles(case["distances"]))
    packed = doubles(case["whitening"])
    if "rows" in case:
        flat = doubles(case["rows"])
        rows = [flat[k : k + size] for k in range(0, len(flat), size)]
        covariance = fit.covariance(rows, fit.mean(rows))
        expected = doubles(case["covariance"])
        worst = max(worst, matrix_gap([c for row in covariance for c in row], expected))
        worst = max(worst, matrix_gap(fit.whitening(covariance), packed))
    return worst


def check_autoencoder(case, numeric):
    modes = [("",) + tuple(coefficients(mode, numeric)) for mode in case["modes"]]
    layers = [
        autoencoder.Layer(
            array("b", binascii.a2b_base64(layer["weights"].encode())),
            layer["scale"],
            numeric.coefficients(numeric.vector(doubles(layer["bias"]))),
            layer["relu"],
        )
        for layer in case["layers"]
    ]
    points, size = doubles(case["points"]), len(modes[0][1])
    found = []
    for k in range(0, len(points), size):
        z = autoencoder_v1.whitened_by_nearest(numeric.vector(points[k : k + size]), modes, numeric)
        seen = autoencoder.cut_off(z, case["limit"], numeric)
        output = autoencoder.reconstruct(seen, layers, numeric)
        found.append(autoencoder.distance(z, output, case["gain"], numeric))
    return gap(found, doubles(case["scores"]))


def check_frame(case, numeric):
    """Check what a board writes, which is v2."""
    names = ("boot_id", "seq", "timestamp_us", "flags", "sensor", "local_score")
    window = Window(
        counts_of(case),
        case["scale_g"],
        case["sample_rate_hz"],
        binascii.unhexlify(case["device_id"]),
        model_hash=binascii.unhexlify(case["model_hash"]),
        verdict=verdict_of(case),
        level=case["level"],
        **{name: case[name] for name in names},
    )
    assert bytes(wire.encode_window(window)) == binascii.a2b_base64(case["frame"].encode())
    return 0.0


def verdict_of(case):
    told = case["verdict"]
    verdict = Verdict(case["local_score"], told["threshold"], "board", None)
    for name in told:
        setattr(verdict, name, told[name])
    return verdict


def check_calibration(case, numeric):
    table = fit.calibrate(doubles(case["scores"]))
    return gap([table.p_value(point) for point in doubles(case["points"])], doubles(case["p_values"]))


CHECKS = {
    "window": check_window,
    "distance": check_distance,
    "frame_v2": check_frame,
    "calibration": check_calibration,
    "autoencoder": check_autoencoder,
}


def check_all(path, numeric, tolerance):
    """Check every case; return the largest relative error of each kind."""
    worst = {}
    for case in cases(path):
        kind = case["kind"]
        if kind == "frame":  # v1: nothing here writes it any more, tests/host/test_frames.py reads it
            continue
        worst[kind] = max(worst.get(kind, 0.0), CHECKS[kind](case, numeric))
        assert worst[kind] <= tolerance, "%s is off by %g" % (kind, worst[kind])
    assert len(worst) == len(CHECKS)
    return worst


def main(path, engine="judder_core.numeric", tolerance="1e-9"):
    numeric = __import__(engine, None, None, ["axis"])
    print(json.dumps(check_all(path, numeric, float(tolerance))))


if __name__ == "__main__":
    main(*sys.argv[1:])
