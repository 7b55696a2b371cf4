"""Presynaptic inhibition of Ia afferents: a lasting one, and D1 and D2 after other volleys.

After a volley in the antagonist's nerve, Ia terminals release less twice: for some 30 ms (D1) and
from 70 to 200 ms (D2; Mizuno et al. 1971, doi:10.1152/jn.1971.34.6.1010). The release is multiplied
by

    1 - g (s_1 a(t - 5; 10) + s_2 a(t - 40; 60)),   a(t; p) = (t / p) exp(1 - t / p), t in ms,

each a wave that begins after a wait of 5 or 40 ms and has its peak 10 or 60 ms later. Windows and
peaks are those of human experiments; the sizes are assumptions.

At rest, without any such volley, a share P of the release is inhibited all the time. Volleys of
healthy people are fitted with it, so that only its loss shows: with a strength g of presynaptic
inhibition a terminal releases

    (1 - P g) / (1 - P)

of what it does in health. In paraplegia the facilitation of the soleus by the femoral nerve, which
tells of it, was above the mean of the healthy in each of 17 patients; in hemiplegia it was as in
health (Faist et al. 1994, doi:10.1093/brain/117.6.1449). P is an assumption (`strengths.toml`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from renshaw.model.circuits.strengths import strength

FloatArray = NDArray[np.float64]

# Wait, time from then to the peak (ms), and size with all afferents excited: D1 and D2.
WAVES = ((5.0, 10.0, 0.25), (40.0, 60.0, 0.3))


def release_left(since_ms: FloatArray, share: float, gain: float) -> FloatArray:
    """Return what Ia terminals release after a volley in the antagonist's nerve, relative to usual.

    Parameters
    ----------
    since_ms : array
        Time since that volley reached the cord.
    share : float
        Of the antagonist's afferents.
    gain : float
        Strength, 1 in health.
    """
    lost = np.zeros(np.shape(since_ms))
    for wait_ms, peak_ms, size in WAVES:
        t = np.maximum(0.0, np.asarray(since_ms) - wait_ms) / peak_ms
        lost += size * t * np.exp(1.0 - t)
    return np.asarray(np.clip(1.0 - gain * share * lost, 0.0, 1.0))


def lasting_release(gain: float) -> float:
    """Return what Ia terminals release at rest, relative to those of healthy people.

    Parameters
    ----------
    gain : float
        Strength of presynaptic inhibition, 1 in health.
    """
    inhibited = strength("presynaptic_inhibition")
    return max(0.0, 1.0 - inhibited * gain) / (1.0 - inhibited)
