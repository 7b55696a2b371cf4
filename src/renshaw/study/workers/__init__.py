"""Who does the pieces of a study: this process, several, or a Dask cluster; same numbers."""

from renshaw.study.workers.in_process import in_process
from renshaw.study.workers.processes import processes

__all__ = ["in_process", "processes"]
