"""The board's own verdict on a window, and whether the host should be asked for its opinion."""

from judder_core import model as artefact

try:
    from . import numeric_ulab as numeric

    ENGINE = "ulab"
except ImportError:  # a firmware without ulab: the same results, only slower
    from judder_core import numeric

    ENGINE = "pure"


class Scorer:
    """model: a Model, or None: then every window asks the host. fallback: grey_zone, always or never."""

    def __init__(self, model, fallback):
        self.model = model
        self._fallback = fallback

    def score(self, window):
        """Return the Verdict on window, or None where the board cannot judge it."""
        model = self.model
        if model is None or model.fits(window.window_len, window.sample_rate_hz):
            return None
        detector = model.detectors[0]
        measured = detector.features(numeric, numeric.batch(window.counts), window.scale_g)
        return detector.verdict(detector.score(numeric, measured), "board")

    def wants_opinion(self, verdict):
        """Return whether the host should judge the window that got verdict."""
        if self._fallback == "never":
            return False
        if self._fallback == "always" or verdict is None:
            return True
        return self.model.detectors[0].in_grey_zone(verdict.score)


def load_model(path):
    """Return the Model in the file at path, or None if there is none.

    Raises ModelError where it is damaged, or this board does not come to the scores its maker came to.
    """
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return None
    return artefact.load(data, numeric)
