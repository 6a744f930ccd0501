"""A window: consecutive samples that are scored together, and where they came from."""

AXES = 3

FLAG_CLOCK_SYNCED = 1
FLAG_LATE = 2
FLAG_BACKLOG = 4
FLAG_LOCAL_SCORE = 8
FLAG_OPINION_WANTED = 16
FLAG_ALERT = 32
FLAG_LOST = 64  # samples are missing: whoever judges leaves it out
FLAG_NOTICE = 128
FLAG_MOUNTING = 256

NO_MODEL = b"\0\0\0\0"


class Window:
    """One window of one board; (device_id, boot_id, seq) names it for ever.

    counts: x, y, z interleaved, axes * window_len numbers, int16 in units of scale_g (g per count). Data
    that sit on no grid come as float32 with scale_g 1. None at all: its board kept them for itself. sensor:
    the part's code, see judder_node.sensors; 0 is unknown.
    sample_rate_hz: measured, not hoped for. timestamp_us: Unix time of the first sample, 0 if unknown.
    local_score: the board's own score, valid with FLAG_LOCAL_SCORE. model_hash: the first four bytes of
    the SHA-256 of the model file it was scored with. verdict: the board's, level: the debounced one after it,
    0 to 2; each None where the board has not judged the window, or does not say how. features: those that the
    board measured, float32, or None where it does not send them.
    """

    def __init__(
        self,
        counts,
        scale_g,
        sample_rate_hz,
        device_id=b"\0\0\0\0\0\0",
        boot_id=0,
        seq=0,
        timestamp_us=0,
        flags=0,
        sensor=0,
        local_score=0.0,
        model_hash=NO_MODEL,
        verdict=None,
        level=None,
        axes=AXES,
        features=None,
    ):
        self.counts = counts
        self.scale_g = scale_g
        self.sample_rate_hz = sample_rate_hz
        self.device_id = device_id
        self.boot_id = boot_id
        self.seq = seq
        self.timestamp_us = timestamp_us
        self.flags = flags
        self.sensor = sensor
        self.local_score = local_score
        self.model_hash = model_hash
        self.verdict = verdict
        self.level = level
        self.axes = axes
        self.features = features

    @property
    def window_len(self):
        return len(self.counts) // self.axes
