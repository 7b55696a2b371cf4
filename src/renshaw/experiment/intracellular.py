"""What an electrode tells of every motoneuron of a pool: afterhyperpolarization, gain, threshold.

Nobody has had an electrode in a motoneuron of a person. How long a human afterhyperpolarization
lasts is known from the excitability of single units after a discharge (Kudina & Alexeeva 1992,
Electroencephalogr Clin Neurophysiol 85: 345-353); the rest from the cat and the rat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from renshaw.engine.run import EngineSettings, Inputs, Job, Response, run_many
from renshaw.experiment.firing_ranges import firing_ranges
from renshaw.experiment.trial import in_person
from renshaw.model.cord import USUAL_PCT_MVC, Cord
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]

_ENGINE = EngineSettings(noise=0.0, save_ms=0.25)
# A brief pulse, a quarter stronger each time until the motoneuron fires: what is left of the charge
# of the pulse itself is then as small as it can be.
_PULSE_s, _SETTLES_s, _AFTER_s = 0.001, 0.8, 0.8
_PULSES_nA = 20.0 * 1.25 ** np.arange(16)
# The spike itself is over by then.
_SPIKE_s = 0.004
_OVER = 0.02
_STEP_nA, _STEP_s = -1.0, 0.5
_LOW_nA, _HIGH_nA, _UP_s = -8.0, 25.0, 10.0
_STEEPER = 2.0


@dataclass(frozen=True, eq=False)
class Intracellular:
    """What an electrode tells of each motoneuron, shape (n,); NaN for what it doesn't do.

    Parameters
    ----------
    resting_mV : array
    input_resistance_Mohm : array
        By a step of -1 nA that lasts half a second.
    ahp_mV : array
        Depth of the afterhyperpolarization below rest.
    ahp_ms : array
        From the spike until 2 % of that depth are left.
    rheobase_nA, derecruitment_nA : array
        Current at the first and the last spike of a triangle of 10 s a side, from -8 to 25 nA.
    least_rate_pps : array
        Lowest rate of an interval on the way up or down.
    primary, secondary : array
        Gain before the persistent inward current and while it comes on (pps/nA).
    steepest : array
        The larger of these and of the tertiary range.
    """

    resting_mV: FloatArray
    input_resistance_Mohm: FloatArray
    ahp_mV: FloatArray
    ahp_ms: FloatArray
    rheobase_nA: FloatArray
    derecruitment_nA: FloatArray
    least_rate_pps: FloatArray
    primary: FloatArray
    secondary: FloatArray
    steepest: FloatArray

    def to_table(self) -> pd.DataFrame:
        """Return one row a motoneuron."""
        import pandas as pd

        table = pd.DataFrame({each.name: getattr(self, each.name) for each in fields(self)})
        table.insert(0, "motoneuron", np.arange(1, len(table) + 1))
        return table


def intracellular(who: Participant | Pool) -> Intracellular:
    """Put an electrode into every motoneuron, one after the other, without synaptic noise.

    Neuromodulation is as in an effort of 20 % MVC; inhibition and excitation are as at rest.

    Parameters
    ----------
    who : Participant or Pool
        A pool is in the state of a default participant.

    Raises
    ------
    SimulationError
        The state diverged.
    """
    pool, cord = who.pool if isinstance(who, Participant) else who, in_person(who).cord
    step_s = _times(_SETTLES_s + _STEP_s)
    ramp_s = _times(2 * _UP_s)
    step = np.where(step_s >= _SETTLES_s, _STEP_nA, 0.0)
    turns_s, turns_nA = (0.0, _UP_s, 2 * _UP_s), (_LOW_nA, _HIGH_nA, _LOW_nA)
    ramp: FloatArray = np.interp(ramp_s, turns_s, turns_nA)
    stepped, ramped = _recorded(pool, cord, [step, ramp])
    rest = _mean_mV(stepped, _SETTLES_s)
    sunk = _mean_mV(stepped, _SETTLES_s + _STEP_s)
    gains = np.array([_gains(spikes, ramp_s, ramp) for spikes in ramped.spikes_s])
    ahp = afterhyperpolarizations(pool, cord)
    return Intracellular(rest, (rest - sunk) / -_STEP_nA, *ahp.T, *gains.T)


def afterhyperpolarizations(pool: Pool, cord: Cord) -> FloatArray:
    """Return depth (mV) and duration (ms) of what follows a spike that a brief pulse sets off.

    Parameters
    ----------
    pool : Pool
    cord : Cord
        At rest; neuromodulation is as in an effort of 20 % MVC.

    Returns
    -------
    array, shape (n, 2)
        As of `afterhyperpolarization`; NaN for a motoneuron that no pulse sets off.
    """
    times_s = _times(_SETTLES_s + _PULSE_s + _AFTER_s)
    pulse = (times_s >= _SETTLES_s) & (times_s < _SETTLES_s + _PULSE_s)
    pulsed = _recorded(pool, cord, [amplitude * pulse for amplitude in _PULSES_nA])
    found = np.full((len(pool), 2), np.nan)
    for unit in range(len(pool)):
        fired = next((each for each in pulsed if len(each.spikes_s[unit])), None)
        if fired is not None:
            rest_mV = float(_mean_mV(fired, _SETTLES_s)[unit])
            last_s = float(fired.spikes_s[unit][-1])
            found[unit] = afterhyperpolarization(
                fired.soma_mV[unit], fired.save_hz, last_s, rest_mV
            )
    return found


def afterhyperpolarization(
    potential_mV: FloatArray, save_hz: float, spike_s: float, rest_mV: float
) -> tuple[float, float]:
    """Return depth (mV) and duration (ms) of what follows a spike.

    Parameters
    ----------
    potential_mV : array, shape (samples,)
    save_hz : float
    spike_s : float
    rest_mV : float

    Returns
    -------
    depth_mV, duration_ms : float
        The duration is from the spike until 2 % of the depth are left; NaN where the recording ends
        before or there is none.
    """
    times_s = np.arange(len(potential_mV)) / save_hz
    after = times_s > spike_s + _SPIKE_s
    below, times_s = rest_mV - potential_mV[after], times_s[after]
    deepest = int(np.argmax(below))
    depth = float(below[deepest])
    left = np.flatnonzero(below[deepest:] < _OVER * depth)
    if depth <= 0 or not len(left):
        return max(depth, 0.0), float(np.nan)
    return depth, float(1000 * (times_s[deepest + left[0]] - spike_s))


def _times(duration_s: float) -> FloatArray:
    steps = round(duration_s * 1000 / _ENGINE.step_ms)
    return np.arange(steps) * _ENGINE.step_ms / 1000


def _recorded(pool: Pool, cord: Cord, currents_nA: Sequence[FloatArray]) -> list[Response]:
    jobs = [_job(pool, cord, current_nA) for current_nA in currents_nA]
    return run_many(jobs, _ENGINE, save=("potential",), threads=1)


def _job(pool: Pool, cord: Cord, current_nA: FloatArray) -> Job:
    ones = np.ones(len(current_nA))
    inputs = Inputs(
        cord.resting_drive * ones,
        cord.inhibition_at(0.0) * ones,
        cord.neuromodulation_at(USUAL_PCT_MVC) * ones,
        current_nA,
    )
    return Job(pool, inputs, 0)


def _mean_mV(response: Response, until_s: float) -> FloatArray:
    """Return the mean of the last 50 ms before a moment, of each motoneuron."""
    last = int(until_s * response.save_hz)
    first = last - int(0.05 * response.save_hz)
    return np.asarray(response.soma_mV[:, first:last].mean(axis=1), dtype=float)


def _gains(spikes_s: FloatArray, times_s: FloatArray, current_nA: FloatArray) -> FloatArray:
    """Return recruitment and derecruitment current, least rate, and primary to steepest gain."""
    if len(spikes_s) < 2:
        return np.full(6, np.nan)
    middle_s = (spikes_s[1:] + spikes_s[:-1]) / 2
    rates = 1 / np.diff(spikes_s)
    up = middle_s < _UP_s
    on, off = np.interp(spikes_s[[0, -1]], times_s, current_nA)
    found = firing_ranges(np.interp(middle_s[up], times_s, current_nA), rates[up], _STEEPER)
    every = np.array([found.primary, found.secondary, found.tertiary])
    steepest = np.nanmax(every) if np.isfinite(every).any() else np.nan
    return np.array([on, off, rates.min(), found.primary, found.secondary, steepest])
