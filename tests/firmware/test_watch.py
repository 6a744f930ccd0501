"""An exported model of version 2 in C++ against CPython, window for window."""

import pytest
from judder.model.scoring import score_windows

from tests import machine_v2, models_v2, recorded
from tests.firmware import machines
from tests.firmware.watching import assert_agrees, judged, link_watch, p_values_agree


@pytest.fixture(scope="module")
def fan():
    return machines.fan_windows()


@pytest.fixture
def compare(core_objects, tmp_path):
    """Return a function that judges counts on both sides, compares, and returns what CPython says."""

    def compare(document, counts, normal, rate_hz):
        model = machines.write_headers(tmp_path, document, normal)
        found = judged(link_watch(core_objects, tmp_path), counts)
        scored = score_windows(model, machines.as_windows(counts, rate_hz))
        assert_agrees(found, scored, model.mode_names)
        assert all(p_values_agree(model.detectors[0], scored, found))
        return scored

    return compare


@pytest.mark.parametrize("feature_set", ["directional", "statistics"])
@pytest.mark.parametrize("metrics", [models_v2.METRICS, models_v2.LONG_METRICS], ids=["short", "long"])
def test_every_verdict_on_2000_windows_of_a_simulated_machine_is_cpythons(compare, feature_set, metrics):
    document = machine_v2.document(feature_set, metrics=metrics)
    scored = compare(document, machine_v2.eventful(2000), machine_v2.normal("fast", 1)[0], 250.0)
    states = {"standstill", "disturbed", "normal", "notice", "alarm", "mounting changed"}
    assert set(scored.state) == states and set(scored.level) == {0, 1, 2}


def test_every_verdict_on_2000_windows_of_a_machine_that_stops_and_goes_is_cpythons(compare):
    document = machine_v2.document("directional", metrics=models_v2.LONG_METRICS)
    scored = compare(document, machine_v2.fitful(2000), machine_v2.normal("fast", 1)[0], 250.0)
    assert {"standstill", "disturbed", "normal", "alarm"} <= set(scored.state)


def test_every_verdict_on_1000_windows_of_a_machine_that_changes_its_speed_is_cpythons(compare):
    document = machine_v2.document("directional")
    scored = compare(document, machine_v2.restless(1000), machine_v2.normal("fast", 1)[0], 250.0)
    assert {"disturbed", "normal", "notice"} <= set(scored.state)


def test_a_model_that_knows_no_standstill_counts_each_window_at_once_as_cpython_does(compare):
    document = machine_v2.document("directional", standstill_g=None)
    scored = compare(document, machine_v2.eventful(500), machine_v2.normal("fast", 1)[0], 250.0)
    assert "standstill" not in scored.state


def test_every_verdict_on_2000_windows_of_a_recorded_fan_is_cpythons(compare, fan):
    counts, normal = machines.fan_with_fates(fan, 2000), fan[machines.FAN_MODES["low"]][0]
    scored = compare(machines.fan_document(fan), counts, normal, machines.FAN_RATE_HZ)
    states = {"standstill", "disturbed", "normal", "notice", "alarm", "mounting changed"}
    assert set(scored.state) == states and set(scored.mode) == {"", *machines.FAN_MODES}


@pytest.mark.parametrize("name", recorded.MACHINES)
def test_every_verdict_on_2000_windows_of_a_trained_model_is_cpythons(compare, name):
    document, counts, normal, rate_hz = recorded.machine(name)
    scored = compare(document, counts, normal, rate_hz)
    assert {0, 2} <= set(scored.level)
