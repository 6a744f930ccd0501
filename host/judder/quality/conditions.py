"""What tells conditions apart that should not: the pose."""

import itertools
from collections.abc import Iterator

import numpy as np

from judder.quality.findings import Finding, Severity
from judder.quality.survey import Floats, Survey

TOLD_APART = 0.95
"""Accuracy from which pose alone is said to tell two conditions apart."""
SOME, MANY = 0.1, 0.5
"""Shares of the pairs told apart: from the first it is noted, from the second it is a warning."""
BLOCKS = 10
FEWEST_WINDOWS = 6
NAMED = 3
PAIR = ("one", "other", "accuracy")
RIDGE = 0.001
"""Share of the mean variance added to the covariance: few windows may all lie in a plane."""


def confounding(survey: Survey) -> Iterator[Finding]:
    """How many pairs of conditions pose alone tells apart, and how well."""
    poses = {name: means for name, means in survey.poses.items() if len(means) >= FEWEST_WINDOWS}
    pairs = [
        (one, other, told_apart(poses[one], poses[other])) for one, other in itertools.combinations(poses, 2)
    ]
    apart = sorted((pair for pair in pairs if pair[2] >= TOLD_APART), key=lambda pair: -pair[2])
    if len(apart) < max(1, SOME * len(pairs)):
        return
    accuracy = float(np.mean([pair[2] for pair in pairs]))
    named = "; ".join(f"{one} from {other}" for one, other, _ in apart[:NAMED])
    more = f"; and {len(apart) - NAMED} more pairs" if len(apart) > NAMED else ""
    yield Finding(
        "confounding",
        "",
        f"The sensor's pose alone, the mean of each window, tells {len(apart)} of {len(pairs)} pairs of"
        f" conditions apart; its accuracy over all pairs is {accuracy:.0%}, where 50% is chance ({named}"
        f"{more}).",
        "Do not read a difference between such conditions as vibration alone. Judder's features are blind"
        " to pose; to be sure, record each condition in several mountings: judder record --robust.",
        Severity.WARN if len(apart) >= MANY * len(pairs) else Severity.NOTE,
        figures={"accuracy": accuracy, "pairs": [dict(zip(PAIR, pair, strict=True)) for pair in pairs]},
    )


def told_apart(one: Floats, other: Floats) -> float:
    """Return the balanced accuracy of Fisher's discriminant on two sets of poses, (n, 3) each.

    Blocks in time take turns, one teaches and the next is told apart: what a shared covariance cannot
    tell, such as how restless a pose is, is not the pose.
    """
    blocks = [np.array_split(means, min(BLOCKS, len(means))) for means in (one, other)]
    taught = [np.concatenate(mine[::2]) for mine in blocks]
    tried = [np.concatenate(mine[1::2]) for mine in blocks]
    covariance = sum(np.cov(means, rowvar=False, ddof=0) for means in taught) / 2
    covariance = covariance + np.eye(3) * (RIDGE * np.trace(covariance) / 3 + 1e-12)
    towards_other = np.linalg.solve(covariance, taught[1].mean(axis=0) - taught[0].mean(axis=0))
    border = (taught[0].mean(axis=0) + taught[1].mean(axis=0)) @ towards_other / 2
    right = ((tried[0] @ towards_other < border).mean(), (tried[1] @ towards_other >= border).mean())
    return float(sum(right) / 2)
