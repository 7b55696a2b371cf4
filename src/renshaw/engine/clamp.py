"""Voltage clamp: the soma is held at a command, the dendrites are free, the current is measured."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from renshaw.core.equations import equation
from renshaw.core.errors import SimulationError
from renshaw.core.kernels import kept, kept_with
from renshaw.engine import scalar
from renshaw.engine.inputs import FloatArray
from renshaw.engine.membrane import membrane
from renshaw.engine.reference import parameter_rows
from renshaw.engine.scalar import (
    A_CA,
    B_D,
    B_SOMA,
    C_DENDRITE,
    C_SOMA,
    E_CA,
    E_H,
    E_K,
    E_L,
    E_NA,
    E_PAS,
    G_AXIAL,
    G_CA,
    G_D,
    G_H_SOMA,
    G_K,
    G_KCA,
    G_L,
    G_NA,
    G_NAP,
    G_PAS_SOMA,
    G_SOMA,
    H_L,
    H_NA,
    M_L,
    M_NA,
    N_K,
    N_KCA,
    P_NAP,
    Q_SOMA,
    V_D,
    DIVERGED_mV,
    V,
    move_gates,
    pull_slowly,
    rest,
)
from renshaw.model import mechanisms
from renshaw.model.pool import Pool

CURRENT, L_TYPE, PERSISTENT_SODIUM, DENDRITE = range(4)
COURSES = 4


class ClampCourses(NamedTuple):
    """What a clamp measures, one value a sample; inward currents are negative, as at a clamp."""

    current_nA: FloatArray
    l_type_nA: FloatArray
    persistent_sodium_nA: FloatArray
    dendrite_mV: FloatArray


@equation
def somatic_current_nA(y, p, E):
    """Return the current of ions and synapses of the soma at a potential, outward positive."""
    current = p[G_PAS_SOMA] * (E - p[E_PAS])
    current += (p[G_NA] * y[M_NA] ** 3 * y[H_NA] + p[G_NAP] * y[P_NAP]) * (E - E_NA)
    current += (p[G_K] * y[N_K] ** 4 + p[G_KCA] * y[N_KCA]) * (E - E_K)
    current += p[G_CA] * y[A_CA] * (E - E_CA)
    current += p[G_H_SOMA] * y[Q_SOMA] * (E - E_H)
    return current + y[G_SOMA] * E - y[B_SOMA]


@equation
def clamped(y, p, command_mV, M_e, M_i, gamma, dt_ms, every, settle_steps, courses):
    """Hold the soma at the command; return whether every potential stayed possible.

    `command_mV` (steps + 1,) stands at the ends of the steps; `courses` (4, samples) takes the
    values at the middle of each step of number `every` k. The soma rests at the first command for
    `settle_steps` before.
    """
    rest(y, p)
    kept_d = 2.0 * p[C_DENDRITE] / dt_ms
    g_axial = p[G_AXIAL]
    y[V] = command_mV[0]
    for step in range(-settle_steps, command_mV.shape[0] - 1):
        after = command_mV[max(step + 1, 0)]
        move_gates(y, p, dt_ms)
        middle = 0.5 * (y[V] + after)
        pull_slowly(y, p, M_e, M_i, gamma)
        current = p[C_SOMA] * (after - y[V]) / dt_ms + somatic_current_nA(y, p, middle)
        l_type = 0.0
        dendrite = 0.0
        for j in range(4):
            pushed = kept_d * y[V_D + j] + y[B_D + j] + g_axial * middle
            E = pushed / (kept_d + y[G_D + j] + g_axial)
            y[V_D + j] = 2.0 * E - y[V_D + j]
            current += g_axial * (middle - E)
            l_type += gamma * p[G_L + j] * y[M_L + j] * y[H_L + j] * (E - E_L)
            dendrite += 0.25 * E
        y[V] = after
        if not abs(dendrite) < DIVERGED_mV:
            return False
        if step >= 0 and step % every == 0:
            courses[CURRENT, step // every] = current
            courses[L_TYPE, step // every] = l_type
            courses[PERSISTENT_SODIUM, step // every] = p[G_NAP] * y[P_NAP] * (middle - E_NA)
            courses[DENDRITE, step // every] = dendrite
    return True


_clamped = kept_with(kept(nogil=True, error_model="numpy")(clamped), scalar, mechanisms)


def clamp(
    pool: Pool,
    command_mV: FloatArray,
    *,
    excitation: float = 0.0,
    inhibition: float = 0.0,
    neuromodulation: float = 1.0,
    step_ms: float = 0.05,
    every: int = 20,
    settle_ms: float = 3000.0,
) -> ClampCourses:
    """Hold the soma of one motoneuron at a command and measure the current that it takes.

    Double precision, Crank-Nicolson, no synaptic noise; dendrites are free to escape the command.

    Parameters
    ----------
    pool : Pool
        Of one motoneuron.
    command_mV : array, shape (steps + 1,)
        Potential of the soma at the ends of the steps.
    excitation, inhibition : float
        Tonic M_e and M_i (1e-5 S/cm2).
    neuromodulation : float
        Scale of the L-type conductance.
    step_ms : float
    every : int
        Steps from one saved value to the next; the first is at the middle of the first step.
    settle_ms : float
        Time at the first command before the measurement starts.

    Returns
    -------
    ClampCourses

    Raises
    ------
    SimulationError
        Not one motoneuron, or a potential left the possible range.
    """
    if len(pool) != 1:
        raise SimulationError(f"A clamp holds one motoneuron, not {len(pool)}; pool.select([0]).")
    command = np.ascontiguousarray(command_mV, dtype=float)
    if command.ndim != 1 or len(command) < 2 or not np.all(np.isfinite(command)):
        raise SimulationError("command_mV must be a list of at least two finite numbers.")
    courses = np.empty((COURSES, -(-(len(command) - 1) // every)))
    fine = _clamped(
        np.empty(scalar.STATES),
        parameter_rows(membrane(pool))[0],
        command,
        float(excitation),
        float(inhibition),
        float(neuromodulation),
        float(step_ms),
        every,
        round(settle_ms / step_ms),
        courses,
    )
    if not fine:
        raise SimulationError(
            "A dendrite left the possible range of potentials; integrate with shorter steps."
        )
    return ClampCourses(*courses)
