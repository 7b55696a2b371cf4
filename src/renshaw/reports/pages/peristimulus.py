"""The page on what stimuli do to single motor units."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from renshaw.core.numbers import number, p_value
from renshaw.core.results import plot
from renshaw.estimation.peristimulus import Peristimulus
from renshaw.reports.figures.peristimulus import peristimulus_curves
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.tables import Column, Row, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HOW = (
    "A response is the stretch of time, within the window that is looked at, in which most "
    "discharges are in excess or most are missing.",
    "p is the share of sets of stimuli, each moved by its own random time, whose largest stretch "
    "is as large. It holds for one unit and one direction. No stimulus is moved by more than the "
    "time that is looked at, so that slow changes of rate are no response.",
    "Only stimuli that come while a unit fires count for it; sizes are per such stimulus.",
    "Where firing is as unlike chance before a response can begin, nothing after it counts. A "
    "trough after a peak may be refractoriness; a peak after a trough counts only if its "
    "discharges have higher rates than usual, for those that inhibition delayed have not.",
    "The interval of the beginning is that of 95 % of sets of resampled stimuli. Sizes of "
    "responses that only just count are too large: chance helped them to count.",
    "Counts (PSTH) also show the unit's own refractoriness; rates (PSF) follow the synaptic "
    "potential longer (Türker & Powers 2003).",
    "Times are those of the discharges that were recorded: from a muscle they contain the "
    "conduction to the electrode, in a simulation they do not.",
)


@plot.register(Peristimulus)
def plot_peristimulus(noun: Peristimulus, /) -> Figure:
    """Draw counts and rates around the stimuli."""
    return peristimulus_curves(noun)


@page_of(Peristimulus)
def page(found: Peristimulus) -> Content:
    """Return the page about the responses of units to stimuli."""
    curves = drawing(
        peristimulus_curves(found),
        "peristimulus",
        "Discharges and rates around the stimuli, and the cumulative sum",
        "The units with the surest responses. Red: a stretch in which discharges are in excess; "
        "blue: one in which they are missing. Line: cumulative sum; dotted: usual firing.",
    )
    return Content(
        title="Responses of motor units to stimuli",
        kind=f"Peristimulus histograms and frequencygrams, {len(found.stimuli_s)} stimuli",
        findings=found.findings(),
        sections=[
            Section("responses", "Responses", pictures=[curves], tables=[_table(found)]),
            Section("method", "How responses are judged", notes=_HOW),
        ],
        history=found.history,
        settings=found.settings,
    )


def _between(low: float, high: float) -> str:
    return "" if isnan(low) else f"{number(low)} to {number(high)}"


def _table(found: Peristimulus) -> Table:
    rows = [
        Row(
            [
                "all" if row["unit"] == 0 else str(row["label"]),
                str(row["direction"]),
                number(row["onset_ms"]),
                _between(row["onset_low_ms"], row["onset_high_ms"]),
                number(row["duration_ms"]),
                number(row["discharges_per_stimulus"]),
                number(row["rate_change_pps"]),
                number(row["usual_pps"]),
                str(row["stimuli"]),
                p_value(row["p"]),
                str(row["reason"]) or "yes",
            ],
            ok=bool(row["ok"]),
        )
        for row in found.responses.to_dict("records")
    ]
    columns = [
        Column("Unit", numeric=False),
        Column("Direction", numeric=False),
        Column("From", "ms"),
        Column("95 % of it", "ms"),
        Column("For", "ms"),
        Column("Discharges a stimulus"),
        Column("Change of rate", "pps"),
        Column("Usual rate", "pps"),
        Column("Stimuli"),
        Column("p"),
        Column("Counts", numeric=False, wide=True),
    ]
    return Table(
        "The largest excess and the largest lack of discharges of each unit", columns, rows
    )
