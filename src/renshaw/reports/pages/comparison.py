"""The page of a comparison of conditions: paired differences, and mixed models beside them."""

from __future__ import annotations

from renshaw.reports.page import Content, page_of
from renshaw.reports.study_models import models_of
from renshaw.reports.study_sections import differences_of, participants_of
from renshaw.study.compare import Comparison


@page_of(Comparison)
def page(comparison: Comparison) -> Content:
    """Return the page about what changed between conditions."""
    return Content(
        title="What changed between conditions",
        kind="Comparison",
        findings=comparison.findings(),
        sections=[
            differences_of(comparison),
            models_of([("", comparison)]),
            participants_of([("", comparison)]),
        ],
        history=comparison.history,
    )
