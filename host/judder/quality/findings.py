"""What a check says, and how grave it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

SHOWN = 3
"""Findings of one kind that are spelt out; more are counted."""


class Severity(StrEnum):
    """STOP: figures made of these data are wrong. WARN: they may mislead. NOTE: good to know."""

    STOP = "stop"
    WARN = "warn"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One odd thing. condition: where, or "" for all data together. kind: a word for programs.

    figures: the numbers behind the sentence, for programs.
    """

    kind: str
    condition: str
    sentence: str
    hint: str
    severity: Severity = Severity.WARN
    figures: Mapping[str, Any] = field(default_factory=dict)


def by_gravity(found: Iterable[Finding]) -> list[Finding]:
    """Return the findings, gravest first, what several conditions share said once."""
    alike: dict[tuple[str, str], list[Finding]] = {}
    for finding in found:
        alike.setdefault((finding.kind, finding.hint), []).append(finding)
    return sorted((_together(group) for group in alike.values()), key=_rank)


def _together(alike: list[Finding]) -> Finding:
    first = replace(alike[0], severity=min(alike, key=_rank).severity)
    if len(alike) > SHOWN:
        return replace(first, condition=f"{first.condition} and {len(alike) - 1} more")
    rest = "".join(f" {other.condition}: {other.sentence}" for other in alike[1:])
    return replace(first, sentence=first.sentence + rest)


def _rank(finding: Finding) -> int:
    return list(Severity).index(finding.severity)


def as_sentences(findings: Iterable[Finding]) -> list[str]:
    """Return one line a finding: where, and what."""
    return [f"{f.condition}: {f.sentence}" if f.condition else f.sentence for f in findings]
