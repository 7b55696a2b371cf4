"""The page of the contractions of a recording: where they lie, and what is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.numbers import number
from renshaw.core.results import plot
from renshaw.estimation.contractions.contractions import Contractions
from renshaw.reports.figures.contractions import contractions_figure
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.tables import Column, Row, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@plot.register(Contractions)
def plot_contractions(noun: Contractions, /) -> Figure:
    """Draw torque and discharges with the contractions shaded and numbered."""
    return contractions_figure(noun).draw()


@page_of(Contractions)
def page(found: Contractions) -> Content:
    """Return the page about contractions."""
    figure = contractions_figure(found)
    table = contraction_table(found)
    return Content(
        title=f"Contractions of {found.recording.name}",
        kind="Contractions",
        findings=found.findings(),
        sections=[
            Section(
                "contractions",
                "Contractions",
                pictures=[drawing(figure, "contractions", figure.title, figure.caption)],
                tables=[table] if table.rows else [],
            )
        ],
        history=found.history,
    )


def contraction_table(found: Contractions) -> Table:
    """Return one row a contraction: when, how high, how many units, and why one is left out."""
    unit = next((each.unit for each in found.every), "")
    rows = [
        Row(
            [
                str(each.number or "–"),
                number(each.begins_s),
                number(each.ends_s),
                number(each.peak),
                str(each.units),
                str(each.discharges),
                f"left out: {each.left_out}" if each.left_out else "",
            ],
            not each.left_out,
        )
        for each in found.every
    ]
    columns = [
        Column("Contraction"),
        Column("Begins", "s"),
        Column("Ends", "s"),
        Column("Peak above rest", unit or "a.u."),
        Column("Units that fire"),
        Column("Discharges"),
        Column("Remark", numeric=False, wide=True),
    ]
    caption = "Where the contractions lie"
    return Table(caption, columns, rows, summary=caption)
