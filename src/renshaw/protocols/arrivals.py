"""`Arrivals`: what a protocol sends to the motoneurons besides the descending drive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Synaptic input, stimulated axons and torque from elsewhere, sampled at the same times.

    Parameters
    ----------
    excitation, inhibition : array, shape (times,)
        On top of drive and tonic inhibition, M_e and M_i (1e-5 S/cm2).
    stimulus_nA : array, shape (times,)
        Current that makes the motoneurons fire whose axons a stimulus to the nerve excites: the
        discharge reaches the muscle, and runs back into the soma.
    stimulated : array, shape (n,)
        1 for motoneurons whose axon the stimulus excites, 0 for others.
    antagonist_pct_mvc : array, shape (times,)
        Torque of the antagonist, which the measured torque lacks (% MVC of the agonist).
    """

    excitation: FloatArray
    inhibition: FloatArray
    stimulus_nA: FloatArray
    stimulated: FloatArray
    antagonist_pct_mvc: FloatArray

    @classmethod
    def none(cls, n_times: int, n_units: int) -> Arrivals:
        """Return what arrives when nothing does.

        Parameters
        ----------
        n_times, n_units : int
            Points in time, motoneurons.
        """
        quiet = np.zeros(n_times)
        return cls(quiet, quiet, quiet, np.zeros(n_units), quiet)

    def __add__(self, other: Arrivals) -> Arrivals:
        return Arrivals(
            self.excitation + other.excitation,
            self.inhibition + other.inhibition,
            self.stimulus_nA + other.stimulus_nA,
            np.maximum(self.stimulated, other.stimulated),
            self.antagonist_pct_mvc + other.antagonist_pct_mvc,
        )
