"""Run-down: what ends a spasm.

The persistent inward current of a motoneuron that is active without serotonin can, in this model,
go on for ever: its own inactivation takes 2.5 s, so that a spasm is over in two seconds or never.
People's spasms last for seconds to tens of seconds, end unit by unit, and are harder to provoke
again right after. So the part of neuromodulation that needs no serotonin is taken to wear off while
motoneurons fire, and to come back in rest. The ultraslow afterhyperpolarization of the sodium pump
(Picton et al. 2017, doi:10.1152/jn.00066.2017) does the same to spinal neurons and lasts a minute.

That it is so in people is an assumption; the sizes give spasms of the durations observed. A healthy
cord has no such part, and nothing wears off.

In the first edition one clock runs for the whole pool, so that all motoneurons stop within a second
or two of each other. Units of people with spinal cord injury stop one by one, after seconds to half
a minute (Thomas & Ross 1997, doi:10.1152/jn.1997.77.5.2847): in the second edition each motoneuron
has a rate of its own (`Pool.run_down_per_s`) and wears off by its own firing.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from renshaw.model.pool import Pool

FloatArray = NDArray[np.float64]

# Share of the constitutive neuromodulation that a second of firing takes; how fast it comes back.
LOST_PER_s: float = 0.008
RECOVERY_s: float = 60.0
# A unit that fires at all fires again within this time.
_BREATH_s = 0.4
_GOLDEN = (5.0**0.5 - 1.0) / 2.0


def spread_rates_per_s(n_units: int, median: float = LOST_PER_s, spread: float = 0.5) -> FloatArray:
    """Return rates of run-down that differ between motoneurons, whatever their threshold.

    Evenly spaced quantiles of a log-normal distribution, in an order that has nothing to do with
    that of recruitment and that chance has no part in.

    Parameters
    ----------
    n_units : int
    median : float
        Share that a second of firing takes.
    spread : float
        Standard deviation of the logarithm.
    """
    order = np.argsort(np.argsort(np.arange(n_units) * _GOLDEN % 1.0))
    scores = [NormalDist().inv_cdf((k + 0.5) / n_units) for k in order]
    return median * np.exp(spread * np.array(scores))


class RunDown:
    """How much of the constitutive neuromodulation has worn off, as time goes by.

    Parameters
    ----------
    pool : Pool
        Motoneurons whose `run_down_per_s` is 0 wear off together, while any motoneuron fires.
    share : float, or array of shape (n,)
        What has worn off at the beginning.
    """

    def __init__(self, pool: Pool, share: float | FloatArray = 0.0) -> None:
        self.share: FloatArray = np.full(len(pool), share, dtype=float)
        self.alone: NDArray[np.bool_] = pool.run_down_per_s > 0
        self._lost_per_s = np.where(self.alone, pool.run_down_per_s, LOST_PER_s)
        self._silent_s = np.full(len(pool), _BREATH_s)

    def advance(self, seconds: float, spikes_s: Sequence[FloatArray]) -> None:
        """Let some time pass, in which each motoneuron fired at these times."""
        fired = np.array([len(times) > 0 for times in spikes_s])
        fired = np.where(self.alone, fired, fired.any())
        self._silent_s = np.where(fired, 0.0, self._silent_s + seconds)
        firing = self._silent_s < _BREATH_s
        change = self._lost_per_s * firing * (1.0 - self.share) - self.share / RECOVERY_s
        self.share = self.share + seconds * change
