"""The page of a study: does it calm, by how much, and how sure are we?"""

from __future__ import annotations

from renshaw.core.numbers import counted
from renshaw.reports import study_examples, study_models
from renshaw.reports import study_sections as sections
from renshaw.reports.page import Content, page_of
from renshaw.reports.study_decomposition import decomposition
from renshaw.study.result import StudyResult


@page_of(StudyResult)
def page(result: StudyResult) -> Content:
    """Return the page about a study."""
    shown = (
        sections.failures(result),
        sections.published(result),
        *(sections.differences(result, n) for n in range(len(result.groups))),
        sections.between_arms(result),
        study_models.models(result),
        study_models.whole_model(result),
        sections.participants(result),
        decomposition(result),
        study_examples.examples(result),
        sections.assumptions(result),
        sections.exclusions(result),
    )
    return Content(
        title=result.plan.title or result.plan.name,
        kind=f"Study: {_size(result)}",
        question=result.plan.question,
        findings=result.findings(),
        sections=shown,
        history=result.history,
        settings=result.plan.settings,
    )


def _size(result: StudyResult) -> str:
    """Return how large a study is, in words."""
    design = result.design
    people = design[[n for n in ("arm", "participant") if n in design]].drop_duplicates()
    parts = [
        counted(len(people), "participant"),
        counted(design["condition"].nunique(), "condition"),
        counted(len(design), "recording"),
    ]
    if len(result.plan.arms) > 1:
        parts.insert(0, counted(len(result.plan.arms), "arm"))
    return ", ".join(parts)
