"""What the report's figures are made of, against other people's formulas."""

import numpy as np
import pytest
from judder.data.recording import make_recording
from judder.data.windows import cut_windows
from judder.engine.spectrum import amplitude_density
from judder.quality import survey
from judder.report import figures
from judder.report.axis_statistics import correlations, moments
from judder.report.separation import separations
from judder.report.thinning import evenly
from judder.report.velocity import velocity_rms
from judder_core import numeric
from judder_core import stats as core_stats
from matplotlib.figure import Figure
from scipy import signal

RATE_HZ = 250.0


def tone(hz, peak_g, n=4, window_len=250):
    """Return windows, (n, window_len, 3) in g, of a tone on x, gravity on z, nothing on y."""
    samples = np.zeros((n, window_len, 3))
    samples[..., 0] = peak_g * np.sin(2 * np.pi * hz * np.arange(window_len) / RATE_HZ)
    samples[..., 2] = 1.0
    return samples


def fan(conditions, seconds=20, seed=0):
    """Return recordings of noise: {condition: deviation in g}, on a grid."""
    rng = np.random.default_rng(seed)
    rows = round(seconds * RATE_HZ)
    made = []
    for name, deviation in conditions.items():
        samples = np.rint((rng.normal(0, deviation, (rows, 3)) + [0, 0, 1]) * 2048) / 2048
        made.append(make_recording(name, name, [("0000", samples)], sample_rate_hz=RATE_HZ))
    return made


def test_a_tone_has_the_velocity_that_physics_says():
    expected = 1000 * 9.80665 * 0.1 / (2 * np.pi * 50) / np.sqrt(2)  # a / omega, mm/s, RMS
    assert velocity_rms(tone(50, 0.1), RATE_HZ)[:, 0] == pytest.approx(expected, rel=0.01)  # Hann's skirts


def test_what_is_below_10_hz_has_no_velocity():
    slow, fast = (velocity_rms(tone(hz, 0.1), RATE_HZ)[0] for hz in (5, 50))
    assert slow[0] < 0.01 * fast[0] and slow[2] == 0


def test_a_spectrum_is_the_one_that_welch_gives():
    windows = np.random.default_rng(0).normal(0, 0.01, (6, 200, 3))
    hz, density = amplitude_density(windows, RATE_HZ)
    how = {"window": "hann", "nperseg": 200, "noverlap": 0, "detrend": "constant"}
    expected_hz, power = signal.welch(windows.reshape(-1, 3), RATE_HZ, axis=0, **how)
    assert hz == pytest.approx(expected_hz) and density == pytest.approx(np.sqrt(power), rel=1e-9)


def test_moments_are_those_of_the_definitions():
    x = np.random.default_rng(1).gamma(2, 0.01, (3, 128, 3))
    found, centred = moments(x), x - x.mean(axis=1, keepdims=True)
    assert found["skew"] == pytest.approx((centred**3).mean(1) / (centred**2).mean(1) ** 1.5)
    assert found["kurtosis"] == pytest.approx((centred**4).mean(1) / (centred**2).mean(1) ** 2 - 3)
    assert found["MAD"][0, 0] == pytest.approx(core_stats.mad(x[0, :, 0].tolist(), numeric), rel=1e-5)


def test_correlations_are_numpys_and_0_for_an_axis_that_stands_still():
    x = np.random.default_rng(2).normal(size=(2, 64, 3))
    x[1, :, 2] = 1.0
    expected = np.corrcoef(x[0].T)
    assert correlations(x)[0] == pytest.approx([expected[0, 1], expected[0, 2], expected[1, 2]])
    assert correlations(x)[1][1:] == pytest.approx([0, 0])


def test_a_feature_that_grows_is_said_to_be_higher_and_pose_to_be_pose():
    windows = cut_windows(fan({"calm": 0.01, "wild": 0.03}), RATE_HZ)
    found = {s.name: s for s in separations(windows, ["calm"], ["wild"])}
    assert found["log_sd_x"].auc == 1.0 and found["log_sd_x"].higher and not found["log_sd_x"].pose
    back = {s.name: s for s in separations(windows, ["wild"], ["calm"])}
    assert back["log_sd_x"].auc == 0.0 and back["log_sd_x"].higher is False
    assert found["mean_x"].pose


def test_the_strongest_feature_comes_first_without_labels_too():
    found = separations(cut_windows(fan({"a": 0.01, "b": 0.02, "c": 0.03}), RATE_HZ))
    assert found[0].auc == max(s.auc for s in found) and all(s.auc >= 0.5 and s.higher is None for s in found)


def test_many_windows_are_thinned_evenly_and_the_same_each_time():
    windows = cut_windows(fan({"a": 0.01, "b": 0.02}, seconds=60), RATE_HZ)
    few = evenly(windows, 20)
    assert 16 <= len(few) <= 20 and (few.condition == "a").sum() == (few.condition == "b").sum()
    assert (few.start_row == evenly(windows, 20).start_row).all()


@pytest.mark.parametrize("conditions", [1, 30])
def test_figures_of_few_and_of_many_conditions_stay_small(conditions):
    recordings = fan({f"c{k:02d}": 0.01 * (k + 1) for k in range(conditions)}, seconds=6)
    surveyed, windows = survey(recordings), cut_windows(recordings, RATE_HZ)
    made = {
        "time": figures.time_series(recordings, RATE_HZ),
        "spectra": figures.spectra(surveyed),
        "velocity": figures.velocity(surveyed),
        "scatter": figures.scatter(windows),
        "correlations": figures.correlations(windows),
        "ranking": figures.ranking(separations(windows)),
    }
    assert all(isinstance(figure, Figure) for figure in made.values())
    assert sum(len(figures.to_svg(figure, name)) for name, figure in made.items()) < 2_500_000


def test_a_figure_is_the_same_bytes_each_time():
    recordings = fan({"a": 0.01})
    once, again = (figures.to_svg(figures.time_series(recordings, RATE_HZ), "t") for _ in range(2))
    assert once == again


def test_samples_in_g_are_counts_times_their_scale():
    windows = cut_windows(fan({"a": 0.01}), RATE_HZ)
    assert windows.in_g()[0] == pytest.approx(windows.samples[0] / 2048)
