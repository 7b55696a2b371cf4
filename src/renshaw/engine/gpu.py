"""The scalar equations on an NVIDIA graphics card: one thread a motoneuron, double precision.

The functions are those of `renshaw.engine.scalar`, compiled once more; every step is fine, as in
the reference engine, because threads of a warp that refine at different times would wait for each
other. Needs the package numba-cuda and a driver; ``NUMBA_ENABLE_CUDASIM=1`` runs it, slowly, in
plain Python.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numba import cuda

from renshaw.core.equations import let_kernels_call
from renshaw.core.errors import SimulationError
from renshaw.engine import scalar
from renshaw.engine.inputs import Job, Progress, Response
from renshaw.engine.reference import Prepared
from renshaw.engine.settings import EngineSettings

let_kernels_call()

THREADS_PER_BLOCK = 64
# A local array takes its size from a plain global.
STATES = scalar.STATES


@cuda.jit
def _integrate(
    parameters,
    gains,
    columns,
    names,
    noise,
    step_ms,
    inner_steps,
    slow_steps,
    noise_every,
    save_every,
    slow_decay,
    spike_ms,
    pic_nA,
    soma_mV,
    counts,
):
    i = cuda.grid(1)
    if i < parameters.shape[0]:
        y = cuda.local.array(STATES, np.float64)
        counts[i] = scalar.one_motoneuron(
            y,
            parameters[i],
            gains[i],
            columns,
            names[i],
            noise,
            step_ms,
            inner_steps,
            slow_steps,
            noise_every,
            save_every,
            slow_decay,
            spike_ms[i],
            pic_nA[i],
            soma_mV[i],
        )


def run_jobs(
    jobs: Iterable[Job],
    settings: EngineSettings,
    save: frozenset[str],
    threads: int | None,
    progress: Progress | None,
) -> list[Response]:
    """Integrate the jobs one after another; see `renshaw.engine.run.run_many`."""
    if not cuda.is_available():
        raise SimulationError(
            'engine="cuda" needs an NVIDIA graphics card with its driver and the package '
            'numba-cuda. Use engine="cpu".'
        )
    responses = []
    for number, job in enumerate(jobs):
        if progress is not None and number == 0:
            progress(0, 1, "compiling for the graphics card")
        prepared = Prepared(job, settings, save)
        _launch(prepared)
        responses.append(prepared.response(number))
        if progress is not None:
            progress(number + 1, number + 1, "simulating pools")
    return responses


def _launch(prepared: Prepared) -> None:
    s = prepared.settings
    results = (prepared.spike_ms, prepared.pic_nA, prepared.soma_mV, prepared.counts)
    # A trace that was not asked for has no samples, and a graphics card takes no empty arrays.
    on_card = [cuda.to_device(np.zeros((len(r), 1)) if r.size == 0 else r) for r in results]
    blocks = -(-len(prepared.job.pool) // THREADS_PER_BLOCK)
    _integrate[blocks, THREADS_PER_BLOCK](
        cuda.to_device(prepared.parameters),
        cuda.to_device(prepared.gains),
        cuda.to_device(prepared.columns),
        cuda.to_device(prepared.names),
        s.noise,
        s.step_ms,
        s.inner_steps,
        s.slow_steps,
        s.noise_every,
        s.save_every,
        prepared.slow_decay,
        *on_card,
    )
    for host, device in zip(results, on_card, strict=True):
        if host.size:
            device.copy_to_host(host)
