"""What judges by models of each version have in common."""

MOST_MISSED = 5  # windows in a row; after more of them the machine may be another than it was


class AnyJudge:
    """What a model says of one machine's windows, one after another.

    detector: one of the model's, the first unless given. judged_by: "board" or "host".
    """

    def __init__(self, model, numeric, judged_by, detector):
        self.model = model
        self.detector = detector or model.detectors[0]
        self._numeric = numeric
        self._judged_by = judged_by
        self._boot_id = self._seq = None

    def follow(self, boot_id, seq):
        """Say which window comes next. What was seen before counts where only few are missing between."""
        if boot_id != self._boot_id or not 0 < seq - self._seq <= MOST_MISSED + 1:
            self.restart()
        self._boot_id, self._seq = boot_id, seq

    def restart(self):
        """Forget the windows so far: the machine may be another."""
        raise NotImplementedError
