"""The reference engine: one motoneuron after another in double precision, every step fine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.kernels import kept, kept_with, must_compile
from renshaw.core.machine import cores
from renshaw.engine import noise, scalar
from renshaw.engine.inputs import (
    FloatArray,
    Job,
    Progress,
    Response,
    checked_columns,
    checked_gains,
    refuse_too_large,
    stopped_error,
)
from renshaw.engine.membrane import Membrane, membrane
from renshaw.engine.settings import EngineSettings
from renshaw.model import mechanisms
from renshaw.model.mechanisms import fluctuating_synapse

FASTEST_pps: float = 400.0

one_motoneuron: Callable[..., Any] = kept_with(
    kept(nogil=True, error_model="numpy")(scalar.one_motoneuron), scalar, noise, mechanisms
)


def run_jobs(
    jobs: Iterable[Job],
    settings: EngineSettings,
    save: frozenset[str],
    threads: int | None,
    progress: Progress | None,
) -> list[Response]:
    """Integrate the jobs; see `renshaw.engine.run.run_many`."""
    responses = []
    if progress is not None and must_compile(one_motoneuron):
        progress(0, 1, "compiling the reference kernel (once on this machine)")
    with ThreadPoolExecutor(threads or cores()) as pool:
        for number, job in enumerate(jobs):
            refuse_too_large(job, settings, save)
            prepared = Prepared(job, settings, save)
            list(pool.map(prepared.integrate, range(len(job.pool))))
            responses.append(prepared.response(number))
            if progress is not None:
                progress(number + 1, number + 1, "simulating pools")
    return responses


class Prepared:
    """A job as the scalar functions take it, with room for its results."""

    def __init__(self, job: Job, settings: EngineSettings, save: frozenset[str]) -> None:
        n = len(job.pool)
        self.job = job
        self.settings = settings
        self.columns: FloatArray = checked_columns(job.inputs)
        self.gains: FloatArray = np.ascontiguousarray(checked_gains(job.inputs, n).T)
        self.parameters: FloatArray = parameter_rows(membrane(job.pool))
        self.names: NDArray[np.uint32] = np.empty((n, 4), dtype=np.uint32)
        self.names[:, 0] = np.arange(n)
        self.names[:, 1:] = job.trial, job.seed & 0xFFFFFFFF, job.seed >> 32
        noise_ms = settings.slow_ms * settings.noise_every
        self.slow_decay: float = float(np.exp(-noise_ms / fluctuating_synapse.TIME_CONSTANT_ms))
        steps = self.columns.shape[1]
        samples = -(-steps // (settings.slow_steps * settings.save_every))
        most_spikes = int(steps * settings.step_ms / 1000 * FASTEST_pps) + 10
        self.spike_ms: FloatArray = np.empty((n, most_spikes))
        self.counts: NDArray[np.int64] = np.zeros(n, dtype=np.int64)
        self.pic_nA: FloatArray = np.zeros((n, samples if "pic" in save else 0))
        self.soma_mV: FloatArray = np.zeros((n, samples if "potential" in save else 0))

    def integrate(self, i: int) -> None:
        """Integrate one motoneuron on this thread."""
        s = self.settings
        self.counts[i] = one_motoneuron(
            np.empty(scalar.STATES),
            self.parameters[i],
            self.gains[i],
            self.columns,
            self.names[i],
            s.noise,
            s.step_ms,
            s.inner_steps,
            s.slow_steps,
            s.noise_every,
            s.save_every,
            self.slow_decay,
            self.spike_ms[i],
            self.pic_nA[i],
            self.soma_mV[i],
        )

    def response(self, number: int) -> Response:
        """Return the results, or raise `SimulationError` when a motoneuron diverged."""
        for i, count in enumerate(self.counts):
            if count < 0 or count == self.spike_ms.shape[1]:
                raise stopped_error(
                    f"Motoneuron {i + 1} of job {number + 1}", fired=bool(count > 0)
                )
        spikes = tuple(
            self.spike_ms[i, :count].copy() / 1000 for i, count in enumerate(self.counts)
        )
        save_hz = 1000 / (self.settings.save_every * self.settings.slow_ms)
        return Response(spikes, self.pic_nA, self.soma_mV, save_hz)


def parameter_rows(mem: Membrane) -> NDArray[np.float64]:
    """Return the parameters of each motoneuron in the order of `renshaw.engine.scalar`."""
    columns: list[FloatArray] = []
    for values in mem:
        columns += list(values.T) if values.ndim == 2 else [values]
    return np.ascontiguousarray(np.stack(columns, axis=1))
