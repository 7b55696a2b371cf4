"""`run`: from a pool and what reaches it to spikes and persistent inward currents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import SimulationError
from renshaw.core.seeds import checked_seed
from renshaw.core.settings import Settings, setting
from renshaw.engine.membrane import membrane
from renshaw.model.pool import Pool

FloatArray = NDArray[np.float64]

_LARGEST_JOB_BYTES = 8 * 2**30


@dataclass(frozen=True, kw_only=True)
class EngineSettings(Settings):
    """How the equations are integrated; the defaults are converged for recruitment and rates."""

    step_ms: float = setting(
        0.2, "step of inputs, synaptic noise and dendritic gates", unit="ms", gt=0, le=1
    )
    inner_steps: int = setting(8, "spike-shaping steps within one step", ge=1, le=64)
    noise: float = setting(1.0, "synaptic fluctuations; 1 as published, 0 for none", ge=0, le=10)
    save_ms: float = setting(10.0, "interval between saved values of traces", unit="ms", gt=0)


@dataclass(frozen=True, eq=False)
class Inputs:
    """What reaches every motoneuron of the pool, sampled at each step of the engine.

    Parameters
    ----------
    excitation, inhibition : array, shape (steps,)
        M_e and M_i of Powers & Heckman 2017 (units of 1e-5 S/cm2), >= 0.
    neuromodulation : array, shape (steps,)
        Scale of the L-type conductance, 1 as published, >= 0.
    current_nA : array, shape (steps,), optional
        Current injected into the soma.
    """

    excitation: FloatArray
    inhibition: FloatArray
    neuromodulation: FloatArray
    current_nA: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class Response:
    """What the pool did.

    Parameters
    ----------
    spikes_s : tuple of arrays
        Spike times, one array a motoneuron.
    pic_nA : array, shape (n, samples)
        L-type plus persistent sodium current, inward positive.
    soma_mV : array, shape (n, samples)
        Potential of the soma; no samples unless it was asked for.
    save_hz : float
        Sampling rate of both.
    """

    spikes_s: tuple[FloatArray, ...]
    pic_nA: FloatArray
    soma_mV: FloatArray
    save_hz: float


def run(
    pool: Pool,
    inputs: Inputs,
    settings: EngineSettings | None = None,
    *,
    seed: int = 0,
    save_potential: bool = False,
) -> Response:
    """Integrate the pool under the inputs.

    The same seed gives the same synaptic noise whatever the inputs, so that two conditions can be
    compared motoneuron by motoneuron; and the same numbers for any number of threads.

    Raises
    ------
    SimulationError
        Inputs that are not finite, negative, of unequal length or too long for memory; or a state
        that diverged.
    """
    from renshaw.engine.kernel import FASTEST_pps, integrate

    settings = settings or EngineSettings()
    columns = _checked_columns(inputs)
    steps = len(columns[0])
    duration_s = steps * settings.step_ms / 1000
    save_every = max(1, round(settings.save_ms / settings.step_ms))
    saved = -(-steps // save_every)
    most_spikes = int(duration_s * FASTEST_pps) + 10
    needed = 8 * (len(pool) * (most_spikes + saved * (1 + save_potential)) + 4 * steps)
    if needed > _LARGEST_JOB_BYTES:
        raise SimulationError(
            f"{len(pool)} motoneurons for {duration_s:g} s need {needed / 2**30:.1f} GiB; "
            f"the limit is {_LARGEST_JOB_BYTES / 2**30:g} GiB. Simulate a shorter time or fewer."
        )
    spike_ms = np.zeros((len(pool), most_spikes))
    pic_nA = np.zeros((len(pool), saved))
    soma_mV = np.zeros((len(pool), saved if save_potential else 0))
    seed = checked_seed(seed)
    counts = integrate(
        membrane(pool),
        *columns,
        (seed & 0xFFFFFFFF, seed >> 32),
        settings.noise,
        settings.step_ms,
        settings.inner_steps,
        save_every,
        spike_ms,
        pic_nA,
        soma_mV,
    )
    _refuse_divergence(counts, most_spikes)
    spikes = tuple(spike_ms[i, :count] / 1000 for i, count in enumerate(counts))
    return Response(spikes, pic_nA, soma_mV, 1000 / (save_every * settings.step_ms))


def _checked_columns(inputs: Inputs) -> list[FloatArray]:
    current: Any = inputs.current_nA
    if current is None:
        current = np.zeros(np.shape(inputs.excitation))
    named = {
        "excitation": inputs.excitation,
        "inhibition": inputs.inhibition,
        "neuromodulation": inputs.neuromodulation,
        "current_nA": current,
    }
    columns = {name: np.ascontiguousarray(c, dtype=float) for name, c in named.items()}
    for name, column in columns.items():
        if column.ndim != 1 or len(column) != len(columns["excitation"]) or len(column) == 0:
            raise SimulationError(f"{name} must be a list as long as the excitation, not empty.")
        if not np.all(np.isfinite(column)):
            raise SimulationError(f"{name} holds a value that is not a finite number.")
        if name != "current_nA" and column.min() < 0:
            raise SimulationError(f"{name} falls to {column.min():g}; it can't be negative.")
    return list(columns.values())


def _refuse_divergence(counts: NDArray[np.int64], most_spikes: int) -> None:
    bad = np.flatnonzero(counts < 0)
    if len(bad):
        raise SimulationError(
            f"Motoneuron {bad[0] + 1} diverged: its membrane potential left the possible range. "
            "Check the pool's parameters, or integrate with more inner steps."
        )
    wild = np.flatnonzero(counts >= most_spikes)
    if len(wild):
        raise SimulationError(
            f"Motoneuron {wild[0] + 1} fired without end: no motoneuron sustains such rates. "
            "Lower the excitation."
        )
