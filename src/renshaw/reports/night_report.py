"""The page on a night in bed: what was felt, which spasms came of it, how long there was calm."""

from __future__ import annotations

from pathlib import Path

from renshaw.core.files import write_text
from renshaw.experiment.night import Night
from renshaw.reports.figures.night import nights
from renshaw.reports.page import KeyFigure, Section, drawing, result_page
from renshaw.reports.tables import Column, Row, Table
from renshaw.reports.words import number

# Penn et al. 1989, https://doi.org/10.1056/NEJM198906083202303
_PENN = (
    "no spasms",
    "mild spasms, when something provokes them",
    "full spasms, less than one an hour",
    "full spasms, more than one an hour",
    "full spasms, more than ten an hour",
)
_ASSUMED = (
    "How often the skin is touched and the muscle stretched in a night, and how strongly, is "
    "assumed: compare nights of the same seed, don't read one as a forecast.",
    "The leg is simulated around each touch only; in between, the cord is taken to be at rest.",
)


def write_night_report(night: Night, path: str | Path) -> Path:
    """Write a self-contained HTML page about a night in bed.

    Raises
    ------
    OSError
        The page can't be written.
    """
    return write_text(path, night_report(night))


def night_report(night: Night) -> str:
    """Return the page of `write_night_report` as text."""
    strip = drawing(
        nights([night]),
        "night",
        "Touches, stretches and spasms over the hours in bed",
        "A spasm is as high as it outlasts its cause. Shaded: the longest calm.",
    )
    sections = [
        Section("hours", "The hours", pictures=[strip], folded=[_spasms(night)]),
        Section("assumptions", "What is taken for granted", notes=(*_ASSUMED, *night.assumptions)),
    ]
    return result_page(
        title=f"{night.name}: a night in bed",
        kind="Simulated night",
        headline=headline(night),
        keys=_keys(night),
        sections=sections,
        history=night.history,
        settings=night.settings,
    )


def headline(night: Night) -> str:
    """Return the night in one sentence."""
    hours = f"{night.settings.hours:g} hours"
    felt = f"{len(night.touches)} touches and stretches"
    if not night.spasms:
        return f"In {hours}, none of {felt} provokes a spasm."
    many = len(night.spasms)
    return (
        f"In {hours}, {felt} provoke {many} spasm{'s' if many > 1 else ''}, "
        f"{number(night.spasms_per_hour)} an hour; the longest calm is "
        f"{night.longest_calm_min:.0f} minutes."
    )


def _keys(night: Night) -> list[KeyFigure]:
    return [
        KeyFigure("Spasms", number(night.spasms_per_hour), "an hour"),
        KeyFigure("Longest calm", f"{night.longest_calm_min:.0f}", "min"),
        KeyFigure("In spasm, all together", number(night.total_spasm_s / 60.0), "min"),
        KeyFigure(f"Penn score: {_PENN[night.penn]}", str(night.penn), "of 4"),
    ]


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
