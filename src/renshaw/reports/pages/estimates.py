"""The page of estimates: of several recordings, each with its main numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

import numpy as np
from markupsafe import Markup

from renshaw.core.numbers import counted, number
from renshaw.data.averages import mean_of
from renshaw.data.estimates import Estimates
from renshaw.figures.words import printable
from renshaw.reports.best_pair import value_of
from renshaw.reports.difference_cells import difference_cells, difference_columns
from renshaw.reports.page import Content, Section, page_of
from renshaw.reports.tables import Column, Row, Table, reason_table
from renshaw.study.before_after import BeforeAfter


@page_of(Estimates)
def page(
    estimates: Estimates,
    *,
    links: Sequence[str] = (),
    refused: Sequence[str] = (),
    differences: Sequence[tuple[BeforeAfter, str]] = (),
) -> Content:
    """Return the page about estimates.

    Parameters
    ----------
    estimates : Estimates
    links : sequence of str, optional
        File name of the page of each recording, in the same folder and order.
    refused : sequence of str, optional
        What was wrong with files that could not be used.
    differences : sequence of (BeforeAfter, str), optional
        Later sessions against the first of the same person, and the file names of their pages.
    """
    reasons = reason_table(estimates.rows)
    first, *others = estimates.findings()
    first = replace(first, left_out=(*first.left_out, *refused))
    return Content(
        title="Estimates of several recordings"
        if len(estimates.recordings) != 1
        else f"Estimates of {estimates.recordings[0]}",
        kind=counted(len(estimates.recordings), "recording"),
        findings=[first, *others, *(each.finding for each, _ in differences)],
        sections=[
            _sessions(differences) if differences else None,
            Section("recordings", "Recordings", tables=[recordings_table(estimates, links)]),
            Section("exclusions", "Excluded values and reasons", tables=[reasons])
            if reasons.rows
            else None,
        ],
        history=estimates.history,
        settings=estimates.settings,
        settings_title="Settings of the estimates",
    )


def _sessions(differences: Sequence[tuple[BeforeAfter, str]]) -> Section:
    """Return the main difference of each later session from the first, with links."""
    rows = []
    for change, link in differences:
        main = change.table[change.table["quantity"] == change.main].to_dict("records")
        cells = difference_cells(main[0]) if main else ["no estimate in common", *[""] * 6]
        rows.append(Row([_linked(f"{change.names[1]} against {change.names[0]}", link), *cells]))
    columns = [
        Column("Later against first", numeric=False),
        *difference_columns(differences[0][0]),
    ]
    caption = "Later sessions against the first; intervals are over motor units of one person"
    return Section("sessions", "Sessions of one person", tables=[Table(caption, columns, rows)])


def recordings_table(estimates: Estimates, links: Sequence[str]) -> Table:
    """Return the main numbers of every recording, with links to their pages."""
    rows = []
    for n, name in enumerate(estimates.recordings):
        mine = estimates.select(recording=name)
        pairs = [row.ok for row in mine.rows if row.quantity == "delta_f_pair"]
        mean, units = (value_of(mine, name, what) for what in ("delta_f_mean", "n_units"))
        rows.append(
            Row(
                [
                    _linked(name, links[n]) if n < len(links) else name,
                    number(np.nan if units is None else units.value),
                    number(np.nan) if mean is None else mean_of([mean]).words(),
                    f"{sum(pairs)} of {len(pairs)}",
                    "" if mean is None else mean.reason,
                ]
            )
        )
    columns = [
        Column("Recording", numeric=False),
        Column("Units"),
        Column("Mean ΔF", "pps"),
        Column("Pairs accepted"),
        Column("Remark", numeric=False, wide=True),
    ]
    return Table("Mean ΔF of every recording; every value is in estimates.csv", columns, rows)


def _linked(name: str, page: str) -> str:
    return Markup('<a href="{}">{}</a>').format(quote(page), printable(name))
