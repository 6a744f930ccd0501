"""The distance to where normal windows lie dense, learned by a network that takes noise away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from judder_core import autoencoder, autoencoder_v1
from judder_core.autoencoder import Layer

from judder.detectors import liveness as life
from judder.detectors.base import Floats, Learned, Names, Network
from judder.detectors.mahalanobis import MahalanobisDetector
from judder.engine import numeric_numpy
from judder.errors import JudderError

NOISE = 1.0
"""Deviation of the noise in training, in whitened units: as much as a mode has.

Of .5, 1 and 2, tried on one half of the published recordings' blocks, .5 was worse on two tasks; 2 sees less
of a normal that is no ellipse."""
GAIN = (1 + NOISE**2) / NOISE**2
LIMIT = 8.0
"""Where the network's inputs are cut off. Normal ones are within 4; int8 divides the range in 255."""
SPARE_UNITS = 5
"""Hidden units more than features: a narrower layer lets through some directions, by chance."""
HELD_OUT = 0.2
SEEDS = 3


@dataclass(frozen=True)
class Candidate:
    """A trained network and its proof of life, which has its error on windows held out."""

    seed: int
    layers: tuple[Layer, ...]
    proof: life.Proof


class AutoencoderDetector:
    """A denoising autoencoder over features that the nearest operating mode's Gaussian whitens.

    deviation_floor: as MahalanobisDetector's, which does the whitening. seeds: how many networks are trained,
    or their seeds; the one kept is the best on the last fifth in time of each mode's normal windows, which
    none was fitted to. steps: of training. progress: is told the share that is done, 0 to 1.

    front_: the MahalanobisDetector. candidates_: those that live, best first. layers_: of the first.
    Weights are rounded to the int8 that the artefact keeps.
    """

    kind = "autoencoder"

    def __init__(
        self,
        deviation_floor: float = 0.0,
        seeds: int | Sequence[int] = SEEDS,
        steps: int = 2000,
        progress: Callable[[float], None] | None = None,
    ) -> None:
        self.deviation_floor = deviation_floor
        self.seeds = tuple(range(seeds)) if isinstance(seeds, int) else tuple(seeds)
        if not self.seeds:
            raise JudderError(f"Of {seeds} seeds no network can be the best.", hint="Give 1 or more.")
        self.steps = steps
        self.progress = progress

    def fit(self, features: Floats, operating_modes: Names) -> Self:
        from judder.detectors.tensorflow import train_denoisers  # TensorFlow, which scoring does without

        self.front_ = MahalanobisDetector(self.deviation_floor).fit(features, operating_modes)
        clean = np.clip(self.whiten(features), -LIMIT, LIMIT)
        late = _last_of_each(operating_modes)
        held_out, noisy = _with_noise(clean[late])
        width = features.shape[1]
        trained = train_denoisers(
            clean[~late],
            (held_out, noisy),
            hidden=(width + SPARE_UNITS,),
            seeds=self.seeds,
            noise=NOISE,
            steps=self.steps,
            progress=self.progress,
        )
        found = []
        for seed, dense in zip(self.seeds, trained, strict=True):
            layers = tuple(rounded(*part, relu=k < len(dense) - 1) for k, part in enumerate(dense))
            found.append(Candidate(seed, layers, life.examine(layers, clean[~late], held_out, noisy)))
        self.candidates_ = _living(found)
        self.layers_ = self.candidates_[0].layers
        return self

    def fresh(self) -> Self:
        return type(self)(self.deviation_floor, self.seeds[:1], self.steps, self.progress)

    def whiten(self, features: Floats) -> Floats:
        """Return z (n, n_features), whitened by the nearest mode."""
        columns = list(((features - self.front_.mean_) / self.front_.std_).T)
        z = autoencoder_v1.whitened_by_nearest(columns, self.front_.modes_, numeric_numpy)
        return np.stack(z, axis=-1)

    def score(self, features: Floats) -> Floats:
        return self.score_with(self.layers_, self.whiten(features))

    @staticmethod
    def score_with(layers: Sequence[Layer], z: Floats) -> Floats:
        """Return the scores (n,) of whitened features by one candidate's layers."""
        columns = list(z.T)
        seen = autoencoder.cut_off(columns, LIMIT, numeric_numpy)
        reconstruction = autoencoder.reconstruct(seen, layers, numeric_numpy)
        return np.asarray(autoencoder.distance(columns, reconstruction, GAIN, numeric_numpy))

    def learned(self) -> Learned:
        best = self.candidates_[0]
        training = {"seed": best.seed, "seeds": len(self.seeds), **best.proof.to_dict()}
        return replace(self.front_.learned(), network=Network(LIMIT, GAIN, self.layers_, training))


def _living(found: list[Candidate]) -> list[Candidate]:
    """Return those that live, best first. Raises JudderError where none does."""
    found.sort(key=lambda candidate: candidate.proof.error)
    living = [candidate for candidate in found if not candidate.proof.complaint()]
    if not living:
        raise JudderError(
            f"The best of {len(found)} autoencoders is dead: {found[0].proof.complaint()}.",
            hint="Record more normal windows, or train more of them: --seeds 10",
        )
    return living


def rounded(kernel: Floats, bias: Floats, relu: bool) -> Layer:
    """Return the Layer of kernel (inputs, outputs), as TFLite quantises it: one scale, symmetric, int8."""
    scale = float(np.float32(np.abs(kernel).max() / 127)) or 1.0
    whole = np.rint(kernel.T / scale).astype(np.int8)
    return Layer(whole.ravel().tolist(), scale, np.asarray(bias, np.float32).astype(float).tolist(), relu)


def _last_of_each(operating_modes: Names) -> Any:
    """Return which rows, (n,), are the last fifth of their mode's."""
    late = np.zeros(len(operating_modes), bool)
    for name in dict.fromkeys(operating_modes.tolist()):
        mine = np.flatnonzero(operating_modes == name)
        late[mine[len(mine) - max(1, round(HELD_OUT * len(mine))) :]] = True
    return late


def _with_noise(clean: Floats, times: int = 4) -> tuple[Floats, Floats]:
    """Return clean several times over, without and with noise: the same for every candidate."""
    repeated = np.tile(clean, (times, 1))
    return repeated, repeated + np.random.default_rng(0).normal(0, NOISE, repeated.shape)
