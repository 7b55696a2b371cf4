"""The page of voltage ramps of one motoneuron: voltage clamp."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from renshaw.core.results import plot
from renshaw.experiment.voltage_clamp import VoltageRamp
from renshaw.reports.figures.voltage_ramp import voltage_ramp_loops
from renshaw.reports.motoneuron_sections import content
from renshaw.reports.page import Content, Section, drawing, page_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@plot.register(VoltageRamp)
def plot_voltage_ramp(noun: VoltageRamp, /) -> Figure:
    """Draw current against potential."""
    return voltage_ramp_loops([noun])


def voltage_ramp_pictures(ramps: Sequence[VoltageRamp]) -> dict[str, Figure]:
    """Return the pictures of voltage ramps by name of file."""
    return {"clamp": voltage_ramp_loops(ramps)}


@page_of(VoltageRamp, several=True)
def page(ramps: Sequence[VoltageRamp]) -> Content:
    """Return the page about voltage ramps of one motoneuron at several neuromodulations."""
    pictures = voltage_ramp_pictures(ramps)
    loops = drawing(
        pictures["clamp"],
        "clamp",
        "Current against potential, as recorded and after leak subtraction",
        "Solid on the way up, dashed on the way down; inward current points down. The PIC bends "
        "the line into a region of negative slope; on the way down it lasts to a lower potential, "
        "because the dendrites that carry it are not held by the clamp.",
    )
    sections = [
        Section(
            "loop",
            "Current against potential",
            paragraphs=[
                "For comparison: in low-threshold motoneurons of the decerebrate cat the current "
                "starts near spike threshold and stops at a clearly lower potential; high-"
                "threshold ones have as large a current but much less hysteresis, and it decays "
                "(Lee & Heckman 1998)."
            ],
            pictures=[loops],
        ),
    ]
    return content(ramps, "Voltage clamp", sections)
