"""One self-contained HTML page about recordings, a training or an evaluation."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from judder.data.windows import Windows
from judder.evaluation.evaluate import Evaluation
from judder.model.model import TrainedModel
from judder.quality import Survey, find, to_dict
from judder.report import data_sections, evaluation_section, training_section
from judder.report.page import Section, render
from judder.text import rate

__all__ = ["Page", "Subject", "make_page"]


@dataclass(frozen=True)
class Subject:
    """What a page is about.

    survey: of all recordings. windows: what figures of features are made of. normal, anomalous: conditions,
    where somebody said so. evaluation, trained: what was done with them, if anything.
    """

    title: str
    survey: Survey
    windows: Windows
    normal: Sequence[str] = ()
    anomalous: Sequence[str] = ()
    evaluation: Evaluation | None = None
    trained: TrainedModel | None = None


@dataclass(frozen=True)
class Page:
    """html, and the figures that programs find in it: quality as `inspect`, evaluation as `evaluate` say."""

    html: str
    figures: dict[str, Any]


def make_page(subject: Subject, made: datetime.datetime) -> Page:
    """Return the page, findings first."""
    findings = find(subject.survey)
    sections = [
        *_of_models(subject),
        data_sections.recordings(subject.survey),
        data_sections.signals(subject.survey, findings),
        data_sections.features(subject.windows, subject.normal, subject.anomalous),
    ]
    figures = {
        "quality": to_dict(subject.survey, findings),
        "evaluation": subject.evaluation.figures if subject.evaluation else None,
    }
    return Page(render(subject.title, _facts(subject), findings, sections, figures, made), figures)


def _of_models(subject: Subject) -> list[Section]:
    sections = []
    if subject.trained:
        newest = subject.trained.core.detectors[-1]
        scored = replace(subject.trained, detector=newest).score(subject.windows)
        names = tuple(dict.fromkeys(subject.windows.condition.tolist()))
        fitted = Evaluation(names, (), {}, subject.windows, newest, scored)
        sections.append(training_section.training(subject.trained, fitted))
    if subject.evaluation:
        sections.append(evaluation_section.evaluation(subject.evaluation))
    return sections


def _facts(subject: Subject) -> list[tuple[str, Any]]:
    survey = subject.survey
    seconds = sum(condition.rows for condition in survey.conditions) / survey.sample_rate_hz
    facts: list[tuple[str, Any]] = [
        ("conditions", len(survey.conditions)),
        ("minutes", f"{seconds / 60:.1f}"),
        ("rate", f"{rate(survey.sample_rate_hz)}{'' if survey.rate_known else ' (assumed)'}"),
        ("windows", f"{len(subject.windows)} of {subject.windows.window_len} samples"),
    ]
    model_id = (subject.evaluation and subject.evaluation.figures.get("model_id")) or (
        subject.trained and subject.trained.id
    )
    return [*facts, ("model", model_id)] if model_id else facts
