"""When a machine stands still, and what its modes are called."""

import numpy as np
import pytest
from judder.data.recording import make_recording
from judder.data.windows import cut_windows
from judder.model.scoring import score_windows
from judder.simulation import FanOptions, simulate
from judder.training.mode_names import shaft_line
from judder.training.standstill import is_at_rest
from judder.training.train import train

from tests.host.machines import machine, windows_of

RATE_HZ = 250.0


def fan(speed_hz, seconds=120, seed=0):
    """Return the samples in g, (n, 3), of a fan at that speed."""
    return simulate(FanOptions(seconds=seconds, speed_hz=speed_hz, sample_rate_hz=RATE_HZ, seed=seed)).in_g()


def cut(samples_g, name="normal"):
    return cut_windows([make_recording(name, name, [("0", samples_g)], sample_rate_hz=RATE_HZ)], RATE_HZ, 256)


@pytest.mark.parametrize("name", ["off", "fan_0_off_0_weight", "Standstill", "pump/stopped"])
def test_a_recording_at_rest_is_known_by_its_name(name):
    assert is_at_rest(name)


@pytest.mark.parametrize("name", ["office", "low", "offset-high", "normal"])
def test_any_other_name_is_of_a_machine_that_runs(name):
    assert not is_at_rest(name)


def test_a_recording_called_off_tells_when_the_machine_stands():
    windows = windows_of(machine("off", 60, spread=1.0), machine("on", 100, spread=20.0, seed=1))
    trained = train(windows, name="fan")
    limit = trained.document.standstill.limit_g
    rms_g = np.array([np.sqrt(np.sum((w / 2048).var(axis=0))) for w in windows.samples])
    off = windows.condition == "off"
    assert rms_g[off].max() < limit < rms_g[~off].min()
    scored = score_windows(trained.core, windows)
    assert set(scored.state[off]) == {"standstill"} and not scored.anomaly[off].any()
    assert "standstill" not in scored.state[~off] and trained.modes == ["on"]


def test_a_machine_as_quiet_as_at_rest_has_no_limit():
    windows = windows_of(machine("off", 60, spread=15.0), machine("on", 100, spread=20.0, seed=1))
    assert train(windows, name="fan").document.standstill is None


def test_a_sensor_too_coarse_to_show_its_noise_at_rest_is_said():
    coarse, fine = (windows_of(machine("off", 60, spread, 3), machine("on")) for spread in (0.13, 1.0))
    (said,) = [w for w in train(coarse, name="fan").warnings if "nothing moves" in w]
    assert said.startswith("In ") and " of the 60 windows at rest" in said
    assert not any("nothing moves" in w for w in train(fine, name="fan").warnings)


def test_recordings_at_rest_alone_are_said_to_show_nothing_of_how_it_runs():
    off, on = machine("off", 60, spread=1.0), machine("on", 100)
    said = "The machine is at rest in all of this"
    assert any(said in warning for warning in train(windows_of(off), name="fan").warnings)
    assert not any(said in warning for warning in train(windows_of(off, on), name="fan").warnings)


def test_without_a_recording_at_rest_nothing_stands_still():
    assert train(windows_of(machine("low")), name="fan").document.standstill is None


@pytest.mark.parametrize("speed_hz", [11.3, 17.0, 24.5, 40.0])
def test_the_shafts_line_is_found_to_a_third_of_a_bin(speed_hz):
    line = shaft_line(cut(fan(speed_hz)).in_g(), RATE_HZ)
    order = line / speed_hz  # blades pass more strongly than the shaft turns
    assert abs(line - round(order) * speed_hz) < RATE_HZ / 256 / 3


def test_noise_has_no_line():
    assert shaft_line(windows_of(machine("low")).in_g(), RATE_HZ) is None


@pytest.mark.parametrize("hum_hz", [50.0, 60.0, 100.0])
def test_hum_of_the_mains_is_no_shaft(hum_hz):
    rng = np.random.default_rng(0)
    t = np.arange(100 * 256) / RATE_HZ
    samples = rng.normal(0, 0.005, (len(t), 3)) + [0, 0, 1]
    samples[:, 0] += 0.05 * np.sin(2 * np.pi * hum_hz * t)
    assert shaft_line(cut(samples).in_g(), RATE_HZ) is None
    samples[:, 1] += 0.02 * np.sin(2 * np.pi * 23.0 * t)
    assert shaft_line(cut(samples).in_g(), RATE_HZ) == pytest.approx(23.0, abs=0.3)


def test_modes_of_one_condition_are_called_by_their_speeds():
    trained = train(cut(np.concatenate([fan(17.0), fan(40.0, seed=1)])), name="fan")
    for mode in trained.document.modes:
        assert mode.name == f"normal {mode.speed_hz:.3g} Hz"
    assert len(set(trained.modes)) == 2


def test_a_mode_by_itself_is_called_as_its_condition():
    assert train(cut(fan(17.0), "kitchen"), name="fan").modes == ["kitchen"]


def test_modes_without_a_line_of_their_own_are_numbered():
    quiet, loud = (machine("low", 100, spread, seed).in_g() for spread, seed in ((20, 0), (80, 1)))
    assert train(cut(np.concatenate([quiet, loud]), "low"), name="fan").modes == ["low 1", "low 2"]
