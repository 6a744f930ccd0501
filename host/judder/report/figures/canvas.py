"""How every figure looks, and how it gets into a page.

Figures are made without pyplot: nothing is kept between calls and no display is needed. Ink, faint ink and
grid are drawn in three colours that to_svg() hands over to the page, which has a light and a dark set.
"""

import functools
import io
import re
import textwrap
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from judder.text import visible

INK, FAINT, GRID = "#1b1f27", "#5f6b7a", "#d9dee5"
VARIABLES = {INK: "var(--ink)", FAINT: "var(--faint)", GRID: "var(--grid)"}
COLOURS = (
    *("#2f7fc1", "#d9731a", "#2a9d74", "#c0569f", "#b8860b", "#7a6fd0", "#3aa3b8", "#c44e52"),
    *("#7d8a3c", "#8c6d5a"),
)
NORMAL, ANOMALOUS = COLOURS[:2]
FONT, LIKE_IT = "DejaVu Sans", "Verdana, sans-serif"
"""What matplotlib brings and measures by, and what browsers without it have of the same width."""
MOST_CONDITIONS = 12
WIDTH_IN = 9.0
LETTERS, LETTERS_OF_THREE = 54, 36
"""Of a name in one line where two, or three, stand side by side."""

LOOK: dict[Any, Any] = {
    "font.family": FONT,
    "font.size": 8.5,
    "text.parse_math": False,  # a condition may be called $x$
    "text.color": INK,
    "axes.labelcolor": FAINT,
    "axes.edgecolor": GRID,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "lines.linewidth": 1.1,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "figure.constrained_layout.use": True,
}


def drawn(make: Callable[..., Figure]) -> Callable[..., Figure]:
    """Let a function that makes a figure make it in Judder's look."""

    @functools.wraps(make)
    def with_look(*arguments: Any, **options: Any) -> Figure:
        with mpl.rc_context(LOOK):
            return make(*arguments, **options)

    return with_look


def panels(rows: int, columns: int, height_in: float, **shared: Any) -> tuple[Figure, list[list[Axes]]]:
    """Return a figure of rows x columns axes; height_in is a row's."""
    figure = Figure(figsize=(WIDTH_IN, height_in * rows + 0.4), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **shared).tolist()


def colour_of(names: Sequence[str]) -> dict[str, str]:
    """Return a colour a condition; they come again after ten."""
    return {name: COLOURS[k % len(COLOURS)] for k, name in enumerate(names)}


def legend(figure: Figure, colours: dict[str, str], **how: Any) -> None:
    """Name the colours above the panels."""
    handles = [Line2D([], [], color=colour, linewidth=2.5, **how) for colour in colours.values()]
    names = [named(name, LETTERS_OF_THREE) for name in colours]
    columns = 4 if max(map(len, names), default=0) < 24 else 3
    figure.legend(handles, names, loc="outside upper left", ncols=columns, handlelength=1.2)


def named(name: str, letters: int = LETTERS) -> str:
    """Return a condition's name as a figure shows it: whole, in lines of at most that many letters."""
    return "\n".join(textwrap.wrap(visible(name), letters, drop_whitespace=False))


def logarithmic(axes: Axes, which: str) -> None:
    """Make axes' x or y logarithmic, ticks written as plain numbers: the usual powers need mathematics."""
    axes.set(**{f"{which}scale": "log"})
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(LogLocator(subs=(1.0, 3.0), numticks=7))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def mark(axes: Axes, x: float, words: str, left: bool = False) -> None:
    """Draw a dotted line across axes at x, with words beside its top."""
    axes.axvline(x, color=INK, linewidth=0.9, linestyle=":")
    axes.annotate(
        words,
        (x, 0.98),
        xycoords=("data", "axes fraction"),
        xytext=(-3 if left else 3, 0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="top",
        fontsize=7.5,
    )


def shown(names: Iterable[str]) -> list[str]:
    """Return the conditions that a figure has room for."""
    return list(dict.fromkeys(names))[:MOST_CONDITIONS]


def to_svg(figure: Figure, name: str) -> str:
    """Return figure as an svg element, the same bytes each time; name keeps its ids apart from others'."""
    file = io.StringIO()
    with mpl.rc_context({**LOOK, "svg.hashsalt": name}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # of letters that the browser has
        figure.savefig(file, format="svg", metadata={"Date": None}, dpi=130)
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    for tag in ("metadata", "style"):  # a style of all elements would be the page's, too
        svg = re.sub(rf"<{tag}\b.*?</{tag}>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    svg = svg.replace(f"'{FONT}'", f"'{FONT}', {LIKE_IT}")
    for colour, variable in VARIABLES.items():
        svg = svg.replace(colour, variable)
    return svg
