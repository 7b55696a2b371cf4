"""What the page of a recording says of its contractions; None where there is but one."""

from __future__ import annotations

from collections import Counter

from renshaw.core.numbers import number
from renshaw.data.estimates import Estimates
from renshaw.estimation.contractions.contractions import Contractions
from renshaw.estimation.contractions.over_contractions import spread_over
from renshaw.estimation.quantity import shown_in
from renshaw.findings.words import title_of
from renshaw.reports.figures.contractions import contractions_figure
from renshaw.reports.page import Section, drawing
from renshaw.reports.pages.contractions import contraction_table
from renshaw.reports.tables import Column, Row, Table


def typical_contraction(estimates: Estimates) -> int:
    """Return the contraction that is shown in detail: the first of those with most usable pairs."""
    usable = Counter({row.contraction: 0 for row in estimates.rows if row.contraction})
    usable.update(
        row.contraction for row in estimates.rows if row.quantity == "delta_f_pair" and row.ok
    )
    return max(usable, key=lambda each: (usable[each], -each))


def several_contractions(found: Contractions, estimates: Estimates, shown: int) -> Section:
    """Return the section with the picture of the contractions and their estimates.

    Parameters
    ----------
    found : Contractions
    estimates : Estimates
    shown : int
        The contraction that is shown in detail.
    """
    figure = contractions_figure(found)
    paragraphs = ["Each contraction is estimated by itself, with the rest around it."]
    if len(found) > 1:
        paragraphs = [
            "Each contraction is estimated by itself, with the rest around it; means are over "
            f"contractions. The pictures of rates, pairs and units below are of contraction "
            f"{shown}, the one with most usable pairs; estimates.csv has all of them."
        ]
    table = by_contraction(estimates)
    return Section(
        "contractions",
        "Contractions",
        paragraphs,
        notes=found.remarks,
        pictures=[drawing(figure, "contractions", figure.title, figure.caption)],
        tables=[] if table is None else [table],
        folded=[contraction_table(found)],
    )


def by_contraction(estimates: Estimates) -> Table | None:
    """Return one row a contraction with the main quantities, their mean and their spread."""
    found = [spread_over(estimates, quantity) for quantity in shown_in("keys")]
    spreads = [each for each in found if each is not None]
    if not spreads or len(spreads[0].contractions) < 2:
        return None
    rows = [
        Row([str(each), *(spread.words[k] for spread in spreads)])
        for k, each in enumerate(spreads[0].contractions)
    ]
    rows.append(Row(["Mean", *(spread.mean_words for spread in spreads)]))
    rows.append(Row(["SD between contractions", *(number(spread.sd) for spread in spreads)]))
    columns = [Column("Contraction")]
    columns += [Column(title_of(spread.quantity), spread.units) for spread in spreads]
    return Table(
        "Contraction by contraction; of units: the mean of those that pass the rules",
        columns,
        rows,
        summary="Contraction by contraction",
    )
