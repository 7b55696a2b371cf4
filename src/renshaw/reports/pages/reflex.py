"""The page on a reflex test: the curve, the outcomes beside those of people, and every point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.numbers import number
from renshaw.core.results import plot
from renshaw.experiment.reflexes.result import Reflex
from renshaw.reports.figures.reflex import reflex_curve
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.tables import Column, Row, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ASSUMED = (
    "Which axons a pulse excites is drawn by chance, with weak regard to their size; the spread of "
    "thresholds is an assumption.",
    "Afferent volleys reach all motoneurons of the pool alike; Ia terminals depress together.",
    "Presynaptic inhibition multiplies what Ia terminals release; its sizes are assumptions.",
    "At rest the cord has its tonic inhibition and no drive; in a contraction the drive is the one "
    "with which this person holds that torque.",
)


_COLUMNS = {
    "intensity_xmt": Column("Intensity", "× motor threshold"),
    "h_pct": Column("H", "% of M_max"),
    "h_sd": Column("H, SD"),
    "m_pct": Column("M", "% of M_max"),
    "frequency_hz": Column("Frequency", "Hz"),
    "interval_s": Column("Interval", "s"),
    "interval_ms": Column("Interval", "ms"),
    "kind": Column("Kind", numeric=False),
    "h_pct_control": Column("H", "% of control"),
}


@plot.register(Reflex)
def plot_reflex(noun: Reflex, /) -> Figure:
    """Draw the curve of a reflex test."""
    return reflex_curve(noun)


@page_of(Reflex)
def page(reflex: Reflex) -> Content:
    """Return the page about a reflex test."""
    curve = drawing(
        reflex_curve(reflex),
        "reflex",
        f"{reflex.settings.title}: the curve, and waves at the electrode",
        "Left: means over repeats with their standard deviation. Right: what the electrode sees "
        "after the pulse at some points of the curve, one above the other in the same scale.",
    )
    sections = [
        Section("outcomes", "Outcomes", pictures=[curve], tables=[_outcomes(reflex)]),
        Section("points", "Every point", tables=[_points(reflex)]),
        Section("assumptions", "Assumptions", notes=_ASSUMED),
    ]
    return Content(
        title=f"{reflex.participant.name}: {reflex.settings.title}",
        kind=f"Simulated {reflex.participant.muscle}, {reflex.participant.condition}: reflex test",
        findings=reflex.findings(),
        sections=sections,
        history=reflex.history,
        settings=reflex.settings,
    )


def _outcomes(reflex: Reflex) -> Table:
    rows = []
    for each in reflex.outcomes:
        known = each.low is not None and each.high is not None
        healthy = f"{each.low:g} to {each.high:g}" if known else ""
        cells = [each.name, number(each.value), each.unit, healthy, each.source]
        rows.append(Row(cells, ok=each.as_in_people is not False))
    columns = [
        Column("Outcome", numeric=False),
        Column("Value"),
        Column("Unit", numeric=False),
        Column("Healthy groups", numeric=False),
        Column("Source", numeric=False, wide=True),
    ]
    return Table("Outcomes, and what is known of groups of healthy people", columns, rows)


def _points(reflex: Reflex) -> Table:
    table = reflex.table
    rows = [
        Row([value if isinstance(value, str) else number(value) for value in values])
        for values in table.itertuples(index=False)
    ]
    columns = [_COLUMNS.get(name, Column(name)) for name in table.columns]
    return Table("Means over repeats", columns, rows)
