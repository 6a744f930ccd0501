"""The autoencoder of models of version 1: its score is what the network takes away, see autoencoder."""

from . import mahalanobis, mahalanobis_v1
from .autoencoder import KIND, Network
from .model_v1 import Detector


class AutoencoderDetector(Network, Detector):
    """What a denoising autoencoder takes away from features whitened by the nearest operating mode.

    modes: as Mahalanobis has them.
    """

    kind = KIND

    def score_scaled(self, numeric, scaled):
        return self.taken_away(numeric, whitened_by_nearest(scaled, self.modes, numeric))


def whitened_by_nearest(features, modes, numeric):
    """Return features whitened by the nearest of modes, each a tuple (name, mean, packed).

    >>> from judder_core import numeric
    >>> modes = [("low", [0.0], [1.0]), ("high", [10.0], [0.5])]
    >>> list(whitened_by_nearest([8.0], modes, numeric))
    [-1.0]
    """
    nearest = least = None
    for _, mean, packed in modes:
        z = mahalanobis_v1.whitened(features, mean, packed, numeric)
        away = mahalanobis.length(z, numeric)
        if least is None:
            nearest, least = z, away
            continue
        nearest = numeric.choose(away < least, z, nearest)
        least = numeric.minimum(least, away)
    return nearest
