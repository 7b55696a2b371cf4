"""Run-down: what ends a spasm.

The persistent inward current of a motoneuron that is active without serotonin can, in this model,
go on for ever: its own inactivation takes 2.5 s, so that a spasm is over in two seconds or never.
People's spasms last for seconds to tens of seconds, end unit by unit, and are harder to provoke
again right after. So the part of neuromodulation that needs no serotonin is taken to wear off while
motoneurons fire, and to come back in rest. The ultraslow afterhyperpolarization of the sodium pump
(Picton et al. 2017, doi:10.1152/jn.00066.2017) does the same to spinal neurons and lasts a minute.

That it is so in people is an assumption; the sizes give spasms of the durations observed. A healthy
cord has no such part, and nothing wears off.
"""

from __future__ import annotations

# Share of the constitutive neuromodulation that a second of firing takes; how fast it comes back.
LOST_PER_s: float = 0.008
RECOVERY_s: float = 60.0
# A unit that fires at all fires again within this time.
_BREATH_s = 0.4


class RunDown:
    """How much of the constitutive neuromodulation has worn off, as time goes by.

    Parameters
    ----------
    share : float
        What has worn off at the beginning.
    """

    def __init__(self, share: float = 0.0) -> None:
        self.share: float = share
        self._silent_s = _BREATH_s

    def advance(self, seconds: float, *, fired: bool) -> None:
        """Let some time pass, in which any of the motoneurons fired or none did."""
        self._silent_s = 0.0 if fired else self._silent_s + seconds
        firing = self._silent_s < _BREATH_s
        change = LOST_PER_s * firing * (1.0 - self.share) - self.share / RECOVERY_s
        self.share += seconds * change
