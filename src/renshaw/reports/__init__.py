"""Pictures and pages: what a physiologist looks at, and what is mailed to a colleague."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from renshaw.core.results import plot
from renshaw.data.estimates import Estimates
from renshaw.data.recording import Recording
from renshaw.reports.report import report

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["report"]


@plot.register(Recording)
def plot_recording(noun: Recording, /, **options: Any) -> Figure:
    """Draw torque and discharges."""
    from renshaw.reports.figures.raster import raster

    return raster(noun, **options).draw()


@plot.register(Estimates)
def plot_estimates(noun: Estimates, /, **options: Any) -> Figure:
    """Draw the estimates of one recording, a dot a unit."""
    from renshaw.reports.figures.by_unit import estimates_by_unit

    return estimates_by_unit(noun, **options).draw()
