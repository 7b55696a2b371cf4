"""The page of an answer to the competition MUnitQuest: what each unit counts."""

from __future__ import annotations

import math

from renshaw.core.numbers import number
from renshaw.decomposition.munitquest.score import MunitquestScore
from renshaw.reports.figures.munitquest import points_of_units
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.tables import Column, Row, Table


@page_of(MunitquestScore)
def page(score: MunitquestScore) -> Content:
    """Return the page about the score of an answer."""
    figure = points_of_units(score)
    shown = drawing(figure, "points", figure.title, "What each motor unit counts, best first.")
    rows = [
        Row(
            [
                unit.unit,
                str(unit.discharges),
                number(unit.points, 2),
                unit.match or "–",
                *(_or_none(v) for v in (unit.silhouette, unit.pnr_db, unit.dispersion)),
                unit.reason,
            ],
            unit.points > 0,
        )
        for unit in score.units
    ]
    columns = [
        Column("Unit", numeric=False),
        Column("Discharges"),
        Column("Points"),
        Column("True unit", numeric=False),
        Column("Silhouette"),
        Column("Pulse to noise (dB)"),
        Column("Dispersion of intervals"),
        Column("Why it counts nothing", numeric=False, wide=True),
    ]
    table = Table("What each motor unit counts", columns, rows)
    return Content(
        title="Score of a decomposition",
        kind="MUnitQuest score",
        findings=score.findings(),
        sections=[Section("units", "Motor units", pictures=[shown], tables=[table])],
        history=score.history,
    )


def _or_none(value: float) -> str:
    return "–" if math.isnan(value) else number(value, 2)
