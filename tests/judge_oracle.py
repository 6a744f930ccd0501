"""The judge of version 2 in NumPy, written from the paper and not from judder_core: an oracle for it.

It reads the document of a model and the counts of windows; only features are judder_core's, which have
oracles of their own.
"""

import base64

import numpy as np
from judder.engine import numeric_numpy
from judder_core import features

LEVELS = ("normal", "notice", "alarm")


def array(text, dtype):
    return np.frombuffer(base64.b64decode(text), dtype).astype(float)


class Whitening:
    """The matrix W of one mode under one metric. entry: the mode's."""

    def __init__(self, shapes, entry):
        shape = shapes[entry["shape"]]
        scales = array(shape["scales"], "<f4")
        size = len(scales)
        self.matrix = np.zeros((size, size))
        rows, columns = np.tril_indices(size)
        self.matrix[columns, rows] = array(shape["whitening"], "<i2")
        self.matrix *= scales
        if "stretch" in entry:
            self.matrix = np.diag(array(entry["stretch"], "<f4")) @ self.matrix

    def __call__(self, residual):
        return residual @ self.matrix


def network(parameters, z):
    """Return gain * |z - net(cut(z))| / |z|."""
    values = np.clip(z, -parameters["limit"], parameters["limit"])
    for layer in parameters["layers"]:
        bias = array(layer["bias"], "<f4")
        weights = array(layer["weights"], "i1").reshape(len(bias), -1)
        values = weights @ values * layer["scale"] + bias
        values = np.maximum(values, 0) if layer["activation"] == "relu" else values
    away = np.linalg.norm(z)
    return parameters["gain"] * np.linalg.norm(z - values) / away if away else 0.0


class Oracle:
    """One machine, window after window: judge() returns what is to be compared."""

    def __init__(self, document, detector=0):
        self.document = document
        self.detector = document["detectors"][detector]
        self.means = [array(mode["mean"], "<f4") for mode in document["modes"]]
        self.whitenings = [
            [Whitening(document["shapes"], entry) for entry in mode["metrics"]] for mode in document["modes"]
        ]
        self.counted, self.last_mode, self.disturbed = [], None, [True] * 10
        self.runs = [[None] * 3]  # each window's residual, None where it is left out; nobody saw the start
        self.poses, self.changed, self.disagreeing = [], False, 0

    def factor(self, mode, residual):
        if self.detector["kind"] == "mahalanobis":
            return 1.0
        return network(self.detector["parameters"], self.whitenings[mode][0](residual))

    def distance(self, mode, metric, residual):
        return np.linalg.norm(self.whitenings[mode][metric](residual)) * self.factor(mode, residual)

    def mean_of_last(self, windows):
        """Return the mean residual of m windows: of the last five, or of whole blocks of those."""
        blocks = {5: 1, 30: 5, 300: 30}[windows]
        usable = len(self.counted) // blocks * blocks
        return np.mean(self.counted[usable - windows : usable], axis=0) if usable >= windows else None

    def judge(self, counts, scale_g):
        """Return a dict of what is said of the next window. counts: (window_len, 3)."""
        g = counts * scale_g
        rms = np.sqrt(g.var(axis=0).sum())
        standstill = self.document["standstill"]
        if standstill and 0 < rms <= standstill["limit_g"]:
            self._rest()
            return self._said(0.0, None, None, 0, "standstill", None)
        gravity = self.document["pose"] and self.document["pose"]["mean"]
        row = np.ravel(
            features.compute(
                numeric_numpy,
                self.document["features"]["set"],
                counts[np.newaxis],
                np.array([scale_g]),
                gravity,
            )
        )
        away = [np.linalg.norm(self.whitenings[k][0](row - mean)) for k, mean in enumerate(self.means)]
        mode = int(np.argmin(away))
        closest, nearest, strange = mode, away[mode], away[mode] > self.detector["thresholds"]["window"]
        if strange and self.last_mode is not None and 2 * nearest > away[self.last_mode]:
            mode = self.last_mode  # between two modes residuals of either in turn would cancel out
        residual = row - self.means[mode]
        own = nearest * self.factor(mode, residual)
        skipped = self._skips(mode, closest, g, own > self.detector["thresholds"]["window"])
        if standstill:
            skipped = skipped or self._starts()
            self.runs[-1].append(None if skipped else residual)
            self._take_in(self.runs[-1][-2:-1])
        else:
            self._take_in([None if skipped else residual])
        scores = {"notice": None, "alarm": None}
        for metric, entry in enumerate(self.document["metrics"]):
            mean = self.mean_of_last(entry["windows"])
            if mean is not None:
                found = self.distance(mode, metric, mean)
                scores[entry["level"]] = max(found, scores[entry["level"]] or 0.0)
        thresholds = self.detector["thresholds"]
        level = 0
        if scores["notice"] is not None:
            level = (
                2 if scores["alarm"] > thresholds["alarm"] else int(scores["notice"] > thresholds["notice"])
            )
        self._watch_pose(g, rms)
        state = LEVELS[level]
        if skipped:
            state = "disturbed"
        elif level == 0 and self.changed:
            state = "mounting changed"
        return self._said(own, scores["notice"], scores["alarm"], level, state, mode)

    def _rest(self):
        """Close the run: its last window counts only for a machine that never runs for longer than two."""
        if self.runs[-1]:
            if self._never_runs_long():
                self._take_in(self.runs[-1][-1:])
            self.runs.append([])
        self.last_mode, self.disturbed = None, [True] * 10

    def _starts(self):
        return not self.runs[-1] and not self._never_runs_long()

    def _never_runs_long(self):
        """Whether each of the ten runs before this one had one or two windows."""
        before = self.runs[:-1][-10:]
        return len(before) == 10 and max(map(len, before)) <= 2

    def _take_in(self, residuals):
        self.counted += [residual for residual in residuals if residual is not None]

    def _said(self, score, notice, alarm, level, state, mode):
        return {
            "score": score,
            "combined_score": notice,
            "alarm_score": alarm,
            "level": level,
            "state": state,
            "mode": mode,
            "mounting_changed": self.changed,
        }

    def _skips(self, mode, closest, g, strange):
        quarters = g[: len(g) // 4 * 4].reshape(4, -1, 3).mean(axis=1)
        bumped = np.ptp(quarters, axis=0).max() > self.document["disturbance"]["limit_g"]
        switched = strange and self.last_mode not in (None, closest)
        self.last_mode = mode
        self.disturbed = [*self.disturbed, bumped or switched][-10:]
        return self.disturbed[-1] and sum(self.disturbed) <= self.document["decision"]["most_disturbed"]

    def _watch_pose(self, g, rms):
        pose = self.document["pose"]
        if pose is None or rms > 0.5:
            return
        quarters = g[: len(g) // 4 * 4].reshape(4, -1, 3).mean(axis=1)
        self.poses.append((quarters.mean(axis=0), (quarters.std(axis=0, ddof=1) / 2) ** 2))
        if len(self.poses) < 5:
            return
        means, squares = (np.array(part) for part in zip(*self.poses[-5:], strict=True))
        error = np.sqrt(squares.sum()) / 5
        off = np.linalg.norm(means.mean(axis=0) - pose["mean"]) > pose["tolerance"] + 3 * error
        self.disagreeing = self.disagreeing + 1 if off != self.changed else 0
        if self.disagreeing == 5:
            self.changed, self.disagreeing = off, 0


def judge_all(document, windows, scale_g, detector=0):
    """Return what is said of windows (n, window_len, 3), one after the other."""
    oracle = Oracle(document, detector)
    return [oracle.judge(counts, scale_g) for counts in windows]


def debounced(levels, rule):
    """Return the levels that a person acts on. rule: m, n, clear."""
    found, on = [], [False, False]
    for k in range(len(levels)):
        for above in (1, 2):
            strange = sum(level >= above for level in levels[max(0, k + 1 - rule["n"]) : k + 1])
            on[above - 1] = strange >= rule["m"] or (on[above - 1] and strange > rule["clear"])
        found.append(2 if on[1] else int(on[0]))
    return found
