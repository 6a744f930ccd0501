"""The board's own verdict on a window, and whether the host should be asked for its opinion."""

from judder_core.judge import Judge

from .engine import ENGINE, numeric  # noqa: F401  both are asked of it


class Scorer:
    """model: a Model, or None: then every window asks the host, unless fallback is "never"."""

    def __init__(self, model, fallback):
        self.model = model
        self._judge = Judge(model, numeric, "board") if model else None
        self._fallback = fallback
        self._next_seq = None

    def score(self, window):
        """Return the Verdict on window, or None where the board cannot judge it."""
        if self.model is None or self.model.fits(window.window_len, window.sample_rate_hz):
            return None
        if window.seq != self._next_seq:
            self._judge.restart()  # as the server does: samples were lost in between
        self._next_seq = window.seq + 1
        return self._judge.update(window.counts, window.scale_g)

    def wants_opinion(self, verdict):
        """Return whether the host should judge the window that got verdict."""
        if self._fallback == "never":
            return False
        if self._fallback == "always" or verdict is None:
            return True
        return self._judge.detector.in_grey_zone(verdict.combined_score)
