"""What reaches a pool, a job of work, and what the pool did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import SimulationError
from renshaw.core.seeds import checked_seed
from renshaw.engine.settings import EngineSettings
from renshaw.model.pool import Pool

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

LARGEST_JOB_BYTES = 8 * 2**30


class Row(IntEnum):
    """Which row of the inputs of a pool is what, in the order in which the kernels read them."""

    EXCITATION = 0
    INHIBITION = 1
    NEUROMODULATION = 2
    CURRENT = 3


_COLUMNS = {
    Row.EXCITATION: "excitation",
    Row.INHIBITION: "inhibition",
    Row.NEUROMODULATION: "neuromodulation",
    Row.CURRENT: "current_nA",
}
_GAINS = {
    Row.EXCITATION: "excitation_gain",
    Row.INHIBITION: "inhibition_gain",
    Row.NEUROMODULATION: "neuromodulation_gain",
    Row.CURRENT: "current_gain",
}


@dataclass(frozen=True, eq=False)
class Inputs:
    """What reaches the motoneurons of a pool, sampled at each step of the engine.

    Parameters
    ----------
    excitation, inhibition : array, shape (steps,)
        M_e and M_i of Powers & Heckman 2017 (units of 1e-5 S/cm2), >= 0.
    neuromodulation : array, shape (steps,)
        Scale of the L-type conductance, 1 as published, >= 0.
    current_nA : array, shape (steps,), optional
        Current injected into the soma.
    excitation_gain, inhibition_gain, neuromodulation_gain : array, shape (n,), optional
        The share that each motoneuron takes, 1 where not given, >= 0.
    current_gain : array, shape (n,), optional
        Likewise, of any sign.
    """

    excitation: FloatArray
    inhibition: FloatArray
    neuromodulation: FloatArray
    current_nA: FloatArray | None = None
    excitation_gain: FloatArray | None = None
    inhibition_gain: FloatArray | None = None
    neuromodulation_gain: FloatArray | None = None
    current_gain: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class Job:
    """One pool under one set of inputs.

    Parameters
    ----------
    pool : Pool
    inputs : Inputs
    seed : int
        Names the synaptic fluctuations, together with the number of the motoneuron, of the trial
        and of the step: conditions that share a seed share them.
    trial : int
        Tells apart the fluctuations of jobs that share a seed, 0 to 2**32 - 1.
    """

    pool: Pool
    inputs: Inputs
    seed: int = 0
    trial: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "seed", checked_seed(self.seed))
        if isinstance(self.trial, bool) or not 0 <= int(self.trial) < 2**32:
            raise SimulationError(f"trial = {self.trial!r}: a whole number from 0 to 2**32 - 1.")


@dataclass(frozen=True, eq=False)
class Response:
    """What a pool did.

    Parameters
    ----------
    spikes_s : tuple of arrays
        Spike times, one array a motoneuron.
    pic_nA : array, shape (n, samples)
        L-type plus persistent sodium current, inward positive; no samples unless asked for.
    soma_mV : array, shape (n, samples)
        Potential of the soma; no samples unless asked for.
    save_hz : float
        Sampling rate of all; the first sample is at time 0.
    renshaw_pps : array, shape (samples,), optional
        What the Renshaw cells of the pool answer; none where it has none.
    """

    spikes_s: tuple[FloatArray, ...]
    pic_nA: FloatArray
    soma_mV: FloatArray
    save_hz: float
    renshaw_pps: FloatArray | None = None


def checked_columns(inputs: Inputs) -> FloatArray:
    """Return excitation, inhibition, neuromodulation and current, shape (4, steps).

    Raises
    ------
    SimulationError
        Inputs that are not finite, negative, empty or of unequal length.
    """
    current: Any = inputs.current_nA
    if current is None:
        current = np.zeros(np.shape(inputs.excitation))
    columns = []
    for name in _COLUMNS.values():
        given = current if name == "current_nA" else getattr(inputs, name)
        column = np.asarray(given, dtype=float)
        if column.ndim != 1 or column.shape != np.shape(inputs.excitation) or len(column) == 0:
            raise SimulationError(f"{name} must be a list as long as the excitation, not empty.")
        _refuse_impossible(name, column, signed=name == "current_nA")
        columns.append(column)
    return np.stack(columns)


def checked_gains(inputs: Inputs, n_motoneurons: int) -> FloatArray:
    """Return the gains of the four columns, shape (4, n)."""
    gains = np.ones((len(Row), n_motoneurons))
    for row, name in _GAINS.items():
        given = getattr(inputs, name)
        if given is None:
            continue
        gain = np.asarray(given, dtype=float)
        if gain.shape != (n_motoneurons,):
            raise SimulationError(
                f"{name} has shape {gain.shape}; it needs one value for each of the "
                f"{n_motoneurons} motoneurons."
            )
        _refuse_impossible(name, gain, signed=name == "current_gain")
        gains[row] = gain
    return gains


def _refuse_impossible(name: str, values: FloatArray, *, signed: bool) -> None:
    if not np.all(np.isfinite(values)):
        where = int(np.flatnonzero(~np.isfinite(values))[0])
        raise SimulationError(f"{name} holds a value that is not a finite number, at {where}.")
    if not signed and values.min() < 0:
        raise SimulationError(f"{name} falls to {values.min():g}; it can't be negative.")


def held(columns: FloatArray, slow_steps: int) -> NDArray[np.float32]:
    """Return the columns averaged over slow steps, shape (4, slow steps), as the kernel holds them.

    A last slow step that is not full is filled up with the last value.
    """
    missing = -columns.shape[1] % slow_steps
    filled = np.pad(columns, ((0, 0), (0, missing)), mode="edge")
    averaged = filled.reshape(4, -1, slow_steps).mean(axis=2)
    return np.ascontiguousarray(averaged, dtype=np.float32)


def refuse_too_large(job: Job, settings: EngineSettings, save: frozenset[str]) -> None:
    """Raise `SimulationError` when the results and inputs of a job would not fit into memory."""
    steps = np.size(job.inputs.excitation)
    saved = steps // (settings.slow_steps * settings.save_every) + 1
    duration_s = steps * settings.step_ms / 1000
    needed = 8 * (len(job.pool) * (50 * duration_s + saved * len(save)) + 8 * steps)
    if needed > LARGEST_JOB_BYTES:
        raise SimulationError(
            f"{len(job.pool)} motoneurons for {duration_s:g} s need {needed / 2**30:.1f} GiB; the "
            f"limit is {LARGEST_JOB_BYTES / 2**30:g} GiB. Simulate a shorter time or fewer, or "
            "save traces at longer intervals."
        )


def stopped_error(who: str, *, fired: bool) -> SimulationError:
    """Return the error for a motoneuron that fired without end, or that diverged."""
    if fired:
        return SimulationError(
            f"{who} fired without end: no motoneuron sustains such rates. Lower the excitation."
        )
    return SimulationError(
        f"{who} diverged: its membrane potential left the possible range. Check the pool's "
        "parameters, or integrate with shorter steps."
    )
