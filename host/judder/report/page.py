"""The page itself: sections of words, tables and figures, filled into one HTML file that needs no other."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from judder import __version__
from judder.quality import Finding, Severity
from judder.report.figures import to_svg
from judder.text import isolated, visible

SEVERITIES = {Severity.STOP: "Stop", Severity.WARN: "Warning", Severity.NOTE: "Note"}


@dataclass(frozen=True)
class Plate:
    """A figure in the page. alt: what it shows, for those who cannot see it. caption: what to look for."""

    name: str
    title: str
    figure: Figure
    alt: str
    caption: str

    @property
    def svg(self) -> Markup:
        return Markup(to_svg(self.figure, self.name))


@dataclass(frozen=True)
class Table:
    """rows: their first cell names the row. ends_in_words: the last column holds words, not numbers."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    ends_in_words: bool = False


@dataclass(frozen=True)
class Section:
    """lead: sentences above the tables and figures. tiles: (what, figure in large, more words)."""

    name: str
    title: str
    lead: Sequence[str] = ()
    tiles: Sequence[tuple[str, str, str]] = ()
    tables: Sequence[Table] = ()
    plates: Sequence[Plate] = field(default=())


def render(
    title: str,
    facts: Sequence[tuple[str, str]],
    findings: Sequence[Finding],
    sections: Sequence[Section],
    figures: dict[str, Any],
    made: datetime.datetime,
) -> str:
    """Return the page. facts: (what, value) under its title. figures: kept inside for other programs."""
    environment = Environment(
        loader=PackageLoader("judder.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_readable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        title=title,
        facts=facts,
        findings=findings,
        severities=SEVERITIES,
        sections=sections,
        figures=figures,
        made=made,
        version=__version__,
    )


def _readable(value: Any) -> Any:
    """Return value as the page says it: no character of a name acts, or moves the words behind it."""
    return isolated(visible(value)) if isinstance(value, str) and not isinstance(value, Markup) else value
