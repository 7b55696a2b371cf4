"""The page on effort: how hard the brain works for the same force, with and without PICs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.numbers import number
from renshaw.core.results import plot
from renshaw.experiment.effort import WITHOUT_PICS, Effort
from renshaw.findings.effort import usual_level
from renshaw.reports.figures.effort import effort_curve
from renshaw.reports.figures.tracking import tracking_panel
from renshaw.reports.page import Content, Drawing, Section, drawing, page_of
from renshaw.reports.tables import Column, Row, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ASSUMED = (
    "Descending drive is one number that all motoneurons share; its largest is set so that a "
    "maximal effort recruits the pool.",
    "Without PICs: the L-type calcium current is switched off; the small persistent "
    "sodium current at the soma stays. No drug does this in people.",
    "Neuromodulation grows with the torque that a task asks for, so that the amplification is "
    "larger at higher torques.",
)


@plot.register(Effort)
def plot_effort(noun: Effort, /) -> Figure:
    """Draw the drive that each torque takes."""
    return effort_curve(noun)


@page_of(Effort)
def page(effort: Effort) -> Content:
    """Return the page about the effort that force takes."""
    curve = drawing(
        effort_curve(effort),
        "effort",
        "Effort against torque, with persistent inward currents and without",
        "Each point is a torque that was held after practice; effort is the mean descending drive "
        "over the hold. Hollow, with a dashed line to a cross: a target that was missed. Right: "
        "what each way to calm adds.",
    )
    sections = [
        Section("effort", "Effort for the same force", [_lost(effort)], pictures=[curve]),
        Section("numbers", "Numbers", tables=[_table(effort), _strength(effort)]),
        Section("holds", "What it looks like", pictures=_holds(effort)),
        Section("assumptions", "Assumptions", notes=_ASSUMED),
    ]
    return Content(
        title=f"{effort.participant.name}: effort",
        kind=f"Simulated {effort.participant.muscle}: descending drive needed for each force",
        findings=effort.findings(),
        sections=sections,
        history=effort.history,
        settings=effort.settings,
    )


def _lost(effort: Effort) -> str:
    words = (
        "Persistent inward currents amplify descending drive, so that less of it is needed for a "
        "given force. Interventions that calm an over-excitable cord reduce this: the same "
        "torque then "
        "costs more drive."
    )
    if WITHOUT_PICS in effort.conditions:
        largest = effort.mvc_pct[WITHOUT_PICS]
        words += (
            f" Without the currents the largest torque is {largest:.0f} % of what it is with them."
        )
    return words


def _table(effort: Effort) -> Table:
    rows = [
        Row(
            [
                str(row["condition"]),
                f"{row['target_pct_mvc']:g}",
                number(row["torque_pct_mvc"]),
                number(row["effort_pct"]),
                number(row["drive"]),
                number(row["units"]),
                str(row["reason"]) or "yes",
            ],
            ok=bool(row["reached"]),
        )
        for row in effort.table.to_dict("records")
    ]
    columns = [
        Column("Condition", numeric=False),
        Column("Target", "% MVC"),
        Column("Torque", "% MVC"),
        Column("Effort", "%"),
        Column("Drive M_e", "1e-5 S/cm²"),
        Column("Units firing"),
        Column("Reached", numeric=False),
    ]
    return Table("Every torque under every condition", columns, rows)


def _strength(effort: Effort) -> Table:
    rows = [Row([name, number(value)]) for name, value in effort.mvc_pct.items()]
    columns = [Column("Condition", numeric=False), Column("Largest torque", "% MVC")]
    return Table("Strength, in % of the untreated cord's", columns, rows)


def _holds(effort: Effort) -> list[Drawing]:
    level = usual_level(effort)
    pictures = []
    for place, name in enumerate(effort.conditions):
        recording = effort.examples.get((name, level))
        if recording is None or place > 1:
            continue
        pictures.append(
            drawing(
                tracking_panel(recording),
                f"hold-{place}",
                f"Torque, target and effort at {level:g} percent MVC, {name}",
                f"{level:g} % MVC, {name}.",
            )
        )
    return pictures
