"""`run` and `run_many`: from pools and what reaches them to spikes and inward currents."""

from __future__ import annotations

from collections.abc import Iterable

from renshaw.core.errors import SimulationError
from renshaw.engine.inputs import Inputs, Job, Progress, Response
from renshaw.engine.settings import EngineSettings
from renshaw.model.pool import Pool

__all__ = ["EngineSettings", "Inputs", "Job", "Progress", "Response", "run", "run_many"]

TRACES = ("pic", "potential")


def run(
    pool: Pool,
    inputs: Inputs,
    settings: EngineSettings | None = None,
    *,
    seed: int = 0,
    save_potential: bool = False,
    progress: Progress | None = None,
) -> Response:
    """Integrate the pool under the inputs and save its persistent inward currents.

    The same seed gives the same synaptic noise whatever the inputs, so that two conditions can be
    compared motoneuron by motoneuron; and the same numbers for any number of threads.

    Parameters
    ----------
    pool : Pool
        The motoneurons.
    inputs : Inputs
        What arrives at them, step by step.
    settings : EngineSettings, optional
        Steps and engine.
    seed : int
        Of the synaptic noise.
    save_potential : bool
        Also save the potential of every soma.
    progress : callable, optional
        Called with (done, total, what is done now).

    Raises
    ------
    SimulationError
        Inputs that are not finite, negative, of unequal length or too long for memory; or a state
        that diverged.
    """
    save = TRACES if save_potential else TRACES[:1]
    return run_many([Job(pool, inputs, seed)], settings, save=save, progress=progress)[0]


def run_many(
    jobs: Iterable[Job],
    settings: EngineSettings | None = None,
    *,
    save: Iterable[str] = (),
    threads: int | None = None,
    progress: Progress | None = None,
) -> list[Response]:
    """Integrate many pools, in blocks of motoneurons, on all cores.

    The numbers don't depend on the threads, nor on which jobs are done together or in which order.

    Parameters
    ----------
    jobs : iterable of Job
        Taken as they are needed: a generator keeps the inputs of a thousand pools out of memory.
    settings : EngineSettings, optional
    save : iterable of str
        ``"pic"`` for persistent inward currents, ``"potential"`` for potentials of the soma.
        Spikes are saved always.
    threads : int, optional
        Number of threads; as many as there are cores if not given.
    progress : callable, optional
        Called with motoneurons done, motoneurons known, and what is being done; also says when the
        kernel is being compiled, which happens once a machine.

    Returns
    -------
    list of Response
        In the order of the jobs.

    Raises
    ------
    SimulationError
        Impossible inputs, a job too large for memory, or a state that diverged.
    """
    settings = settings or EngineSettings()
    save = frozenset(save)
    if not save <= set(TRACES):
        raise SimulationError(f"save = {sorted(save)}: only {' and '.join(TRACES)} can be saved.")
    if threads is not None and threads < 1:
        raise SimulationError(f"threads = {threads}: at least one thread is needed.")
    if settings.engine == "cuda":
        from renshaw.engine.gpu import run_jobs
    elif settings.engine == "reference":
        from renshaw.engine.reference import run_jobs
    else:
        from renshaw.engine.blocks import run_jobs
    return run_jobs(jobs, settings, save, threads, progress)
