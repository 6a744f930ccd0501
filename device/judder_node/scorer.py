"""The board's own verdict on a window, and whether the host should be asked for its opinion."""

import gc

from judder_core.judge import make
from judder_core.window import FLAG_LOST

from .engine import numeric


class Scorer:
    """model: a Model, or None: then every window asks the host, unless fallback is "never".

    why_not: why the last window was not judged, a sentence, or None. unjudged: how many those are.
    """

    def __init__(self, model, fallback):
        self.model = model
        self._judge = make(model, numeric, "board") if model else None
        self._fallback = fallback
        self.why_not = None
        self.unjudged = 0

    def score(self, window):
        """Return the Verdict on window, or None where the board cannot judge it: see why_not."""
        verdict = None
        try:
            self.why_not = self._misfit(window)
            if self.why_not is None:
                self._judge.follow(window.boot_id, window.seq)
                verdict = self._judge.update(window.counts, window.scale_g)
        except MemoryError:  # one window unjudged is better than a board that stopped watching
            gc.collect()
            self.why_not = "The board's memory is full."
        if verdict is None:
            self.unjudged += 1
        return verdict

    def _misfit(self, window):
        if window.flags & FLAG_LOST:
            return "Samples were lost."
        if self.model is None:
            return "There is no model."
        misfit = self.model.fits(window.window_len, window.sample_rate_hz)
        return misfit and misfit[0].upper() + misfit[1:] + "."

    def wants_opinion(self, window, verdict):
        """Return whether the host should judge window, which got verdict here."""
        if self._fallback == "never" or window.flags & FLAG_LOST:
            return False
        if self._fallback == "always" or verdict is None:
            return True
        return self._judge.detector.in_grey_zone(verdict.combined_score)
