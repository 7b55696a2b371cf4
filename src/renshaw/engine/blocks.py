"""Many jobs on the vector kernel: cut into blocks of motoneurons, which threads take in turn.

A block is whole chunks, of one job or of several whose inputs are equally long. What a motoneuron
does depends on nothing but its own lane, so how the jobs are cut never changes a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import SimulationError
from renshaw.core.kernels import must_compile
from renshaw.core.machine import cores
from renshaw.engine import lanes as at
from renshaw.engine.inputs import (
    FloatArray,
    Inputs,
    Job,
    Progress,
    Response,
    checked_columns,
    checked_gains,
    held,
    refuse_too_large,
    stopped_error,
)
from renshaw.engine.membrane import membrane
from renshaw.engine.packing import chunks_of, in_chunks, named, packed
from renshaw.engine.settings import EngineSettings
from renshaw.model.mechanisms import fluctuating_synapse, h_current, l_type_calcium

# A motoneuron that fires faster than this for a whole trial has left physiology.
FASTEST_pps: float = 400.0
# Chunks of a block: enough that refined lanes fill vectors, few enough for the second cache.
MOST_CHUNKS = 16
# Blocks for each thread that are prepared at a time.
_BLOCKS_AHEAD = 4


@dataclass(eq=False)
class _Packed:
    """A job as the kernel takes it, and its results as they come in."""

    job: Job
    number: int
    columns: NDArray[np.float32]
    state: NDArray[np.float32]
    names: NDArray[np.uint32]
    gains: NDArray[np.float32]
    duration_ms: float
    spikes_s: dict[int, FloatArray] = field(default_factory=dict)
    pic_nA: dict[int, FloatArray] = field(default_factory=dict)
    soma_mV: dict[int, FloatArray] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Block:
    """Chunks from one number up to another of each of some jobs."""

    pieces: tuple[tuple[_Packed, int, int], ...]

    def stacked(self, name: str) -> NDArray[Any]:
        return np.concatenate([getattr(p, name)[a:b] for p, a, b in self.pieces])

    def lanes(self) -> Iterator[tuple[_Packed, int, range]]:
        """Yield each job, its first lane in the block and which of its motoneurons follow."""
        lane = 0
        for p, a, b in self.pieces:
            yield p, lane, range(a * at.WIDTH, min(b * at.WIDTH, len(p.job.pool)))
            lane += (b - a) * at.WIDTH


def run_jobs(
    jobs: Iterable[Job],
    settings: EngineSettings,
    save: frozenset[str],
    threads: int | None,
    progress: Progress | None,
) -> list[Response]:
    """Integrate the jobs; see `renshaw.engine.run.run_many`."""
    threads = threads or cores()
    _announce_compiling(progress)
    responses: list[Response] = []
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        for batch in _batches(jobs, settings, save, threads):
            known = done + sum(len(p.job.pool) for p in batch)
            futures = [pool.submit(_integrate, b, settings, save) for b in _blocks(batch, threads)]
            try:
                for future in futures:
                    done += future.result()
                    if progress is not None:
                        progress(done, known, "simulating motoneurons")
            finally:
                for future in futures:
                    future.cancel()
            responses += [_response(p, settings) for p in batch]
    return responses


def _announce_compiling(progress: Progress | None) -> None:
    from renshaw.engine import block as kernel

    if progress is not None and must_compile(kernel.integrate_block):
        progress(0, 1, "compiling the kernel (once on this machine)")


def _batches(
    jobs: Iterable[Job], settings: EngineSettings, save: frozenset[str], threads: int
) -> Iterator[list[_Packed]]:
    """Yield jobs a handful at a time, so that inputs of many jobs are never held together."""
    enough = threads * _BLOCKS_AHEAD * MOST_CHUNKS
    batch: list[_Packed] = []
    columns: dict[int, tuple[Inputs, NDArray[np.float32]]] = {}
    for number, job in enumerate(jobs):
        refuse_too_large(job, settings, save)
        batch.append(_pack(job, number, settings, columns))
        if sum(len(p.state) for p in batch) >= enough:
            yield batch
            batch = []
            columns = {}
    if batch:
        yield batch


def _pack(
    job: Job,
    number: int,
    settings: EngineSettings,
    columns: dict[int, tuple[Inputs, NDArray[np.float32]]],
) -> _Packed:
    # Jobs that share their inputs share the columns; the inputs are kept so that their id is.
    if id(job.inputs) not in columns:
        columns[id(job.inputs)] = (
            job.inputs,
            held(checked_columns(job.inputs), settings.slow_steps),
        )
    return _Packed(
        job,
        number,
        columns[id(job.inputs)][1],
        packed(membrane(job.pool)),
        named(len(job.pool), job.seed, job.trial),
        in_chunks(checked_gains(job.inputs, len(job.pool))),
        len(job.inputs.excitation) * settings.step_ms,
    )


def _blocks(batch: list[_Packed], threads: int) -> list[_Block]:
    """Cut a batch into blocks of about equal size, at least one a thread where it can be."""
    blocks: list[_Block] = []
    for steps in sorted({p.columns.shape[1] for p in batch}, reverse=True):
        alike = [p for p in batch if p.columns.shape[1] == steps]
        total = sum(len(p.state) for p in alike)
        # As many blocks as threads, or some times as many: none waits while another works.
        rounds = -(-total // (MOST_CHUNKS * threads))
        size = -(-total // (rounds * threads))
        pieces: list[tuple[_Packed, int, int]] = []
        room = size
        for p in alike:
            first = 0
            while first < len(p.state):
                last = min(len(p.state), first + room)
                pieces.append((p, first, last))
                room -= last - first
                first = last
                if room == 0:
                    blocks.append(_Block(tuple(pieces)))
                    pieces, room = [], size
        if pieces:
            blocks.append(_Block(tuple(pieces)))
    return blocks


def slow_gains(settings: EngineSettings) -> NDArray[np.float32]:
    """Return what a slow step makes up for q, m_L and h_L, and leaves of a fluctuation."""
    gates_ms = (
        h_current.TIME_CONSTANT_ms,
        l_type_calcium.ACTIVATION_ms,
        l_type_calcium.INACTIVATION_ms,
    )
    noise_ms = settings.slow_ms * settings.noise_every
    left = np.exp(-noise_ms / fluctuating_synapse.TIME_CONSTANT_ms)
    return np.append(-np.expm1(-settings.slow_ms / np.array(gates_ms)), left).astype(np.float32)


def _integrate(block: _Block, settings: EngineSettings, save: frozenset[str]) -> int:
    """Integrate a block, hand the results to its jobs, and return the number of motoneurons."""
    state = block.stacked("state")
    jobs = list({id(p): p for p, _, _ in block.pieces}.values())
    columns = np.stack([p.columns for p in jobs])
    places = {id(p): i for i, p in enumerate(jobs)}
    from renshaw.engine import block as kernel

    column_of_chunk = np.concatenate([np.full(b - a, places[id(p)]) for p, a, b in block.pieces])
    lanes = len(state) * at.WIDTH
    samples = -(-columns.shape[2] // settings.save_every)
    duration_s = columns.shape[2] * settings.slow_ms / 1000
    spike_ms = np.empty((lanes, int(duration_s * FASTEST_pps) + 10))
    counts = np.zeros(lanes, dtype=np.int64)
    pic_nA = np.empty((lanes, samples) if "pic" in save else (0, 0), dtype=np.float32)
    soma_mV = np.empty((lanes, samples) if "potential" in save else (0, 0), dtype=np.float32)
    stopped = kernel.integrate_block(
        state,
        block.stacked("names"),
        block.stacked("gains"),
        columns,
        column_of_chunk,
        0,
        np.float32(settings.noise),
        settings.step_ms,
        settings.slow_steps,
        settings.noise_every,
        settings.inner_steps,
        np.float32(settings.fine_above_mV),
        np.float32(settings.fine_slope_mV_per_ms),
        slow_gains(settings),
        settings.save_every,
        spike_ms,
        counts,
        pic_nA,
        soma_mV,
    )
    if stopped != kernel.FINISHED:
        raise _stopped_error(block, int(stopped), fired=counts[stopped] == spike_ms.shape[1])
    return _hand_out(block, spike_ms, counts, pic_nA, soma_mV)


def _hand_out(
    block: _Block,
    spike_ms: FloatArray,
    counts: NDArray[np.int64],
    pic_nA: NDArray[np.float32],
    soma_mV: NDArray[np.float32],
) -> int:
    handed_out = 0
    for p, first_lane, neurons in block.lanes():
        for neuron in neurons:
            lane = first_lane + neuron - neurons.start
            times_ms = spike_ms[lane, : counts[lane]]
            p.spikes_s[neuron] = times_ms[times_ms < p.duration_ms] / 1000
        lanes = slice(first_lane, first_lane + len(neurons))
        p.pic_nA[neurons.start] = pic_nA[lanes].astype(float)
        p.soma_mV[neurons.start] = soma_mV[lanes].astype(float)
        handed_out += len(neurons)
    return handed_out


def _stopped_error(block: _Block, lane: int, *, fired: bool) -> SimulationError:
    for p, first_lane, neurons in block.lanes():
        # A lane beyond the last motoneuron of its job repeats that motoneuron.
        if first_lane <= lane < first_lane + chunks_of(len(neurons)) * at.WIDTH:
            neuron = min(neurons.start + lane - first_lane, neurons.stop - 1)
            who = f"Motoneuron {neuron + 1} of job {p.number + 1}"
    return stopped_error(who, fired=fired)


def _response(p: _Packed, settings: EngineSettings) -> Response:
    n = len(p.job.pool)
    save_hz = 1000 / (settings.save_every * settings.slow_ms)
    return Response(
        tuple(p.spikes_s[i] for i in range(n)),
        _traces(p.pic_nA, n),
        _traces(p.soma_mV, n),
        save_hz,
    )


def _traces(pieces: dict[int, FloatArray], n: int) -> FloatArray:
    traces = np.concatenate([pieces[first] for first in sorted(pieces)])
    return traces if len(traces) else np.zeros((n, 0))
