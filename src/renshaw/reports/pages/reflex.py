"""The page on a reflex test: the curve, the outcomes beside those of people, and every point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.numbers import number
from renshaw.core.results import plot
from renshaw.experiment.reflexes.ashworth import AshworthSettings
from renshaw.experiment.reflexes.clonus import ClonusSettings
from renshaw.experiment.reflexes.result import Reflex
from renshaw.experiment.reflexes.stretch import StretchSettings
from renshaw.experiment.reflexes.tap import TapSettings
from renshaw.reports.figures.reflex import reflex_curve
from renshaw.reports.figures.reflex_limb import DRAWN
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
    "velocity_deg_per_s": Column("Velocity", "deg/s"),
    "reflex_pct": Column("Reflex", "% of M_max"),
    "reflex_sd": Column("Reflex, SD"),
    "units_pct": Column("Motoneurons", "%"),
    "torque_nm": Column("Torque of the reflex", "Nm"),
    "tap_mm": Column("Tap", "mm"),
    "pct_of_rested": Column("Of the first", "%"),
    "load_nm": Column("Load", "Nm"),
    "beats": Column("Beats"),
    "beats_sd": Column("Beats, SD"),
    "lasts_s": Column("Lasts", "s"),
    "once_pct": Column("Once a beat", "%"),
    "swing_deg": Column("Swing", "deg"),
    "angle_deg": Column("Angle", "deg"),
    "tissue_nm": Column("Tissue", "Nm"),
    "reflex_nm": Column("Calf", "Nm"),
}
_OF_THE_LIMB = (
    "Spindles follow the length as human ones do and the velocity with a power law measured in "
    "cats, whose strength is fitted to the velocity at which healthy people begin to answer.",
    "All Ia afferents of the calf fire at the same rate; their terminals depress as after volleys. "
    "Ib and II afferents, the antagonist and fusimotor drive are left out.",
    "The moving foot has inertia, linear tissue, stops at the ends of its range and a muscle that "
    "loses torque as it shortens; active muscle is no stiffer than relaxed muscle.",
    "At rest the cord has its tonic inhibition and no drive; in a contraction the drive is the one "
    "with which this person holds that torque.",
)
_ASHWORTH = (
    "No published rule gives an Ashworth grade for a torque: the bounds of the grades are an "
    "assumption. Raters err by as much as makes two of them agree as people do (kappa .514).",
)
_SEEN = {
    StretchSettings: "Left: means over repeats with their standard deviation; dotted: what counts "
    "as a reflex. Right: what the electrode sees, mean of the repeats.",
    TapSettings: "Left: means over repeats with their standard deviation. Middle: the second of "
    "two taps. Right: what the electrode sees, mean of the repeats.",
    ClonusSettings: "Left: beats of the pool and their frequency under each load, beside that of "
    "people with clonus. Right: the first push of each load.",
    AshworthSettings: "Left: what resists the hand while it moves the foot. Right: the grades of "
    "the raters.",
}
_EVOKED = (
    "Left: means over repeats with their standard deviation. Right: what the electrode sees "
    "after the pulse at some points of the curve, one above the other in the same scale."
)


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
        _SEEN.get(type(reflex.settings), _EVOKED),
    )
    sections = [
        Section("outcomes", "Outcomes", pictures=[curve], tables=[_outcomes(reflex)]),
        Section("points", "Every point", tables=[_points(reflex)]),
        Section("assumptions", "Assumptions", notes=_assumed(reflex)),
    ]
    return Content(
        title=f"{reflex.participant.name}: {reflex.settings.title}",
        kind=f"Simulated {reflex.participant.muscle}, {reflex.participant.condition}: reflex test",
        findings=reflex.findings(),
        sections=sections,
        history=reflex.history,
        settings=reflex.settings,
    )


def _assumed(reflex: Reflex) -> tuple[str, ...]:
    if not isinstance(reflex.settings, DRAWN):
        return _ASSUMED
    return _OF_THE_LIMB + (_ASHWORTH if isinstance(reflex.settings, AshworthSettings) else ())


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
