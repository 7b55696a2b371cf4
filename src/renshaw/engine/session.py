"""`Session`: pools that are driven while one watches, as a person who tracks a target drives hers.

`run_many` knows all inputs beforehand. Here they are given piece by piece, and what a pool did in
one piece may decide what reaches it in the next. The numbers are those of `run_many` for the same
inputs, however they are cut into pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import SimulationError
from renshaw.core.machine import cores
from renshaw.engine import lanes as at
from renshaw.engine.blocks import FASTEST_pps, slow_gains
from renshaw.engine.inputs import FloatArray, Response, Row, stopped_error
from renshaw.engine.loop_state import LoopState
from renshaw.engine.membrane import membrane
from renshaw.engine.packing import chunks_of, in_chunks, named, packed
from renshaw.engine.settings import EngineSettings
from renshaw.model.circuits.recurrent_inhibition import RecurrentInhibition
from renshaw.model.pool import Pool

Gains = NDArray[np.float64]
# Most motoneurons fire nothing in most pieces.
_SILENT: FloatArray = np.empty(0)
_SILENT.flags.writeable = False


@dataclass(frozen=True, eq=False)
class Seat:
    """One pool of a session.

    Parameters
    ----------
    pool : Pool
    seed, trial : int
        Name the synaptic fluctuations, as in `Job`.
    gains : array, shape (4, n), optional
        The share of each input that each motoneuron takes, one row each of `Row`; 1 where left out.
    recurrent : RecurrentInhibition, optional
        Its Renshaw cells; none where left out.
    """

    pool: Pool
    seed: int = 0
    trial: int = 0
    gains: Gains | None = None
    recurrent: RecurrentInhibition | None = None


class Session:
    """Pools in the middle of a run.

    Parameters
    ----------
    seats : sequence of Seat
    duration_s : float
        How long it will take at most.
    settings : EngineSettings, optional
        Only ``engine="cpu"`` can be driven piece by piece.
    save : iterable of str
        ``"pic"`` and ``"potential"``, as in `run_many`.
    threads : int, optional
        As many as there are cores if not given; the numbers don't depend on it.
    volleys : bool
        Whether `advance` is given volleys.

    Raises
    ------
    SimulationError
        Another engine, or no pool.
    """

    def __init__(
        self,
        seats: Sequence[Seat],
        duration_s: float,
        settings: EngineSettings | None = None,
        *,
        save: Iterable[str] = (),
        threads: int | None = None,
        volleys: bool = False,
    ) -> None:
        self.settings: EngineSettings = settings or EngineSettings()
        self.seats: tuple[Seat, ...] = tuple(seats)
        if self.settings.engine != "cpu":
            raise SimulationError(
                f'engine="{self.settings.engine}" can\'t follow a target; use engine="cpu".'
            )
        if not self.seats:
            raise SimulationError("A session needs at least one pool.")
        self._slow_gains = slow_gains(self.settings)
        self._slow_steps = int(np.ceil(duration_s * 1000 / self.settings.slow_ms - 1e-6))
        self._done = 0
        self._state = np.concatenate([packed(membrane(s.pool)) for s in self.seats])
        self._names = np.concatenate([named(len(s.pool), s.seed, s.trial) for s in self.seats])
        self._gains = np.concatenate([in_chunks(_gains(s)) for s in self.seats])
        self._seat_of_chunk = np.repeat(
            np.arange(len(self.seats)), [chunks_of(len(s.pool)) for s in self.seats]
        )
        self._first_lane = at.WIDTH * np.searchsorted(
            self._seat_of_chunk, np.arange(len(self.seats))
        )
        lanes, save = len(self._state) * at.WIDTH, frozenset(save)
        samples = -(-self._slow_steps // self.settings.save_every)
        self._spike_ms = np.empty((lanes, int(duration_s * FASTEST_pps) + 10))
        self._counts = np.zeros(lanes, dtype=np.int64)
        self._pic_nA = np.zeros((lanes, samples if "pic" in save else 0), dtype=np.float32)
        self._soma_mV = np.zeros((lanes, samples if "potential" in save else 0), dtype=np.float32)
        self._loop: LoopState | None = None
        cells = [seat.recurrent for seat in self.seats]
        if volleys or any(cells):
            sizes = [len(seat.pool) for seat in self.seats]
            self._loop = LoopState(cells, sizes, self._slow_steps, self.settings)
        self._parts = self._parts_of(threads or cores())
        self._threads = ThreadPoolExecutor(len(self._parts))

    @property
    def now_s(self) -> float:
        """How far the pools have come."""
        return self._done * self.settings.slow_ms / 1000

    def advance(
        self, inputs: FloatArray, volleys: FloatArray | None = None
    ) -> list[tuple[FloatArray, ...]]:
        """Take some slow steps and return what was fired in them.

        Parameters
        ----------
        inputs : array, shape (seats, 4, slow steps)
            What reaches each pool, one row each of `Row`, held for one slow step each.
        volleys : array, shape (seats, slow steps), optional
            Excitation by afferents that fire together, M_e (1e-5 S/cm2), which doesn't fluctuate.

        Returns
        -------
        list of tuples of arrays
            Spike times (s) of each motoneuron of each pool.
        """
        columns = np.ascontiguousarray(inputs, dtype=np.float32)
        if columns.shape[:2] != (len(self.seats), len(Row)):
            raise SimulationError(
                f"inputs have shape {columns.shape}; they must be ({len(self.seats)}, {len(Row)}, "
                "steps)."
            )
        if self._done + columns.shape[2] > self._slow_steps:
            raise SimulationError("The session is over: it was begun for a shorter time.")
        if not np.all(np.isfinite(columns)) or columns[:, : Row.CURRENT].min(initial=0.0) < 0:
            raise SimulationError("inputs must be finite, and only the current may be negative.")
        if self._loop is not None:
            self._loop.take(volleys, columns.shape[2])
        elif volleys is not None:
            raise SimulationError("The session was begun without volleys.")
        before = self._counts.copy()
        first, *others = self._parts
        waiting = [self._threads.submit(self._integrate, part, columns) for part in others]
        self._integrate(first, columns)
        for each in waiting:
            each.result()
        self._done += columns.shape[2]
        return [self._spikes(i, before) for i in range(len(self.seats))]

    def share(self, seat: int, row: Row, gains: FloatArray) -> None:
        """Let the motoneurons of a seat take other shares of an input from now on.

        Parameters
        ----------
        seat : int
            Which, from 0.
        row : Row
            Which input.
        gains : array, shape (n,)
        """
        of_seat = np.flatnonzero(self._seat_of_chunk == seat)
        lanes = slice(row * at.WIDTH, (row + 1) * at.WIDTH)
        self._gains[of_seat, lanes] = in_chunks(np.asarray(gains)[np.newaxis])

    def responses(self) -> list[Response]:
        """Return what each pool did from the beginning."""
        save_hz = 1000 / (self.settings.save_every * self.settings.slow_ms)
        samples = -(-self._done // self.settings.save_every)
        found = []
        for i, seat in enumerate(self.seats):
            rows = slice(self._first_lane[i], self._first_lane[i] + len(seat.pool))
            pic, soma = (a[rows, :samples].astype(float) for a in (self._pic_nA, self._soma_mV))
            spikes_s = self._spikes(i, np.zeros_like(self._counts))
            cells = None if self._loop is None else self._loop.answers[i, :samples].astype(float)
            found.append(Response(spikes_s, pic, soma, save_hz, cells))
        return found

    def _spikes(self, i: int, before: NDArray[np.int64]) -> tuple[FloatArray, ...]:
        first = int(self._first_lane[i])
        lanes = slice(first, first + len(self.seats[i].pool))
        counts = zip(before[lanes].tolist(), self._counts[lanes].tolist(), strict=True)
        return tuple(
            self._spike_ms[lane, old:new] / 1000 if new > old else _SILENT
            for lane, (old, new) in enumerate(counts, start=first)
        )

    def _integrate(self, part: slice, columns: NDArray[np.float32]) -> None:
        from renshaw.engine import block as kernel

        s = self.settings
        lanes = slice(part.start * at.WIDTH, part.stop * at.WIDTH)
        saved = slice(0, 0)
        # A loop runs through the whole of a pool: then a part is some pools, otherwise any chunks.
        seats = slice(0, len(self.seats))
        if self._loop is not None:
            seats = slice(self._seat_of_chunk[part.start], self._seat_of_chunk[part.stop - 1] + 1)
        arguments = (
            self._state[part],
            self._names[part],
            self._gains[part],
            columns[seats],
            self._seat_of_chunk[part] - seats.start,
            self._done,
            np.float32(s.noise),
            s.step_ms,
            s.slow_steps,
            s.noise_every,
            s.inner_steps,
            np.float32(s.fine_above_mV),
            np.float32(s.fine_slope_mV_per_ms),
            self._slow_gains,
            s.save_every,
            self._spike_ms[lanes],
            self._counts[lanes],
            self._pic_nA[lanes if self._pic_nA.shape[1] else saved],
            self._soma_mV[lanes if self._soma_mV.shape[1] else saved],
        )
        if self._loop is None:
            stopped = kernel.integrate_block(*arguments)
        else:
            stopped = self._loop.integrate(arguments, part, seats)
        if stopped != kernel.FINISHED:
            lane = lanes.start + int(stopped)
            seat = int(self._seat_of_chunk[lane // at.WIDTH])
            last = len(self.seats[seat].pool)
            number = min(lane - int(self._first_lane[seat]), last - 1)
            fired = bool(self._counts[lane] == self._spike_ms.shape[1])
            raise stopped_error(f"Motoneuron {number + 1} of pool {seat + 1}", fired=fired)

    def _parts_of(self, threads: int) -> tuple[slice, ...]:
        """Cut the chunks into even parts, one a thread; a pool with a loop stays whole."""
        if self._loop is None:
            return _parts(len(self._state), threads)
        edges = np.append(self._first_lane // at.WIDTH, len(self._state))
        return tuple(
            slice(int(edges[part.start]), int(edges[part.stop]))
            for part in _parts(len(self.seats), threads)
        )


def _gains(seat: Seat) -> FloatArray:
    return np.ones((len(Row), len(seat.pool))) if seat.gains is None else seat.gains


def _parts(chunks: int, threads: int) -> tuple[slice, ...]:
    """Cut the chunks into as many even parts as there are threads."""
    edges = np.linspace(0, chunks, min(threads, chunks) + 1).round().astype(int)
    return tuple(slice(a, b) for a, b in pairwise(edges) if b > a)
