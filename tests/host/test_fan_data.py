"""The published recordings through the command line, as a user would."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from judder.evaluation.intervals import auc

DATA = Path(__file__).parents[2].parent / "shared" / "data"
NORMAL = ("--data", DATA / "ceiling-fan.zip", "--normal", "fan_0_low_0_weight")
JUDDER = Path(sys.executable).with_name("judder")

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="The recordings in ../shared/data are not here.")


def judder(*arguments, cwd):
    return subprocess.run([JUDDER, *map(str, arguments)], capture_output=True, text=True, cwd=cwd)


@pytest.fixture(scope="module")
def fan(tmp_path_factory):
    """Train on the first half of the normal fan, evaluate on the rest; return the folder and the JSON."""
    folder = tmp_path_factory.mktemp("fan")
    train = judder("train", *NORMAL, "--train-on", "first-half", "--out", "m.judder.json", cwd=folder)
    assert train.returncode == 0, train.stderr
    faults = ("low_1", "high_0", "high_1", "med_0")
    anomalies = [word for name in faults for word in ("--anomaly", f"fan_0_{name}_weight")]
    run = judder(
        "evaluate",
        "m.judder.json",
        *NORMAL,
        *anomalies,
        "--json",
        "--scores",
        "s.csv",
        cwd=folder,
    )
    assert run.returncode == 0, run.stderr
    return folder, json.loads(run.stdout)


def test_the_smoke_test_of_the_ceiling_fan(fan):
    _, figures = fan
    assert figures["auc"] >= 0.999
    assert figures["detection_rate"] >= 0.99 and figures["false_alarm_rate"] <= 0.01
    assert set(figures["per_condition"]) == {
        f"fan_0_{name}_weight" for name in ("low_0", "low_1", "high_0", "high_1", "med_0")
    }


def test_the_figures_can_be_recomputed_from_the_scores(fan):
    folder, figures = fan
    with (folder / "s.csv").open() as file:
        rows = list(csv.DictReader(file))
    normal = np.array([row["condition"] == "fan_0_low_0_weight" for row in rows])
    scores = np.array([float(row["score"]) for row in rows])
    flagged = np.array([row["anomaly"] == "1" for row in rows])
    assert figures["auc"] == pytest.approx(auc(scores[normal], scores[~normal]))
    assert figures["false_alarm_rate"] == pytest.approx(flagged[normal].mean())
    assert figures["windows"] == {"normal": int(normal.sum()), "anomaly": int((~normal).sum())}


def test_windows_trained_on_are_not_scored_unless_asked_for(fan):
    folder, figures = fan
    total = judder("evaluate", "m.judder.json", *NORMAL, "--held-out", "all", "--json", cwd=folder)
    seen = json.loads(total.stdout)["windows"]["normal"]
    assert figures["windows"]["normal"] == pytest.approx(seen / 2, abs=1)


def test_a_gate_that_is_missed_exits_3(fan):
    folder, _ = fan
    fault = ("--anomaly", "fan_0_low_1_weight", "--min-detection-rate", "1.1")
    run = judder("evaluate", "m.judder.json", *NORMAL, *fault, cwd=folder)
    assert run.returncode == 3 and "below the gate" in run.stderr


def test_the_rig_trains_and_is_scored_at_1_khz(tmp_path):
    data = ("--data", DATA / "rig-1khz.zip", "--sample-rate", 1000, "--window-len", 256, "--hop", 64)
    train = judder(
        "train",
        *data,
        "--normal",
        "*healthy*",
        "--train-on",
        "first-half",
        "--out",
        "rig.judder.json",
        cwd=tmp_path,
    )
    assert train.returncode == 0, train.stderr
    run = judder(
        "evaluate",
        "rig.judder.json",
        *data,
        "--normal",
        "*healthy*",
        "--anomaly",
        "*imbalance*",
        "--json",
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stderr
    figures = json.loads(run.stdout)
    assert figures["auc"] >= 0.999 and figures["alert_rate_normal"] == 0
