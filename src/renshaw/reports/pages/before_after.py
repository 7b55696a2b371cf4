"""The page of two recordings of one person: the difference first, then both."""

from __future__ import annotations

from collections.abc import Sequence

from renshaw.core.numbers import number
from renshaw.data.recording import Recording
from renshaw.estimation.made_with import settings_for
from renshaw.estimation.smoothing import smoothed_rates
from renshaw.findings.words import title_of
from renshaw.reports.difference_cells import difference_cells, difference_columns
from renshaw.reports.figures.before_after import side_by_side, unit_differences
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.pages.estimates import recordings_table
from renshaw.reports.tables import Column, Row, Table, reason_table
from renshaw.study.before_after import BeforeAfter


@page_of(BeforeAfter)
def page(
    change: BeforeAfter, *, recordings: Sequence[Recording] = (), links: Sequence[str] = ()
) -> Content:
    """Return the page about what differs between two recordings of one person.

    Parameters
    ----------
    change : BeforeAfter
    recordings : sequence of Recording, optional
        Both, to draw them side by side.
    links : sequence of str, optional
        File name of the page of each recording, in the same folder.
    """
    before, after = change.names
    reasons = reason_table(change.estimates.rows)
    return Content(
        title=f"{before} and {after}",
        kind="Before and after, one person",
        findings=change.findings(),
        sections=[
            _difference(change, recordings),
            Section("recordings", "Recordings", tables=[recordings_table(change.estimates, links)]),
            Section("exclusions", "Excluded values and reasons", tables=[reasons])
            if reasons.rows
            else None,
        ],
        history=change.history,
        settings=change.estimates.settings,
        settings_title="Settings of the estimates",
    )


def _difference(change: BeforeAfter, recordings: Sequence[Recording]) -> Section:
    figure = unit_differences(change)
    pictures = [drawing(figure, "difference", figure.title, figure.caption)]
    if recordings:
        rates = [
            smoothed_rates(each.units, settings_for(change.estimates, each.name).smoothing)
            for each in recordings
        ]
        both = side_by_side(recordings, rates)
        pictures.append(drawing(both, "both", both.title, both.caption))
    return Section(
        "difference",
        "What differs",
        pictures=pictures,
        tables=[_table(change)],
        folded=[_unit_table(change)],
    )


def _table(change: BeforeAfter) -> Table:
    return Table(
        "After minus before; intervals are over motor units of this person",
        difference_columns(change),
        [Row(difference_cells(row)) for row in change.table.to_dict("records")],
    )


def _unit_table(change: BeforeAfter) -> Table:
    mine = change.units[change.units["quantity"] == change.main]
    title = title_of(change.main) if change.main else "The quantity"
    return Table(
        f"{title} of every unit; units in one row are the same",
        [
            Column("Unit before", numeric=False),
            Column("Before"),
            Column("Unit after", numeric=False),
            Column("After"),
        ],
        [
            Row(
                [
                    str(row["label_before"]),
                    number(row["before"]) if row["label_before"] else "",
                    str(row["label_after"]),
                    number(row["after"]) if row["label_after"] else "",
                ]
            )
            for row in mine.to_dict("records")
        ],
        summary="Unit by unit",
    )
