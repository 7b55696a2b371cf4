"""The ankle: a foot that turns against its passive tissue, a load, and the calf.

Angles are dorsiflexion from the position at which the relaxed ankle comes to rest (rad). The foot
obeys

    I a'' + B a' + K a + stops(a) = load - calf,

with the torque of the calf

    calf = isometric * (1 + a' / w) * (1 - (10 deg - n) / 70 deg),

where the first factor lies between 0 and 1.4, the second between 0 and 1, and n is the angle from
neutral.

Constants of a healthy adult, each from people and none fitted:

- I, the foot about the ankle: .010 kg m2, from mass, length, center and radius of gyration of the
  foot of a man of 73 kg (de Leva 1996, doi:10.1016/0021-9290(95)00178-6) with the axis 5.5 cm
  before the heel and 5 cm above the center (assumed).
- K: 20 Nm/rad, .35 +- .20 Nm/deg at ten degrees of dorsiflexion in 32 healthy people (Chung et al.
  2004, Arch Phys Med Rehabil 85:1638; .54 +- .19 after stroke).
- The stops at the ends of the range, 30 deg of dorsiflexion and 42 of plantar flexion from neutral,
  are exponentials of Anderson's thesis (1999) as they are used in simulations of gait (OpenSim and
  others; read in published code): 2.03 exp(38.1 (n - .52)) and .18 exp(-12.1 (n + .74)) Nm, n the
  angle from neutral. The relaxed ankle rests 7.7 deg below neutral, where Chung's stiffness and
  torque (6.21 Nm at ten degrees) meet zero.
- B, by a damping ratio of .3: the ratio hardly depends on how strongly the muscles contract (Weiss,
  Hunter & Kearney 1988, J Biomech 21:539); its value is from memory of that literature, not read.
- The moment arm of the Achilles tendon: 5 cm (fifteen published functions of the angle disagree;
  Holzer et al. 2020, doi:10.1038/s41598-020-76625-x).
- The isometric torque: in a maximal effort 154 Nm with the knee straight and 93 Nm with it bent
  (nine men; PubMed 39577118). With a bent knee the gastrocnemius is slack: 93 Nm are taken to be
  the soleus' and the other 61 Nm the gastrocnemius'.
- w, the velocity of plantar flexion at which no torque is left: 154 Nm at .50 Nm less for each
  deg/s (25 people; doi:10.1249/00005768-198706000-00020), or 5.4 rad/s. That a stretched muscle
  gives up to 1.4 times its isometric torque is from memory.
- The calf is strongest in dorsiflexion and loses its torque as it shortens (Sale et al. 1982, J
  Appl Physiol 52:1636): the line from all of it at ten degrees of dorsiflexion to none at sixty of
  plantar flexion is from memory of that paper, not read.

That active muscle is stiffer than relaxed muscle against small movements is left out, as is the
antagonist.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from renshaw.muscle.spindle import FASCICLES

FloatArray = NDArray[np.float64]

FOOT_kg_m2: float = 0.010
PASSIVE_Nm_per_rad: float = 20.0
DAMPING_RATIO: float = 0.3
MOMENT_ARM_mm: float = 50.0
RESTS_rad: float = float(np.radians(10.0 - 6.21 / 0.35))
# Torque (Nm), steepness (1/rad) and angle from neutral (rad) of the stops: up, and down.
STOPS = ((2.03, 38.11, 0.52), (-0.18, -12.12, -0.74))
# Of a maximal effort.
LARGEST_Nm: dict[str, float] = {"SOL": 93.0, "GM": 61.0}
NO_TORQUE_rad_per_s: float = float(np.radians(154.0 / 0.50))
MOST_WHEN_STRETCHED: float = 1.4
# From neutral: where the calf has all of its torque, and where it has none.
BEST_rad: float = float(np.radians(10.0))
SLACK_rad: float = float(np.radians(-60.0))


def stretch_mm(angle_rad: FloatArray) -> FloatArray:
    """Return the stretch of the calf's fascicles at an angle, or its velocity from the angle's."""
    return np.asarray(FASCICLES * MOMENT_ARM_mm * np.asarray(angle_rad))


def while_moving(isometric: FloatArray, angle_rad: FloatArray, rad_per_s: FloatArray) -> FloatArray:
    """Return the torque of the calf while the ankle is turned.

    Parameters
    ----------
    isometric : array
        What it would be at its best angle if the foot stood still.
    angle_rad, rad_per_s : array
        Dorsiflexion from rest and its velocity.
    """
    by_velocity = 1.0 + np.asarray(rad_per_s) / NO_TORQUE_rad_per_s
    below = BEST_rad - (np.asarray(angle_rad) + RESTS_rad)
    by_length = 1.0 - below / (BEST_rad - SLACK_rad)
    return np.asarray(
        isometric * np.clip(by_velocity, 0.0, MOST_WHEN_STRETCHED) * np.clip(by_length, 0.0, 1.0)
    )


def stops_Nm(angle_rad: FloatArray) -> FloatArray:
    """Return the torque by which the ends of the range hold the foot back."""
    neutral = np.asarray(angle_rad) + RESTS_rad
    # Beyond any ankle, but finite.
    total = np.zeros(neutral.shape)
    for torque, steepness, end in STOPS:
        total += torque * np.exp(np.minimum(6.0, steepness * (neutral - end)))
    return total


@dataclass(frozen=True, kw_only=True)
class Ankle:
    """The passive mechanics of one ankle.

    Parameters
    ----------
    inertia_kg_m2 : float
        Of the foot and of what turns with it.
    stiffness_Nm_per_rad : float
    damping_Nm_s_per_rad : float
    """

    inertia_kg_m2: float = FOOT_kg_m2
    stiffness_Nm_per_rad: float = PASSIVE_Nm_per_rad
    damping_Nm_s_per_rad: float = 2 * DAMPING_RATIO * (PASSIVE_Nm_per_rad * FOOT_kg_m2) ** 0.5

    @classmethod
    def loaded(cls, load_kg_m2: float = 0.0, stiffer: float = 1.0) -> Ankle:
        """Return an ankle with an inertia tied to the foot, and with stiffer tissue.

        Parameters
        ----------
        load_kg_m2 : float
        stiffer : float
            Stiffness and damping of the tissue relative to a healthy adult's.
        """
        usual = cls()
        return cls(
            inertia_kg_m2=FOOT_kg_m2 + load_kg_m2,
            stiffness_Nm_per_rad=stiffer * usual.stiffness_Nm_per_rad,
            damping_Nm_s_per_rad=stiffer * usual.damping_Nm_s_per_rad,
        )

    @property
    def period_s(self) -> float:
        """How long a free oscillation takes; infinite where it is damped too much for one."""
        half = self.damping_Nm_s_per_rad / (2 * self.inertia_kg_m2)
        left = self.stiffness_Nm_per_rad / self.inertia_kg_m2 - half**2
        return float(2 * np.pi / left**0.5) if left > 0 else float("inf")


class Feet:
    """Feet on the move, one a person; all on ankles of the same mechanics.

    Parameters
    ----------
    ankle : Ankle
    count : int
    step_s : float
        Torques are held for so long; between, the movement is exact.
    """

    def __init__(self, ankle: Ankle, count: int, step_s: float) -> None:
        system = np.zeros((3, 3))
        system[0, 1] = 1.0
        system[1] = np.array([-ankle.stiffness_Nm_per_rad, -ankle.damping_Nm_s_per_rad, 1.0])
        system[1] /= ankle.inertia_kg_m2
        self._step = scipy.linalg.expm(system * step_s)[:2]
        # What the stops give at rest is part of the equilibrium there.
        self._at_rest = stops_Nm(np.zeros(count))
        self.angle_rad: FloatArray = np.zeros(count)
        self.rad_per_s: FloatArray = np.zeros(count)

    def advance(self, torque_Nm: FloatArray) -> None:
        """Turn for one step under a torque, positive towards dorsiflexion."""
        torque = np.asarray(torque_Nm, dtype=float) - stops_Nm(self.angle_rad) + self._at_rest
        state = np.stack([self.angle_rad, self.rad_per_s, torque])
        self.angle_rad, self.rad_per_s = self._step @ state
