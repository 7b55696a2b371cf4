"""The kernels that integrate pools of motoneurons."""

from renshaw.engine.run import EngineSettings, Inputs, Job, Response, run, run_many

__all__ = ["EngineSettings", "Inputs", "Job", "Response", "run", "run_many"]
