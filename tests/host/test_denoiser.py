"""The denoising autoencoder by itself: alive, the same for the same seed, and near the ideal."""

import numpy as np
import pytest
from judder.detectors import AutoencoderDetector
from judder.detectors import liveness as life
from judder.detectors.autoencoder import GAIN, NOISE
from judder.errors import JudderError
from judder_core.autoencoder import Layer

pytest.importorskip("tensorflow", reason="The extra is not installed: make install")


def rows(n=300, seed=0):
    """Return what single windows of a Gaussian mode are once whitened, (n, 4), and their modes."""
    return np.random.default_rng(seed).normal(0, NOISE, (n, 4)), np.full(n, "low")


@pytest.fixture(scope="module")
def several():
    return AutoencoderDetector(seeds=3, steps=1500).fit(*rows())


def test_the_seed_kept_is_the_best_on_normal_windows_held_out(several):
    errors = [candidate.proof.error for candidate in several.candidates_]
    assert len(errors) == 3 and errors == sorted(errors)
    assert several.layers_ is several.candidates_[0].layers


def test_a_seed_trains_the_same_network_whatever_others_are_trained_with(several):
    alone = AutoencoderDetector(seeds=[2], steps=1500).fit(*rows())
    (other,) = [candidate for candidate in several.candidates_ if candidate.seed == 2]
    for one, two in zip(alone.layers_, other.layers, strict=True):
        assert one.weights == two.weights and one.bias == two.bias


def test_the_network_approaches_the_ideal_denoiser_of_a_gaussian(several):
    # Noise as large as the mode: the best estimate is half the input. 240 windows leave it some way off.
    factors = several.factor_with(several.layers_, rows(200, seed=9)[0])
    assert GAIN == 2 and np.median(factors) == pytest.approx(1.0, abs=0.15)


def broken(layers, change):
    """Return layers with change(weights as an array, bias) made to each."""
    made = []
    for k, part in enumerate(layers):
        weights, bias = np.array(part.weights).reshape(len(part.bias), -1), np.array(part.bias)
        change(k, weights, bias)
        made.append(Layer(weights.ravel().tolist(), part.scale, bias.tolist(), part.relu))
    return made


def zeroed(k, weights, bias):
    weights[:] = 0


def unit_off(k, weights, bias):
    if k == 0:
        weights[1], bias[1] = 0, -1


def shifted(k, weights, bias):
    if k == 1:
        bias += 5 * NOISE


REFUSED = {
    "output does not follow input": (zeroed, "correlates with its input by 0.00"),
    "a dead unit": (unit_off, "hidden unit 1 does not vary"),
    "worse than the mean": (shifted, "that of predicting the mean"),
}


@pytest.mark.parametrize("change, said", REFUSED.values(), ids=REFUSED)
def test_each_refusal_of_the_proof_of_life_fires(several, change, said):
    held_out = rows(100, seed=4)[0]
    noisy = held_out + np.random.default_rng(5).normal(0, NOISE, held_out.shape)
    assert life.examine(several.layers_, rows()[0], held_out, noisy).complaint() is None
    dead = broken(several.layers_, change)
    assert said in life.examine(dead, rows()[0], held_out, noisy).complaint()


def test_training_refuses_a_dead_autoencoder(monkeypatch):
    import judder.detectors.tensorflow

    def dead(clean, held_out, *, hidden, seeds, **_):
        width = clean.shape[1]
        shapes = ((width, hidden[0]), (hidden[0], width))
        return [[(np.zeros(shape), np.zeros(shape[1])) for shape in shapes] for _ in seeds]

    monkeypatch.setattr(judder.detectors.tensorflow, "train_denoisers", dead)
    with pytest.raises(JudderError, match="The best of 2 autoencoders is dead") as caught:
        AutoencoderDetector(seeds=2).fit(*rows())
    assert "--seeds" in caught.value.hint


def test_the_bar_moves():
    seen = []
    AutoencoderDetector(seeds=1, steps=500, progress=seen.append).fit(*rows())
    assert len(seen) >= 3 and seen == sorted(seen) and seen[-1] <= 1.0
