"""Pictures and pages: what a physiologist looks at, and what is mailed to a colleague.

The room and its verb share their name, as ``rs.report`` is both: the module can be called.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from renshaw.core.results import plot
from renshaw.data.estimates import Estimates
from renshaw.data.recording import Recording
from renshaw.report.verb import report

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["report"]


@plot.register(Recording)
def plot_recording(noun: Recording, /, **options: Any) -> Figure:
    """Draw torque and discharges."""
    from renshaw.report.figures.raster import raster

    return raster(noun, **options)


@plot.register(Estimates)
def plot_estimates(noun: Estimates, /, **options: Any) -> Figure:
    """Draw the estimates of one recording, a dot a unit."""
    from renshaw.report.figures.by_unit import estimates_by_unit

    return estimates_by_unit(noun, **options)


class _Verb(ModuleType):
    """A module that is called as its verb, lest importing a room of it hide ``rs.report``."""

    __doc__ = __doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Path:
        return report(*args, **kwargs)


sys.modules[__name__].__class__ = _Verb
