"""The evaluation page's figures: those that must hold, and that the page has the ones that are computed."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from judder.bench import fan as controls
from judder.bench import fan_section, levels_section, remounts_section, rig_section, simulator
from judder.bench.fan import TASKS, by_reference, fan_windows, figures_of
from judder.bench.machines import Paths, each_once, gearbox, machines
from judder.bench.page import head
from judder.bench.rig import FAULTS, Rig
from judder.cli.app import app
from judder.errors import JudderError
from typer.testing import CliRunner

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
FAN, RIG = DATA / "ceiling-fan.zip", DATA / "rig-1khz.zip"
PATHS = Paths(FAN, RIG, DATA / "uci611-fan-50hz.npz", DATA / "gearbox.npz")
PUBLISHED = (ROOT / "EVALUATION.md").read_text("utf-8")
NUMBER = r"\d+(?:\.\d+)?"

on_recordings = pytest.mark.skipif(not DATA.exists(), reason="The recordings in ../shared/data are not here.")


@pytest.fixture(scope="module")
def fan():
    return fan_windows(FAN)


@pytest.fixture(scope="module")
def rig():
    return Rig.load(RIG)


@pytest.fixture(scope="module")
def tasks(fan):
    return {task: figures_of(task, fan) for task in TASKS}


def of_page(heading, until):
    """Return a part of the published page, its tables of other feature sets left out."""
    part = PUBLISHED[PUBLISHED.index(heading) : PUBLISHED.index(until)]
    return re.sub(r"\nThe other feature sets,.*?\n(?=\n## )", "", part, flags=re.DOTALL).strip()


def assert_same(computed, published):
    """Assert that both say the same with the same figures, but for the last digit.

    Sums of floats come in another order on another processor, and a figure on the border rounds either way.
    """
    assert re.sub(NUMBER, "#", computed).split() == re.sub(NUMBER, "#", published).split()
    for mine, theirs in zip(re.findall(NUMBER, computed), re.findall(NUMBER, published), strict=True):
        last_digit = 10.0 ** -len(theirs.partition(".")[2])
        assert float(mine) == pytest.approx(float(theirs), abs=1.01 * last_digit), (mine, theirs)


@on_recordings
def test_the_page_has_the_figures_of_the_fan(fan, rig, tasks):
    assert_same("\n".join(head(fan, rig)), of_page("# What", "\n## All machines"))
    computed = "\n".join(fan_section.section(fan, tasks, alternatives=False))
    assert_same(computed, of_page("\n## Ceiling fan", "\n## Rig"))


@on_recordings
def test_the_page_has_the_figures_of_all_machines_and_of_their_remounts():
    every = list(machines(PATHS))
    computed = [*levels_section.section(every), *remounts_section.section(each_once(every))]
    assert_same("\n".join(computed), of_page("\n## All machines", "\n## Ceiling fan"))


@on_recordings
def test_the_page_has_the_figures_of_the_rig(rig):
    assert_same("\n".join(rig_section.section(rig)), of_page("\n## Rig", "\n## Simulator"))


@on_recordings
def test_a_row_of_the_page_is_what_judder_evaluate_prints():
    command = next(line for line in PUBLISHED.splitlines() if line.startswith("    judder evaluate"))
    words = command.replace("ceiling-fan.zip", str(FAN)).split()[1:]
    figures = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    row = next(line for line in PUBLISHED.splitlines() if line.startswith("| H |"))
    shown = [float(number) for number in re.findall(NUMBER, re.sub(r", goal [\d.]+ missed", "", row))]
    together = figures["combined"]
    expected = [
        *(figures["auc"], *figures["intervals"]["auc"]),
        *(together["auc"], *together["intervals"]["auc"]),
        together["detection_at_1_percent"],
    ]
    assert shown[1 : 1 + len(expected)] == pytest.approx(expected, abs=0.001)  # behind the reference's AUC


@pytest.fixture
def others(tmp_path):
    """Return a folder of recordings of which no section of the page tells."""
    folder = tmp_path / "fan_0_off_0_weight"
    folder.mkdir()
    (folder / "0000.csv").write_text("0,0,1\n" * 300)
    return tmp_path


def rated_gearbox(path):
    (path / "fan_0_off_0_weight" / "judder.json").write_text('{"sample_rate_hz": 200}')
    return gearbox(path)


@pytest.mark.parametrize(
    "read, said",
    [
        (fan_windows, r"lacks fan_0_high_0_weight.* of the ceiling fan"),
        (Rig.load, r"lacks healthy.* of the rig"),
        (rated_gearbox, r"of the gearbox.* begins with normal"),
    ],
)
def test_recordings_of_another_machine_are_refused_with_a_hint(others, read, said):
    with pytest.raises(JudderError, match=said) as caught:
        read(others)
    assert caught.value.hint


@on_recordings
@pytest.mark.parametrize(
    "task, least", [("E", 0.999), ("F", 0.995), ("H", 0.999), ("B", 0.990), ("D", 0.995)]
)
def test_five_windows_together_tell_the_coin_from_none_by_vibration(fan, task, least):
    figures = figures_of(task, fan, features="vibration")
    assert figures["combined"]["auc"] >= least
    assert figures["auc"] > by_reference(task, fan)


@on_recordings
@pytest.mark.parametrize(
    "task, least", [("E", 0.999), ("F", 0.975), ("H", 0.997), ("B", 0.985), ("D", 0.990)]
)
def test_five_windows_together_tell_the_coin_from_none_by_default(tasks, task, least):
    # Not so single windows: on H and B the reference's AUC is higher. The default's bands are wide, so that
    # another speed or a remount is no alarm; what they give up the set vibration has, as above.
    assert tasks[task]["combined"]["auc"] >= least


@on_recordings
def test_forward_in_time_nothing_is_said_of_any_steady_recording(fan):
    found = dict(controls.forward(fan))
    assert len(found) == 6 and not any(count.notice or count.alarm for count in found.values())


@on_recordings
def test_a_wish_of_one_in_a_hundred_is_kept_within_a_factor_of_two(fan):
    realised = controls.wished(fan)
    assert realised["windows"] >= 1600 and 0.005 <= realised["realised"] <= 0.02


@on_recordings
def test_every_fault_of_the_rig_is_told_without_a_false_alarm(rig):
    figures = [rig.fault(fault) for fault in FAULTS]
    assert all(f["notices"]["count"] == f["false_alarms"]["count"] == 0 for f in figures)
    of_folds = [(fold["auc"], fold["combined"]["auc"]) for f in figures for fold in f["folds"]]
    assert np.min(of_folds) >= 0.999


def test_a_turned_sensor_is_told_as_such_and_does_not_alarm():
    found = simulator.remounted()
    assert found.told >= 0.95 * found.remounts and found.alarms == 0


def test_a_quarter_on_a_blade_alarms_within_a_minute():
    rows = [row for row in simulator.smallest_fault() if row.mass_g == 5.67]
    assert len(rows) == 3 and all(s is not None and s <= 60 for row in rows for s in row.alarm_s)
