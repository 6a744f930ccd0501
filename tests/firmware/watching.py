"""What watch.cpp, the judge of an exported model as a program, says of windows, beside what CPython does."""

import subprocess

import numpy as np
import pytest

from tests.firmware.compiling import link

SCORES = ("score", "combined_score", "alarm_score")
COLUMNS = (*SCORES, "p_value", "anomaly", "window_level", "mode", "mounting", "level", "state")
SINGLE = 1e-5  # float32's rounding of features, which whitening multiplies
P_NEAR = 1e-7  # the same of a p-value


def link_watch(core_objects, folder, *options):
    """Return the program of the headers in folder."""
    return link("watch.cpp", core_objects, folder / "watch", folder, options=options)


def judged(watch, counts, seqs=()):
    """Return what watch says of windows of counts (n, window_len, 3), by COLUMNS."""
    command = [watch, *map(str, seqs)]
    run = subprocess.run(command, input=counts.astype("<i2").tobytes(), capture_output=True)
    assert run.returncode == 0, run.stdout + run.stderr
    lines = [line.split(maxsplit=len(COLUMNS) - 1) for line in run.stdout.decode().splitlines()]
    return dict(zip(COLUMNS, zip(*lines, strict=True), strict=True))


def assert_agrees(found, scored, modes, rel=SINGLE, near=2 * SINGLE):
    """Compare what watch says to what CPython does. modes: their names, by number."""
    assert len(found["score"]) == len(scored)
    for name in SCORES:
        expected = getattr(scored, name)
        assert np.array(found[name], float) == pytest.approx(expected, rel=rel, abs=near, nan_ok=True), name
    assert [each == "1" for each in found["anomaly"]] == scored.anomaly.tolist()
    assert [int(level) for level in found["level"]] == scored.level.tolist()
    assert list(found["state"]) == scored.state.tolist()
    assert ["" if mode == "255" else modes[int(mode)] for mode in found["mode"]] == scored.mode.tolist()


def p_values_agree(detector, scored, found):
    """Yield whether each p-value is that of a score which differs by no more than float32 does.

    p is a staircase, and MADs of whole counts put some scores exactly on its steps.
    """
    for k, p in enumerate(np.array(found["p_value"], float)):
        if scored.state[k] == "standstill":
            yield np.isnan(p)
            continue
        few = np.isnan(scored.combined_score[k])
        table = detector.window_calibration if few else detector.calibration
        score = scored.score[k] if few else scored.combined_score[k]
        near = score * SINGLE + 2 * SINGLE
        yield table.p_value(score + near) - P_NEAR <= p <= table.p_value(score - near) + P_NEAR
