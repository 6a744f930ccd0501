"""What the person who trains should know: what these recordings cannot tell."""

from judder.detectors.mahalanobis import OWN_CORRELATION, PRIOR_SESSIONS
from judder.training.fitting import EVIDENCE, Fitted, moves
from judder.training.standstill import at_rest
from judder.training.thresholds import DAY_S

SOON = 400
"""Windows of a condition that a model is at ease with: seven minutes of them."""


def advise(fitted: Fitted) -> tuple[str, ...]:
    """Return sentences on what the model cannot promise."""
    return (
        *_few(fitted),
        *_notices(fitted),
        *_days(fitted),
        *_pose(fitted),
        *_rest(fitted),
        *_stuck(fitted),
    )


def _few(fitted: Fitted) -> list[str]:
    hop_share = fitted.unseen.hop_share
    apart = {condition: count * hop_share for condition, count in _windows_of(fitted).items()}
    few = {condition: count for condition, count in apart.items() if count < OWN_CORRELATION}
    if not few:
        return []
    said = ", ".join(f"{condition}: {count:.0f}" for condition, count in few.items())
    apart_only = " that share no sample" if hop_share < 1 else ""
    return [
        f"Few windows ({said}{apart_only}): how the features of a mode go together is taken from all modes,"
        f" and the thresholds are wide. Record about {SOON} of each."
    ]


def _windows_of(fitted: Fitted) -> dict[str, int]:
    conditions = fitted.measured.windows.condition[fitted.used].tolist()
    return {condition: conditions.count(condition) for condition in dict.fromkeys(conditions)}


def _notices(fitted: Fitted) -> list[str]:
    """Return a sentence where there are too few windows to show the wish for notices."""
    wish, step_s = fitted.options.notices, fitted.unseen.step_s
    wished, shown = wish.per_window(step_s), 1 / (len(fitted.unseen.unseen[EVIDENCE[0]].score) + 1)
    if shown <= wished * 1.001:
        return []
    return [
        f"The wish of {wish.text} for notices is {wished:.2g} of the windows; these data show no less than"
        f" {shown:.2g}. A recording of {_long(step_s / wished)} would; until then the threshold follows the"
        " tail of the scores that there are."
    ]


def _days(fitted: Fitted) -> list[str]:
    """Return a sentence where there are too few sessions to show the wish for alarms."""
    windows = fitted.measured.windows
    sessions = {
        condition: len(set(windows.group[windows.condition == condition].tolist()))
        for condition in dict.fromkeys(windows.condition.tolist())
    }
    few = [condition for condition, count in sessions.items() if count <= PRIOR_SESSIONS]
    if not few:
        return []
    number = min(sessions[condition] for condition in few)
    what = "one recording" if number == 1 else f"{number} recordings"
    return [
        f"{', '.join(few)}: {what} each. Nothing in {'it' if number == 1 else 'them'} shows how often the"
        f" machine is so different on another day or after remounting, so these data cannot show the wish of"
        f" {fitted.options.false_alarms.text} for alarms: their threshold is what a day plausibly does."
        " Record it again on other days, and train on all of them."
    ]


def _pose(fitted: Fitted) -> list[str]:
    """Return a sentence where nobody can tell how the sensor hangs."""
    if fitted.pose is not None:
        return []
    return [
        "Gravity has no common direction in these recordings, so it is not told when the sensor hangs another"
        " way: that may look like a fault. Record with the sensor mounted as it will stay, gravity included."
    ]


def _rest(fitted: Fitted) -> list[str]:
    """Return sentences where nothing shows how the machine runs, or how the sensor's noise is at rest."""
    resting = at_rest(fitted.measured.windows)
    if resting.all():
        return [
            "The machine is at rest in all of this: it alarms as soon as it runs, and no standstill is known."
            " Record it while it runs, and train on both."
        ]
    still = int((fitted.measured.rms_g[resting] == 0).sum())
    if not still:
        return []
    return [
        f"In {still} of the {resting.sum()} windows at rest nothing moves, not even by the sensor's noise."
        " Such a window is taken for a sensor that is stuck, and alarms. Set a narrower sensor.range_g, and"
        " record again."
    ]


def _stuck(fitted: Fitted) -> list[str]:
    """Return a sentence where nothing moved for a while though the machine was not at rest."""
    running = ~at_rest(fitted.measured.windows)
    stuck = int((running & ~moves(fitted.measured)).sum())
    if not stuck:
        return []
    return [
        f"In {stuck} of {running.sum()} windows nothing moves, not even by the sensor's noise: they are left"
        " out. Such a window is taken for a sensor that is stuck, and alarms. Look at the recording: judder"
        " inspect"
    ]


def _long(seconds: float) -> str:
    hours = seconds / 3600
    return f"{seconds / DAY_S:,.0f} days" if hours > 48 else f"{hours:.1f} hours"
