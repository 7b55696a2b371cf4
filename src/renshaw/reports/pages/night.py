"""The page on a night in bed: what was felt, which spasms came of it, how long there was calm."""

from __future__ import annotations

from renshaw.core.numbers import number
from renshaw.experiment.night import Night
from renshaw.findings.night import ASSUMED
from renshaw.reports.figures.night import nights
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.tables import Column, Row, Table

_ASSUMED = (
    "The leg is simulated around each touch only; in between, the cord is taken to be at rest.",
)


@page_of(Night)
def page(night: Night) -> Content:
    """Return the page about a night in bed."""
    strip = drawing(
        nights([night]),
        "night",
        "Touches, stretches and spasms over the hours in bed",
        "The height of a spasm is how long it outlasted the touch. Shaded: the longest calm.",
    )
    sections = [
        Section("hours", "The hours", pictures=[strip], folded=[_spasms(night)]),
        Section(
            "assumptions",
            "Assumptions",
            notes=(ASSUMED, *_ASSUMED, *night.assumptions),
        ),
    ]
    return Content(
        title=f"{night.name}: a night in bed",
        kind="Simulated night",
        findings=night.findings(),
        sections=sections,
        history=night.history,
        settings=night.settings,
    )


def _spasms(night: Night) -> Table:
    rows = [
        Row(
            [
                number(spasm.begins_s / 3600.0),
                spasm.cause,
                number(spasm.duration_s),
                str(spasm.units),
                number(spasm.peak_torque_pct_mvc),
                "full" if spasm.full else "mild",
            ]
        )
        for spasm in night.spasms
    ]
    columns = [
        Column("Begins", "h"),
        Column("Cause", numeric=False),
        Column("Outlasts it by", "s"),
        Column("Units firing"),
        Column("Peak torque", "% MVC"),
        Column("Kind", numeric=False),
    ]
    return Table("Spasms, in order", columns, rows, "Every spasm")
