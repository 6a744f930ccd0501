"""The judge of one machine: its windows in, verdicts out."""

from . import pose, stats
from .any_judge import AnyJudge
from .decision import LEVELS, STANDSTILL
from .evidence import Evidence

TEN = (1 << 10) - 1  # a bit each: the windows of which most_disturbed may be left out


def make(model, numeric, judged_by, detector=None):
    """Return the judge of one machine by a model of whichever version; see AnyJudge."""
    if model.version == 1:
        from . import judge_v1  # 6 kB that a board of today does not pay

        return judge_v1.Judge(model, numeric, judged_by, detector)
    return Judge(model, numeric, judged_by, detector)


class Judge(AnyJudge):
    """By a model of version 2.

    update() is gather() and conclude(); who judges many windows at once calls these, and the model's
    distances() and scores() between them.
    """

    def __init__(self, model, numeric, judged_by, detector=None):
        AnyJudge.__init__(self, model, numeric, judged_by, detector)
        stops = model.standstill_g is not None
        self._evidence = Evidence(model.lengths, len(model.modes[0].mean), numeric, stops)
        self._pose = pose.PoseWatch(model.pose_mean, model.pose_tolerance_g, numeric)
        self.restart()

    def restart(self):
        self._pose.clear()
        self._evidence.clear()
        self._begin()

    def rest(self):
        """Take in that the machine stands still in the next window; what it showed before counts on."""
        self._evidence.rest()
        self._begin()

    def _begin(self):
        """Forget what only tells a window from the one before it."""
        self._mode = None  # of the last window
        # Of the last ten windows, a bit each, the newest lowest. A bump is one that calm windows came before.
        self._disturbed = TEN

    def update(self, counts, scale_g):
        """Return the Verdict on the next window: counts x, y, z interleaved, g per count."""
        model, numeric = self.model, self._numeric
        batch = numeric.batch(counts)
        axes = stats.centred(numeric, batch)
        motion = measure(numeric, batch, axes, scale_g, model.window_len)
        if model.stands_still(motion.rms_g):
            return self.stand_still()
        return self.judge(numeric.vector(model.features(numeric, batch, scale_g, axes)), motion)

    def judge(self, measured, motion):
        """Return the Verdict on the next window, of a machine that runs, by its features and its Motion."""
        model, numeric, detector = self.model, self._numeric, self.detector
        distances = model.distances(numeric, measured)
        score = min(distances)
        goes = self._mode is not None and distances.index(score) != self._mode
        mode = settled(distances, self._mode, detector.threshold)
        residual = model.residual(numeric, measured, mode)
        score *= detector.factor(numeric, residual, model.modes[mode])
        goes = goes and score > detector.threshold
        skipped, means = self.gather(mode, residual, motion.swing_g, goes)
        scores = [
            model.scores(numeric, detector, mode, model.lengths[k], means[k])
            for k in range(len(means))
            if means[k] is not None
        ]
        return self.conclude(mode, skipped, score, scores, motion)

    def stand_still(self):
        """Return the Verdict on the next window, of a machine at rest: nothing is judged until it runs."""
        self.rest()
        verdict = self.detector.verdict(0.0, None, None, self._judged_by)
        verdict.p_value = None
        verdict.mounting_changed = self._pose.changed
        verdict.state = STANDSTILL
        return verdict

    @property
    def means(self):
        """The mean residual of each of the model's lengths, None while there are few windows."""
        return self._evidence.means

    def gather(self, mode, residual, swing_g, goes):
        """Take in one window, the number of its mode and its residual, a row of float32.

        goes: whether the machine goes to another mode: its own score is over the threshold, and another mode
        is nearest than the last window's. That is so as well where it is settled() with the last one's.

        Return (whether it is left out of the evidence, as the first after a rest is, and a few disturbed ones
        of ten; the mean residual of each of the model's lengths, None while there are few).
        """
        starts = self._evidence.go_on()
        self._mode = mode
        disturbed = goes or swing_g > self.model.disturbed_g
        self._disturbed = ((self._disturbed << 1) | disturbed) & TEN
        # A machine that often knocks is no bump: then its windows count.
        skipped = starts or (disturbed and bin(self._disturbed).count("1") <= self.model.most_disturbed)
        if not skipped:
            self._evidence.add(residual)
        return skipped, self.means

    def conclude(self, mode, skipped, score, scores, motion):
        """Return the Verdict that follows from a window's own score and its Motion, and from the evidence:
        [notice, alarm], None where it has none, for each length of which there are enough windows.
        """
        verdict = self.detector.verdict(score, _largest(scores, 0), _largest(scores, 1), self._judged_by)
        self._pose.update(motion.pose, motion.rms_g, motion.error_g2)
        verdict.mode = mode
        verdict.mounting_changed = self._pose.changed
        if skipped:
            verdict.anomaly = False
            verdict.state = "disturbed"
        elif verdict.level or not verdict.mounting_changed:
            verdict.state = LEVELS[verdict.level]
        else:
            verdict.state = "mounting changed"
        return verdict


class Motion:
    """How one window moves, see judder_core.pose: pose in g, swing_g, rms_g, and error_g2 of the pose."""

    def __init__(self, pose, swing_g, rms_g, error_g2):
        self.pose = pose
        self.swing_g = swing_g
        self.rms_g = rms_g
        self.error_g2 = error_g2


def measure(numeric, counts, axes, scale_g, window_len):
    """Return the Motion of a window; axes: stats.centred() of it."""
    where, swing_g = pose.measure(numeric, counts, scale_g, window_len)
    return Motion(where, swing_g, *pose.spread(numeric, counts, axes, scale_g, window_len))


def settled(distances, before, threshold):
    """Return the number of the mode that a window is taken to be of, by its distance from each.

    before: the number of the last window's, or None. It is the nearest mode. But a strange window stays with
    the mode before while it is about as far from that: between two modes it would count to either in turn,
    and the residuals would cancel out.
    """
    nearest = min(distances)
    if before is not None and nearest > threshold and 2 * nearest > distances[before]:
        return before
    return list(distances).index(nearest)


def _largest(scores, which):
    largest = None
    for pair in scores:
        score = pair[which]
        if largest is None or (score is not None and score > largest):
            largest = score
    return largest
