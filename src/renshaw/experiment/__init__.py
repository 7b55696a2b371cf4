"""The one verb `simulate`: from a person and a protocol to a recording whose truth is known."""

from renshaw.experiment.maximal import mvc_force
from renshaw.experiment.simulate import Trial, rehearse, simulate, simulate_many, simulation_step
from renshaw.experiment.tracking import TrackingSettings

__all__ = [
    "TrackingSettings",
    "Trial",
    "mvc_force",
    "rehearse",
    "simulate",
    "simulate_many",
    "simulation_step",
]
