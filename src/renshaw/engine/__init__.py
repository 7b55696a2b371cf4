"""The kernel that integrates a pool of motoneurons."""

from renshaw.engine.run import EngineSettings, Inputs, Response, run

__all__ = ["EngineSettings", "Inputs", "Response", "run"]
