"""`Participant`: who - a motoneuron pool, personal traits and the state of the cord."""

from __future__ import annotations

from dataclasses import dataclass, replace

from renshaw.core.settings import Settings, setting
from renshaw.model.pool import Pool

_POWERS = "doi:10.1152/jn.00850.2016"
# The effort of the ramps at which `neuromodulation` was set.
_USUAL_PCT_MVC = 20.0


@dataclass(frozen=True, kw_only=True)
class Participant(Settings):
    """A person: the muscle that contracts and the state of the spinal cord that drives it."""

    name: str = setting("participant", "what tables and reports call this person")
    muscle: str = setting("TA", "muscle that contracts: TA (tibialis anterior), SOL or GM")
    n_units: int = setting(20, "motoneurons simulated", ge=1, le=1000, source=_POWERS)
    neuromodulation: float = setting(
        0.97,
        "serotonin and noradrenaline: scale of the L-type calcium conductance; 1 as published",
        ge=0,
        le=3,
        source=_POWERS,
    )
    neuromodulation_per_pct_mvc: float = setting(
        0.001,
        "by how much neuromodulation is higher for each % MVC that a task asks beyond 20 % MVC",
        ge=0,
        le=0.1,
    )
    inhibition: float = setting(
        1.5, "tonic synaptic inhibition, M_i in 1e-5 S/cm2", ge=0, le=100, source=_POWERS
    )
    inhibition_per_drive: float = setting(
        0.0,
        "inhibition that comes with drive: positive is proportional, negative is push-pull",
        ge=-2,
        le=2,
        source=_POWERS,
    )
    drive_per_pct_mvc: float = setting(
        0.18, "excitation, M_e in 1e-5 S/cm2, for each % MVC of intended effort", gt=0, le=10
    )
    pic_shift_mV: float = setting(
        0.0,
        "shift of the L-type activation; positive makes the PIC harder to start",
        unit="mV",
        ge=-20,
        le=20,
    )
    ahp_scale: float = setting(
        1.0, "duration of the afterhyperpolarization, relative to the muscle's usual", gt=0.2, le=5
    )

    def neuromodulation_at(self, peak_pct_mvc: float) -> float:
        """Return the neuromodulation during a task whose highest effort is given.

        Serotonin and noradrenaline act over seconds and grow with effort, which is why human
        delta-F rises with contraction level.
        """
        extra = self.neuromodulation_per_pct_mvc * (peak_pct_mvc - _USUAL_PCT_MVC)
        return max(0.0, self.neuromodulation + extra)

    @property
    def pool(self) -> Pool:
        """The motoneurons of this person."""
        from renshaw.model.muscles import muscle_pool

        return self.shaped(muscle_pool(self.muscle, self.n_units))

    def shaped(self, pool: Pool) -> Pool:
        """Return a pool with this person's afterhyperpolarization and shift of the PIC."""
        pool = pool.scaled(calcium_removal_ms=self.ahp_scale)
        return replace(pool, theta_m_L_mV=pool.theta_m_L_mV + self.pic_shift_mV)
