"""The page of a multiverse: how much the choice of method matters."""

from __future__ import annotations

from renshaw.estimation.multiverse import Multiverse
from renshaw.reports.page import Content, page_of
from renshaw.reports.recording_sections import choices


@page_of(Multiverse)
def page(multiverse: Multiverse) -> Content:
    """Return the page about every combination of choices."""
    return Content(
        title=f"{multiverse.recording}: every analysis",
        kind="Multiverse of one recording",
        findings=multiverse.findings(),
        sections=[choices(multiverse)],
        history=multiverse.history,
    )
