"""What of a residual is strange to normal windows, learned by a network that takes noise away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from judder_core import autoencoder
from judder_core.autoencoder import Layer

from judder.detectors import liveness as life
from judder.detectors.base import Floats, Names, Network
from judder.engine import numeric_numpy
from judder.errors import JudderError

NOISE = float(np.sqrt(5))
"""Deviation of the noise in training, in whitened units: as much as a single window of a mode has, since the
metric whitens the mean of five.

Of half, once and twice as much, tried on one half of the published recordings' blocks, half was worse on two
tasks; twice sees less of a normal that is no ellipse."""
GAIN = 2.0
"""A network takes away half of Gaussian windows under as much noise as they have."""
LIMIT = 18.0
"""Where the network's inputs are cut off. Normal ones are within 9; int8 divides the range in 255."""
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
    """A denoising autoencoder over residuals that the model's first metric whitens.

    seeds: how many networks are trained, or their seeds; the one kept is the best on the last fifth in time
    of each mode's normal windows, which none was fitted to. steps: of training. progress: is told the share
    that is done, 0 to 1.

    candidates_: those that live, best first. layers_: of the first. Weights are rounded to the int8 that the
    artefact keeps.
    """

    kind = "autoencoder"

    def __init__(
        self,
        seeds: int | Sequence[int] = SEEDS,
        steps: int = 2000,
        progress: Callable[[float], None] | None = None,
    ) -> None:
        self.seeds = tuple(range(seeds)) if isinstance(seeds, int) else tuple(seeds)
        if not self.seeds:
            raise JudderError(f"Of {seeds} seeds no network can be the best.", hint="Give 1 or more.")
        self.steps = steps
        self.progress = progress

    def fit(self, whitened: Floats, modes: Names) -> Self:
        from judder.detectors.tensorflow import train_denoisers  # TensorFlow, which scoring does without

        clean = np.clip(whitened, -LIMIT, LIMIT)
        late = _last_of_each(modes)
        held_out, noisy = _with_noise(clean[late])
        trained = train_denoisers(
            clean[~late],
            (held_out, noisy),
            hidden=(whitened.shape[1] + SPARE_UNITS,),
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
        return type(self)(self.seeds[:1], self.steps, self.progress)

    def factor(self, whitened: Floats) -> Floats:
        return self.factor_with(self.layers_, whitened)

    @staticmethod
    def factor_with(layers: Sequence[Layer], whitened: Floats) -> Floats:
        """Return the factors (n,) of whitened residuals by one candidate's layers."""
        columns = list(whitened.T)
        seen = autoencoder.cut_off(columns, LIMIT, numeric_numpy)
        reconstruction = np.stack(autoencoder.reconstruct(seen, layers, numeric_numpy), axis=-1)
        gap, length = np.linalg.norm(whitened - reconstruction, axis=1), np.linalg.norm(whitened, axis=1)
        factors: Floats = GAIN * gap / np.maximum(length, 1e-12)
        return factors

    def network(self) -> Network:
        best = self.candidates_[0]
        training = {"seed": best.seed, "seeds": len(self.seeds), **best.proof.to_dict()}
        return Network(LIMIT, GAIN, self.layers_, training)


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
