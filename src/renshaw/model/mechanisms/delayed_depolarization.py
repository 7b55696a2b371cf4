"""Delayed depolarization: what lets a motoneuron begin with a doublet.

I = g d V at the soma (reversal 0 mV). The calcium u (uM/ms) that enters with a spike, as
`afterhyperpolarization` has it, sets off d = r u, smoothed with 8 ms, and uses up r, which comes
back within a second: dd/dt = (r u - d) / 8 ms, dr/dt = (1 - r) / tau - r u / 0.5 uM. A spike brings
some 1 uM, so only the first one after a silence is followed by a hump, and where that reaches
threshold, by a second spike some milliseconds later.

The hump that follows a motoneuron's spike carries its doublets in the cat (Calvin & Schwindt 1972,
as recalled); people's units begin slow contractions with doublets, too (Bawa & Calancie 1983,
doi:10.1113/jphysiol.1983.sp014707), and those that recover early after a discharge can
(Kudina & Alexeeva 1992, Electroencephalogr Clin Neurophysiol 85: 345-353). Which current flows in
it is left open; so are its size and the few units that have it.
"""

from __future__ import annotations

from renshaw.core.equations import equation

REVERSAL_mV: float = 0.0
HUMP_ms: float = 8.0
USED_UP_BY_uM: float = 0.5


@equation
def readiness(entering_uM_per_ms: float, recovery_ms: float) -> tuple[float, float]:
    """Return steady state and time constant (ms) of r."""
    recovery_per_ms = 1.0 / recovery_ms
    rate_per_ms = recovery_per_ms + entering_uM_per_ms / USED_UP_BY_uM
    return recovery_per_ms / rate_per_ms, 1.0 / rate_per_ms
