"""The page of current ramps of one motoneuron: current clamp."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from renshaw.core.results import plot
from renshaw.experiment.current_clamp import CurrentRamp
from renshaw.reports.figures.current_ramp import current_ramp_loops, current_ramp_potentials
from renshaw.reports.motoneuron_sections import content
from renshaw.reports.page import Content, Section, drawing, page_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@plot.register(CurrentRamp)
def plot_current_ramp(noun: CurrentRamp, /) -> Figure:
    """Draw rate against current, and over time."""
    return current_ramp_loops([noun])


def current_ramp_pictures(ramps: Sequence[CurrentRamp]) -> dict[str, Figure]:
    """Return the pictures of current ramps by name of file."""
    return {"fi": current_ramp_loops(ramps), "potential": current_ramp_potentials(ramps)}


@page_of(CurrentRamp, several=True)
def page(ramps: Sequence[CurrentRamp]) -> Content:
    """Return the page about current ramps of one motoneuron at several neuromodulations."""
    pictures = current_ramp_pictures(ramps)
    loops = drawing(
        pictures["fi"],
        "fi",
        "Discharge rate against injected current, and over time",
        "Each dot is one interval between spikes, filled on the way up and open on the way down. "
        "Without a dendritic PIC (0) both ways are one straight line. With it the rate accelerates "
        "once the current comes on, stays higher on the way down, and firing outlasts the current "
        "that started it: counter-clockwise hysteresis.",
    )
    potentials = drawing(
        pictures["potential"],
        "potential",
        "Potential of the soma and persistent inward current over time",
        "What the electrode sees at each level, the L-type and persistent sodium current that the "
        "model carries, and the current injected.",
    )
    sections = [
        Section("loop", "Firing against current", pictures=[loops]),
        Section("potential", "Potential", pictures=[potentials]),
    ]
    return content(ramps, "Current clamp", sections)
