"""What the page says of recordings: what they hold, how they shake, what features see of them."""

from collections.abc import Iterator, Sequence

from judder.data.windows import Windows
from judder.quality import Finding, Survey
from judder.quality.lines import find_lines
from judder.report import figures as draw
from judder.report.figures.canvas import MOST_CONDITIONS
from judder.report.page import Plate, Section, Table
from judder.report.separation import Separation, separations
from judder.report.thinning import evenly
from judder.report.velocity import BAND_HZ
from judder.text import rate

MOST_WINDOWS = 20_000
NAMED = 3
LISTED = 8


def recordings(survey: Survey) -> Section:
    """What there is, condition by condition."""
    rows = [
        [
            c.name,
            str(len(c.recordings)),
            f"{c.rows / survey.sample_rate_hz:.0f}",
            " ".join(f"{axis.mean:.3f}" for axis in c.axes),
            " ".join(f"{1000 * axis.mad:.1f}" for axis in c.axes),
            f"{max(max(-axis.low, axis.high) for axis in c.axes):.2f}",
        ]
        for c in survey.conditions
    ]
    drawn = (
        [f"The figures below draw the first {MOST_CONDITIONS}; choose others with --condition."]
        if len(rows) > MOST_CONDITIONS
        else []
    )
    known = "" if survey.rate_known else " That rate is assumed: the data do not say it."
    head = ["condition", "recordings", "seconds", "mean x y z, g", "MAD x y z, mg", "peak, g"]
    return Section(
        "recordings",
        "Recordings",
        [f"Sampled at {rate(survey.sample_rate_hz)}.{known}", *drawn],
        tables=[Table("Each condition: its length, pose and vibration", head, rows)],
    )


def signals(survey: Survey, findings: Sequence[Finding]) -> Section:
    """Time series, spectra and velocity."""
    return Section(
        "signals", "Signals", plates=[*_time_series(survey), *_spectra(survey, findings), *_velocity(survey)]
    )


def _time_series(survey: Survey) -> Iterator[Plate]:
    shown = [recording for condition in survey.conditions for recording in condition.recordings]
    loudest = max(survey.conditions, key=lambda c: max(axis.mad for axis in c.axes))
    yield Plate(
        "time-series",
        "A stretch of each condition, with and without its mean",
        draw.time_series(shown, survey.sample_rate_hz),
        f"Time series of {_count(len(survey.conditions), 'condition')}, three axes each. {loudest.name}"
        " vibrates most.",
        "Left, as measured: how high the lines lie is the pull of gravity, so how the sensor hangs. Right,"
        " the same less the mean, all on one scale: what vibrates. The stretch is from the middle of the"
        " recording.",
    )


def _spectra(survey: Survey, findings: Sequence[Finding]) -> Iterator[Plate]:
    folded = [f.figures["line_hz"] for f in findings if f.kind == "aliasing" and "line_hz" in f.figures]
    strongest = [f"{name} {lines[0].hz:.0f} Hz" for name, lines in find_lines(survey).of.items() if lines]
    more = f" and {len(strongest) - LISTED} more" if len(strongest) > LISTED else ""
    said = (
        f"Strongest line: {'; '.join(strongest[:LISTED])}{more}."
        if strongest
        else "No narrow line stands out."
    )
    marked = " The dotted line is where the findings suspect something folded down." if folded else ""
    yield Plate(
        "spectra",
        "Spectra",
        draw.spectra(survey, {f"{hz:.0f} Hz": hz for hz in folded}),
        f"Amplitude spectra of {_count(len(survey.conditions), 'condition')}. {said}",
        f"{said}{marked} A line that stays where it is while the speed changes does not come from the shaft.",
    )


def _velocity(survey: Survey) -> Iterator[Plate]:
    nyquist_hz = survey.sample_rate_hz / 2
    if nyquist_hz <= 2 * BAND_HZ[0]:
        return
    band = f"{BAND_HZ[0]:g} to {rate(min(BAND_HZ[1], nyquist_hz))}"
    yield Plate(
        "velocity",
        "Vibration velocity in the style of ISO 20816",
        draw.velocity(survey),
        f"Velocity, RMS, {band}, of each condition and axis: median and the range of nine windows in ten.",
        f"Velocity integrated from acceleration, {band}: band-limited, so not compliant with ISO 20816, whose"
        " band ends at 1000 Hz. The dotted lines are the borders of its zones A to D for small machines"
        " and are for orientation only: household fans are outside the standard. What sampling folded down"
        " counts at the wrong frequency, so with the wrong weight.",
    )


def features(windows: Windows, normal: Sequence[str], anomalous: Sequence[str]) -> Section:
    """Statistics of windows, how the axes move together, and which feature separates."""
    few = evenly(windows, MOST_WINDOWS)
    ranked = separations(windows, normal, anomalous)
    count = _count(len(set(few.condition.tolist())), "condition")
    plates = [
        Plate(
            "scatter",
            "Statistics of windows, axis against axis",
            draw.scatter(windows),
            f"Scatter plots of mean, variance, kurtosis, skew and MAD of the windows of {count}.",
            "Clusters that lie apart can be told apart by that statistic. Where only the row of the means"
            " does so, the mounting differs, not the vibration. The axes reach over 99 % of the windows.",
        ),
        Plate(
            "correlations",
            "How the axes move together",
            draw.correlations(few),
            f"Histograms of the correlation of x with y, x with z and y with z, of {count}.",
            "Near 1 or -1 two axes move as one, as they do when one source shakes both; noise alone is"
            " near 0.",
        ),
    ]
    return Section("features", "Features", plates=[*plates, *_ranking(ranked, normal, anomalous)])


def _ranking(
    ranked: Sequence[Separation], normal: Sequence[str], anomalous: Sequence[str]
) -> Iterator[Plate]:
    if not ranked:
        return
    best = ", ".join(feature.words for feature in ranked[:NAMED])
    reached = max(0.5 + feature.strength for feature in ranked if feature.pose)
    pose = f" The mean of an axis, which is pose and not vibration, reaches {reached:.3f} (hollow)."
    if normal and anomalous:
        what = "Right, orange: anomalous windows have more of it; left, blue: less. "
    else:
        what = "No condition is said to be anomalous: this is the mean over all pairs of conditions. "
    yield Plate(
        "ranking",
        "How well each feature separates by itself",
        draw.ranking(ranked),
        f"The best features are {best}; the AUC of the best is {0.5 + ranked[0].strength:.3f}.",
        f"{what}A model weighs all of them together, and knows several normal speeds, which one feature"
        f" does not.{pose}",
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
