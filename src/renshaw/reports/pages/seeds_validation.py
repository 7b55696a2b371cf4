"""The page of `validate --seeds`: in how many seeds each target is met, misses first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.results import plot
from renshaw.findings.model_validation import brief, spoken
from renshaw.findings.seeds_validation import lines_of
from renshaw.reports.figures.targets import targets_against_bands
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.tables import Column, Row, Table
from renshaw.validation.over_seeds import SeedsValidation
from renshaw.validation.target import ROLES, all_untestable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_READ = (
    "Each seed is another group of virtual people with synaptic noise of their own. A target is "
    "met in a seed when the simulated value lies in the band, and met over seeds when that is so "
    "in at least nine of ten.",
    *(f"{role.capitalize()}: {words}." for role, words in ROLES.items()),
)


@plot.register(SeedsValidation)
def plot_seeds(noun: SeedsValidation, /) -> Figure:
    """Draw every target's band, the mean over seeds, and how far they reach."""
    named = {"mean": "value", "lowest": "ci_low", "highest": "ci_high"}
    return targets_against_bands(noun.table.rename(columns=named))


@page_of(SeedsValidation)
def page(validation: SeedsValidation) -> Content:
    """Return the page about the targets that are met in nine of ten seeds, and the others."""
    shown = drawing(
        plot_seeds(validation),
        "targets",
        "Every target: the band of people, the mean over seeds and all of their values",
        "Bands are drawn equally wide, whatever their units; right of each the mean over seeds "
        "with the lowest and the highest value. Blue: met in at least nine of ten seeds; red "
        "square: not; filled: fitted; hollow: predicted; gray: not counted.",
    )
    return Content(
        title="The model beside people, over seeds",
        kind="Validation: the model compared with measurements in people",
        findings=validation.findings(),
        sections=[
            Section("targets", "Targets and seeds", pictures=[shown], tables=[_table(validation)]),
            Section("reading", "How to read it", notes=_READ),
            Section("untestable", "What can't be tested", notes=all_untestable()),
        ],
        history=validation.history,
        settings=validation.settings,
    )


def _table(validation: SeedsValidation) -> Table:
    columns = [
        Column("Target", numeric=False),
        Column("Role", numeric=False),
        Column("Met in", "seeds"),
        Column("Share", "%"),
        Column("Band"),
        Column("Mean", "lowest to highest"),
        Column("What it is, and its source", numeric=False, wide=True),
    ]
    rows = [
        Row(
            [
                spoken(str(x["target"])),
                str(x["role"]),
                f"{x['met']} of {x['seeds']}",
                f"{100 * x['share']:.0f}",
                f"{brief(x['low'])} to {brief(x['high'])}",
                f"{brief(x['mean'])} ({brief(x['lowest'])} to {brief(x['highest'])})",
                spoken(f"{x['description']}. Source: {x['source']}"),
            ]
        )
        for x in lines_of(validation)
    ]
    return Table("Every target", columns, rows)
