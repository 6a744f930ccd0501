"""A model file of version 2: what is read of it, what is refused, and what a board loads for it."""

import copy
import json

import numpy as np
import pytest
from core.micropython import run_micropython
from judder.engine import numeric_numpy
from judder_core import model_file, numeric
from judder_core.errors import ModelError

from tests import machine_v2, models_v2
from tests.judge_oracle import Oracle, array

SIZE = 27


def document():
    return copy.deepcopy(machine_v2.document())


def golden(made, detector=0):
    """Return a golden window of made, its scores by the oracle."""
    counts = machine_v2.normal("slow", 1, seed=9)
    row = machine_v2.rows(made["features"]["set"], counts)[0]
    oracle = Oracle(made, detector)
    away = [np.linalg.norm(oracle.whitenings[k][0](row - mean)) for k, mean in enumerate(oracle.means)]
    mode = int(np.argmin(away))
    score, alarm = (oracle.distance(mode, metric, row - oracle.means[mode]) for metric in (0, 1))
    return {
        "detector": detector,
        "counts": models_v2.text(counts.ravel(), "<i2"),
        "scale_g": machine_v2.SCALE_G,
        "features": models_v2.text(row, "<f4"),
        "score": float(score),
        "alarm": float(alarm),
    }


def load(made, engine=numeric):
    return model_file.load(models_v2.encode(made), engine)


@pytest.mark.parametrize("engine", [numeric, numeric_numpy], ids=["pure", "numpy"])
@pytest.mark.parametrize("detector", [0, 1])
def test_a_golden_window_is_recomputed(engine, detector):
    made = document()
    made["golden"] = [golden(made, detector)]
    assert load(made, engine).version == 2


@pytest.mark.parametrize("key", ["score", "alarm", "features"])
@pytest.mark.parametrize("detector", [0, 1])
def test_a_golden_window_that_comes_out_otherwise_is_refused(key, detector):
    made = document()
    wrong = golden(made, detector)
    if key == "features":
        wrong[key] = models_v2.text(array(wrong[key], "<f4") * 1.01, "<f4")
    else:
        wrong[key] *= 1.002
    made["golden"] = [wrong]
    with pytest.raises(ModelError, match=f"fails its golden check: .*{key[:5]}") as caught:
        load(made)
    assert caught.value.hint


def test_a_golden_window_without_counts_is_the_one_before():
    made = document()
    second = golden(made, 1)
    del second["counts"]
    made["golden"] = [golden(made, 0), second]
    assert [detector.kind for detector in load(made).detectors] == ["mahalanobis", "autoencoder"]


WRONG = {
    "a shape too short": (
        ["shapes", 0, "whitening"],
        models_v2.text([1, 2], "<i2"),
        "of 2 numbers where 378",
    ),
    "no finite scale": (
        ["shapes", 0, "scales"],
        models_v2.text([np.nan] * SIZE, "<f4"),
        "nan among its floats",
    ),
    "a shape of nobody": (["modes", 1, "metrics", 0, "shape"], 99, "number of a shape"),
    "the last shape by -1": (["modes", 1, "metrics", 0, "shape"], -1, "number of a shape"),
    "a stretch too short": (
        ["modes", 0, "metrics", 0, "stretch"],
        models_v2.text([1.0], "<f4"),
        "of 1 floats where 27 belong",
    ),
    "a metric too few": (["modes", 0, "metrics"], [{"shape": 0}], "number of metrics"),
    "no modes": (["modes"], [], "list of operating modes"),
    "no alarm": (["metrics", 1, "level"], "notice", "list of metrics"),
    "no level": (["metrics", 0, "level"], "loud", "value of the wrong kind"),
    "a mean of half a block": (["metrics", 1, "windows"], 7, "list of metrics"),
    "two axes": (["signal", "axes"], 2, "number of axes"),
    "a standstill of 0 g": (["standstill"], {"limit_g": 0.0}, "limit of a standstill"),
    "no threshold": (["detectors", 0, "thresholds", "alarm"], float("nan"), "a threshold of nan"),
    "a threshold missing": (["detectors", 0, "thresholds"], {"window": 1.0, "notice": 1.0}, "lacks"),
    "an unknown kind": (["detectors", 0, "kind"], "oracle", "detector of kind 'oracle'"),
    "an unknown set": (["features", "set"], "smell", "no feature set 'smell'"),
    "a rule that cannot be": (["decision", "m"], 9, "Decision has m 9"),
    "no shapes": (["shapes"], None, "value of the wrong kind"),
}


@pytest.mark.parametrize("path, value, said", WRONG.values(), ids=WRONG)
def test_a_broken_file_is_refused_in_one_sentence_with_a_hint(path, value, said):
    made = document()
    part = made
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    with pytest.raises(ModelError) as caught:
        load(made)
    assert said in str(caught.value) and caught.value.hint


@pytest.mark.parametrize("windows", [[5, 12], [5, 30, 50], [5, 5 * 31]])
def test_a_mean_is_of_whole_blocks_of_the_shorter_one_and_of_few(windows):
    metrics = (*models_v2.METRICS, *(("notice", number) for number in windows))
    made = copy.deepcopy(machine_v2.document(metrics=metrics))
    with pytest.raises(ModelError, match="number of windows"):
        load(made)


def test_a_board_loads_the_code_of_one_version(tmp_path):
    (tmp_path / "m.judder.json").write_bytes(models_v2.encode(document()))
    script = tmp_path / "look.py"
    script.write_text(
        "import json, sys\nfrom judder_core.judge import make\nfrom judder_core.model_file import load_file\n"
        "from judder_node.engine import numeric\n"
        "make(load_file(sys.argv[1], numeric), numeric, 'board')\n"
        "print(json.dumps([name for name in sys.modules if name.endswith('_v1')]))\n"
    )
    printed = run_micropython(script, tmp_path / "m.judder.json", path=("shared", "device"))
    assert json.loads(printed) == []
