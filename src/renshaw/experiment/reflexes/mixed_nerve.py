"""A mixed nerve under an electrode: which Ia afferents and motor axons a pulse excites, and when.

Afferents need less current than motor axons (`renshaw.protocols.nerve_stimulation`); of the motor
axons, thick ones need less than thin ones, but where an axon lies matters more. A motor axon that
the pulse excites sends an impulse to the muscle (M-wave) and one to the cord, which meets the
reflex on its way down and extinguishes it: it has an M-wave and no H-reflex.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.core.seeds import stream
from renshaw.model.pool import Pool
from renshaw.protocols.nerve import SIZE_MATTERS
from renshaw.protocols.nerve_stimulation import MOTOR_SPREAD, afferents_excited

FloatArray = NDArray[np.float64]

# From the hollow of the knee to the cord and to the muscle; conduction velocities of Ia afferents
# and of the first and the last motor axon (Cisi & Kohn 2008, doi:10.1007/s10827-008-0092-8).
TO_THE_CORD_m: float = 0.62
TO_THE_MUSCLE_m: float = 0.15
IA_m_per_s: float = 60.0
MOTOR_m_per_s: tuple[float, float] = (44.0, 53.0)
# One synapse, and the neuromuscular junction.
CENTRAL_s: float = 0.0008
JUNCTION_s: float = 0.001


@dataclass(frozen=True, eq=False)
class MixedNerve:
    """The nerve of one muscle.

    Parameters
    ----------
    threshold_xmt : array, shape (n,)
        Of each motor axon, relative to motor threshold.
    velocity_m_per_s : array, shape (n,)
        Of each motor axon.
    """

    threshold_xmt: FloatArray
    velocity_m_per_s: FloatArray

    @classmethod
    def of(cls, pool: Pool, place: int) -> MixedNerve:
        """Return the nerve of a pool.

        Parameters
        ----------
        pool : Pool
        place : int
            Seed of where its axons lie.
        """
        chance = np.array([stream(place, "axon", i).standard_normal() for i in range(len(pool))])
        size = 2.0 * np.sqrt(3.0) * (pool.position - 0.5)
        order = np.argsort(np.argsort((1.0 - SIZE_MATTERS) * chance - SIZE_MATTERS * size))
        share = (order + 0.5) / len(pool)
        slow, fast = MOTOR_m_per_s
        return cls(
            1.0 + MOTOR_SPREAD * np.sqrt(-np.log1p(-share)), slow + (fast - slow) * pool.position
        )

    def excited(self, intensity_xmt: float) -> NDArray[np.bool_]:
        """Return which motor axons a pulse excites, shape (n,)."""
        return np.asarray(self.threshold_xmt <= intensity_xmt)

    @staticmethod
    def afferents(intensity_xmt: float, pulse_ms: float) -> float:
        """Return the share of Ia afferents that a pulse excites."""
        return afferents_excited(intensity_xmt, pulse_ms)

    @property
    def arrives_s(self) -> float:
        """Time from the pulse to the arrival of the volley at the motoneurons."""
        return TO_THE_CORD_m / IA_m_per_s + CENTRAL_s

    @property
    def down_s(self) -> FloatArray:
        """Time from a discharge to the action potential of the muscle fibers, shape (n,)."""
        return (TO_THE_CORD_m + TO_THE_MUSCLE_m) / self.velocity_m_per_s + JUNCTION_s

    @property
    def direct_s(self) -> FloatArray:
        """Time from the pulse to the M-wave of each unit, shape (n,)."""
        return TO_THE_MUSCLE_m / self.velocity_m_per_s + JUNCTION_s
