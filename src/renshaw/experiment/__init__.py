"""The one verb `simulate`: from a person and a protocol to a recording whose truth is known."""

from renshaw.experiment.simulate import simulate, simulation_step

__all__ = ["simulate", "simulation_step"]
