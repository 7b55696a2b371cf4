"""The page of tracked motor units: which were found again, and how alike they are."""

from __future__ import annotations

from renshaw.core.numbers import number
from renshaw.decomposition.tracking import Tracked
from renshaw.reports.figures.tracked_units import tracked_units
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.tables import Column, Row, Table


@page_of(Tracked)
def page(tracked: Tracked) -> Content:
    """Return the page about units found again in a second recording."""
    figure = tracked_units(tracked)
    shown = drawing(
        figure,
        "similarity",
        figure.title,
        "How alike the action potentials of each two units are; circled: the matches.",
        small=True,
    )
    first, second = (tracked.labels_of(which) for which in (0, 1))
    rows = [
        Row(
            [
                first[match.first - 1],
                second[match.second - 1],
                number(match.similarity, 2),
                number(match.next_best, 2),
                "same unit" if match.ok else match.reason,
            ],
            match.ok,
        )
        for match in tracked.matches
    ]
    columns = [
        Column(f"Unit of {tracked.names[0]}", numeric=False),
        Column(f"Unit of {tracked.names[1]}", numeric=False),
        Column("Similarity"),
        Column("Strongest rival"),
        Column("Verdict", numeric=False, wide=True),
    ]
    table = Table("The best match of every unit", columns, rows)
    return Content(
        title="Motor units found again",
        kind="Tracked motor units",
        findings=tracked.findings(),
        sections=[Section("matches", "Matches", pictures=[shown], tables=[table])],
        history=tracked.history,
    )
