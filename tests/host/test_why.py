"""What drove a verdict: the words name what was changed on a simulated machine."""

import copy
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from judder.data.recording import make_recording
from judder.data.windows import cut_windows
from judder.evaluation.why import bands_of, nearest_mode, shares, why, why_residual
from judder.model.evidence import measure
from judder.simulation import FanOptions, simulate
from judder.training.train import train
from judder_core import features, model_file, numeric
from judder_core.mahalanobis import Metric
from judder_core.model import Mode
from scipy.spatial.distance import mahalanobis

RATE_HZ = 250.0
WINDOW_LEN = 256
SCALE_G = 1 / 4096
BAND = re.compile(r"([xyz]): energy at ([\d.]+)-([\d.]+) Hz (?:1/)?([\d.]+)(x| of) normal")


def machine(seconds, seed=0, speed_hz=12.0):
    """Return the samples in g, (n, 3), of a healthy fan."""
    options = FanOptions(seconds=seconds, speed_hz=speed_hz, sample_rate_hz=RATE_HZ, seed=seed)
    return simulate(options).in_g()


def trained(samples_g, feature_set):
    recordings = [make_recording("normal", "normal", [("0000", samples_g)], sample_rate_hz=RATE_HZ)]
    return train(cut_windows(recordings, RATE_HZ, WINDOW_LEN), features=feature_set).core


@pytest.fixture(scope="module")
def models():
    normal = machine(300)
    return {name: trained(normal, name) for name in features.SETS}


def counts_of(samples_g):
    return np.rint(samples_g[:WINDOW_LEN] / SCALE_G).astype(int).ravel().tolist()


def explain(model, samples_g):
    return explain_features(model, model.features(numeric, counts_of(samples_g), SCALE_G), samples_g)


def explain_features(model, measured, samples_g):
    distances = model.distances(numeric, measured)
    mode = distances.index(min(distances))
    residual = model.residual(numeric, measured, mode)
    return why_residual(model, mode, 0, residual, samples_g[:WINDOW_LEN], RATE_HZ)


def with_line(samples_g, frequency_hz, axis, peak_g=0.05):
    result = samples_g.copy()
    result[:, axis] += peak_g * np.sin(2 * np.pi * frequency_hz * np.arange(len(result)) / RATE_HZ)
    return result


@pytest.mark.parametrize("feature_set", ["directional", "vibration", "spectral"])
@pytest.mark.parametrize("frequency_hz, axis", [(22.0, 0), (22.0, 1), (75.0, 2)])
def test_a_new_line_is_named_by_its_axis_and_a_band_that_holds_it(models, feature_set, frequency_hz, axis):
    said = explain(models[feature_set], with_line(machine(2, seed=1), frequency_hz, axis))
    name, low_hz, high_hz, ratio, _ = BAND.fullmatch(said).groups()
    assert name == "xyz"[axis]
    assert float(low_hz) <= frequency_hz <= float(high_hz)
    assert float(ratio) > 2 and "1/" not in said


def test_the_ratio_is_that_of_the_bands_power(models):
    model = models["vibration"]
    shaken = with_line(machine(2, seed=1), 75.0, 2)
    band = int(75.0 / (RATE_HZ / 2) * 24)
    normal = np.exp(model.modes[0].mean[band])
    now = np.exp(model.features(numeric, counts_of(shaken), SCALE_G)[band])
    assert float(BAND.fullmatch(explain(model, shaken))[4]) == pytest.approx(now / normal, rel=0.05)


def test_energy_that_is_missing_is_said_as_a_fraction():
    loud = with_line(machine(300), 75.0, 0)
    said = explain(trained(loud, "vibration"), machine(2, seed=1))
    axis_and_band, ratio = re.fullmatch(r"([xyz]: energy at \d+-\d+ Hz) 1/(\d+) of normal", said).groups()
    low_hz, high_hz = map(float, re.search(r"(\d+)-(\d+)", axis_and_band).groups())
    assert low_hz <= 75.0 <= high_hz and int(ratio) > 2


@pytest.mark.parametrize("normally, now, amount", [("coupled", "free", "less"), ("free", "coupled", "more")])
def test_axes_that_move_together_otherwise_are_named(normally, now, amount):
    free = np.random.default_rng(0).normal(0, 0.02, (300 * 250, 3))
    coupled = free @ np.linalg.cholesky([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]]).T
    samples_g = {"free": free + (0, 0, 1), "coupled": coupled + (0, 0, 1)}
    said = explain(trained(samples_g[normally], "vibration"), samples_g[now][-WINDOW_LEN:])
    assert said == f"x and y move together {amount} than normal"


def test_axes_that_turn_against_each_other_are_said_so():
    rng = np.random.default_rng(0)
    free = rng.normal(0, 0.02, (300 * 250, 3)) + (0, 0, 1)
    seen = free[-WINDOW_LEN:].copy()
    seen[:, 2] = 1 - seen[:, 1]
    assert explain(trained(free, "vibration"), seen) == "y and z move against each other more than normal"


def test_a_stronger_axis_is_named_with_its_deviation(models):
    shaken = machine(2, seed=1)
    shaken[:, 1] = shaken[:, 1].mean() + 3 * (shaken[:, 1] - shaken[:, 1].mean())
    assert re.fullmatch(r"y: median absolute deviation [23][.\d]*x normal", explain(models["mad"], shaken))


# One statistic at a time, with the rest at its normal value: what is said follows from that feature alone.
@pytest.mark.parametrize(
    "name, change, expected",
    [
        ("log_sd_x", np.log(1.5), "x: standard deviation 1.5x normal"),
        ("log_mad_y", np.log(1.5), "y: median absolute deviation 1.5x normal"),
        ("log_extent_z", np.log(2.5), "z: peak to peak 2.5x normal"),
        ("log_step_x", -np.log(4), "x: change from sample to sample 1/4 of normal"),
        ("log_kurtosis_x", np.log(12), "x: kurtosis 12x normal"),
    ],
)
def test_a_logarithm_is_said_as_the_ratio_of_what_it_measures(models, name, change, expected):
    assert explain_statistic(models["statistics"], name, lambda normal: normal + change) == expected


def test_crossings_are_said_as_how_often(models):
    said = explain_statistic(models["statistics"], "crossings_x", lambda normal: 1.4 * normal)
    assert said == "x: crosses its mean 1.4x as often"


def explain_statistic(model, name, change):
    place = features.names("statistics").index(name)
    # Statistics that go together share the blame; without their correlations the one changed has it all.
    measured = list(model.modes[0].mean)
    measured[place] = change(measured[place])
    return explain_features(without_correlations(model), measured, np.zeros((WINDOW_LEN, 3)))


def without_correlations(model, stretch=None):
    """Return a model of one mode that takes each feature's gap as it is, or times a stretch."""
    size = len(model.modes[0].mean)
    identity = [int(i == j) for j in range(size) for i in range(j + 1)]
    alone = copy.copy(model)
    alone.modes = [Mode("normal", model.modes[0].mean, [Metric(identity, [1.0] * size, stretch)])]
    return alone


def test_a_stretch_weighs_the_features(models):
    model, (first, second) = models["statistics"], (0, 1)
    measured = list(model.modes[0].mean)
    measured[first], measured[second] = measured[first] + 0.3, measured[second] + 0.2
    names = features.names("statistics")
    said = []
    for weight in (1.0, 10.0):
        stretch = [weight if k == second else 1.0 for k in range(len(names))]
        said.append(
            explain_features(without_correlations(model, stretch), measured, np.zeros((WINDOW_LEN, 3)))
        )
    assert said[0] != said[1]
    assert [text[0] for text in said] == [names[first][-1], names[second][-1]]


@pytest.mark.parametrize("feature_set", features.SETS)
def test_the_shares_sum_to_the_squared_distance(models, feature_set):
    model = models[feature_set]
    mean, metric = model.modes[0].mean, model.modes[0].metrics[0]
    columns = np.tril_indices(len(mean))[0]
    packed = np.asarray(metric.whitening) * np.asarray(metric.scales)[columns]
    whitening = np.zeros((len(mean), len(mean)))
    whitening.T[np.tril_indices(len(mean))] = packed
    recordings = [make_recording("a", "a", [("0000", machine(20, seed=2))], sample_rate_hz=RATE_HZ)]
    for row in measure(cut_windows(recordings, RATE_HZ, WINDOW_LEN), feature_set, model.pose_mean).features:
        gap = np.asarray(model.residual(numeric, row, 0)) * (metric.stretch if metric.stretch else 1.0)
        terms = shares(gap, packed)
        expected = mahalanobis(gap, np.zeros(len(gap)), whitening @ whitening.T)
        assert terms.sum() == pytest.approx(expected**2, rel=1e-9)  # the same sum in another order
        distance = model.distance(numeric, model.residual(numeric, row, 0), 0)
        assert terms.sum() == pytest.approx(distance**2, rel=1e-5)  # of float32 boards


@pytest.mark.parametrize(("kind", "bands"), [("band", 12), ("band_x", 4), ("band_z", 4)])
def test_the_weights_of_bands_that_overlap_add_up_to_one_in_every_bin(kind, bands):
    found = bands_of("directional", kind, WINDOW_LEN)
    total = np.zeros(WINDOW_LEN // 2)
    for band in found:
        total[band.start : band.stop] += band.weights
    assert len(found) == bands and total[0] == 0  # not that of what does not move
    assert total[1:] == pytest.approx(np.ones(WINDOW_LEN // 2 - 1))


@pytest.mark.parametrize("frequency_hz", [3.0, 12.0, 20.5, 26.0, 47.0, 80.0, 120.0])
def test_a_line_that_two_bands_share_is_within_what_is_told_of_either(models, frequency_hz):
    model = models["directional"]
    shaken = with_line(np.zeros((WINDOW_LEN, 3)), frequency_hz, 0)
    names = features.names("directional")
    for place, name in enumerate(names):
        if name.startswith("band_x"):
            band = bands_of("directional", "band_x", WINDOW_LEN)[int(name[-1])]
            at = round(frequency_hz / RATE_HZ * WINDOW_LEN)
            if band.start <= at < band.stop and band.weights[at - band.start] > 0.1:
                measured = list(model.modes[0].mean)
                measured[place] += np.log(4)
                said = explain_features(without_correlations(model), measured, shaken)
                _, low_hz, high_hz, *_ = BAND.fullmatch(said).groups()
                assert float(low_hz) <= frequency_hz <= float(high_hz), name


def test_a_band_of_one_axis_names_that_axis(models):
    model = models["directional"]
    place = features.names("directional").index("band_y_2")
    measured = list(model.modes[0].mean)
    measured[place] += np.log(4)
    said = explain_features(without_correlations(model), measured, np.zeros((WINDOW_LEN, 3)))
    assert re.fullmatch(r"y: energy at \d+-\d+ Hz 4x normal", said)


def test_a_model_of_one_level_says_it_as_it_did():
    data = (Path(__file__).parents[1] / "data" / "fan-3bbd05be.judder.json").read_bytes()
    detector = model_file.load(data, numeric).detectors[0]
    rng = np.random.default_rng(0)
    samples_g = with_line(rng.normal((0, 0, 1), 0.01, (64, 3)), 60.0, 1)
    counts = np.rint(samples_g / SCALE_G).astype(int).ravel().tolist()
    said = why(detector, detector.features(numeric, counts, SCALE_G), counts, SCALE_G, RATE_HZ)
    axis, low_hz, high_hz, *_ = BAND.fullmatch(said).groups()
    assert axis == "y" and float(low_hz) <= 60.0 <= float(high_hz)


def test_of_several_modes_of_one_level_the_nearest_is_compared_with():
    identity = [1.0, 0.0, 1.0]
    detector = SimpleNamespace(modes=[("a", [0.0, 0.0], identity), ("b", [4.0, 0.0], identity)])
    assert nearest_mode(detector, np.array([3.0, 0.0]))[0].tolist() == [4.0, 0.0]


def test_the_nearest_mode_is_what_is_compared_with():
    quiet, loud = machine(200), with_line(machine(200, seed=3), 75.0, 0, peak_g=0.2)
    recordings = [
        make_recording(name, name, [("0000", samples)], sample_rate_hz=RATE_HZ)
        for name, samples in (("quiet", quiet), ("loud", loud))
    ]
    windows = cut_windows(recordings, RATE_HZ, WINDOW_LEN)
    model = train(windows).core
    said = explain(model, with_line(loud, 22.0, 0, peak_g=0.2))
    axis, low_hz, high_hz, *_ = BAND.fullmatch(said).groups()
    assert axis == "x" and float(low_hz) <= 22.0 <= float(high_hz) < 75.0
