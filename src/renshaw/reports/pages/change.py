"""The page of a change between two recordings: what changed in the cord, and how sure that is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from renshaw.core.numbers import number
from renshaw.core.results import plot, save, save_table
from renshaw.inference.change import Change
from renshaw.inference.files import write_change
from renshaw.inference.posterior import ABOUT, plain
from renshaw.reports.calibration_section import calibration
from renshaw.reports.figures.posterior import change_map, change_marginals
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.pages.posterior import MODEL, PAGE, RESEARCH
from renshaw.reports.report import report
from renshaw.reports.tables import Column, Row, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NET = (
    f"Net amplification is {ABOUT['net_amplification'].sentence}: what the two do together, which "
    "is learned better than either. What each recording says by itself is in before/report.html "
    "and after/report.html.",
)
_ASSUMED = (
    "Both recordings are of one person and muscle, who did the same voluntary ramp or trapezoid "
    "twice; one descending drive is shared by the motoneurons.",
    MODEL,
    "Before the recordings, small changes were thought likely and large ones possible, of "
    "neuromodulation and of inhibition alike, up or down (the gray); that of drive is what came "
    "of it.",
    RESEARCH,
)


@plot.register(Change)
def plot_change(noun: Change, /) -> Figure:
    """Draw the change of neuromodulation against that of inhibition."""
    return change_map(noun)


@save.register(Change)
def save_change(noun: Change, path: Path, /) -> Path:
    """Write change.csv, change.parquet and report.html, and both posteriors in folders.

    A name that has an ending is that of a table.
    """
    if path.suffix[1:].isalpha():
        return save_table(noun, path)
    folder = write_change(noun, path)
    report(noun, folder / PAGE)
    for each, name in ((noun.before, "before"), (noun.after, "after")):
        report(each, folder / name / PAGE)
    return folder


@page_of(Change)
def page(change: Change) -> Content:
    """Return the page about a change."""
    where = drawing(
        change_map(change),
        "map",
        "Change of neuromodulation against change of inhibition",
        "Each point is a change that would explain both recordings; the line goes to their middle.",
        small=True,
    )
    marginals = drawing(
        change_marginals(change),
        "marginals",
        "Posterior of every change over its prior",
        "Gray: before the recordings (prior). Blue: after both (posterior).",
    )
    sections = [
        Section(
            "change", "What changed", _NET, pictures=[where, marginals], tables=[_changes(change)]
        ),
        *calibration(change.calibration, "simulated pairs of recordings"),
        Section("assumptions", "Assumptions", notes=_ASSUMED),
    ]
    return Content(
        title=f"{change.before.name} and {change.after.name}: what changed",
        kind=f"Inferred change of a cord, from two recordings of the {change.before.muscle}",
        findings=change.findings(),
        sections=sections,
        history=change.history,
    )


def _changes(change: Change) -> Table:
    rows = [
        Row(
            [
                plain(row["parameter"].removesuffix("_change")),
                *(number(row[name]) for name in ("mean", "sd", "q05", "q50", "q95")),
                *(
                    ["not known"] * 2
                    if change.unseen
                    else [f"{100 - row['rose_pct']:.0f}", f"{row['rose_pct']:.0f}"]
                ),
                ABOUT[row["parameter"].removesuffix("_change")].unit,
            ]
        )
        for row in change.to_table().to_dict("records")
    ]
    columns = [
        Column("Change of", numeric=False),
        Column("Mean"),
        Column("SD"),
        Column("5 %"),
        Column("50 %"),
        Column("95 %"),
        Column("It fell, probability", "%"),
        Column("It rose, probability", "%"),
        Column("Unit", numeric=False),
    ]
    return Table("Posterior of every change, after minus before", columns, rows)
