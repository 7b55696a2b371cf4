"""Which picture a protocol, a train of stimuli and a night in bed have of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from renshaw.core.results import plot
from renshaw.experiment.night import Night
from renshaw.protocols import NerveStimulation, Protocol

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@plot.register(Protocol)
def plot_protocol(noun: Protocol, /, **options: Any) -> Figure:
    """Draw what happens when."""
    from renshaw.reports.figures.protocol import protocol_timeline

    return protocol_timeline(noun, **options)


@plot.register(Night)
def plot_night(noun: Night, /, **options: Any) -> Figure:
    """Draw touches and spasms over the hours."""
    from renshaw.reports.figures.night import nights

    return nights([noun], **options)


@plot.register(NerveStimulation)
def plot_nerve_stimulation(noun: NerveStimulation, /, **options: Any) -> Figure:
    """Draw what a current recruits, and the inhibition that it brings."""
    from renshaw.reports.figures.nerve_stimulation import nerve_stimulation

    return nerve_stimulation(noun, **options)
