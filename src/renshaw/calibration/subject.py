"""A candidate for the virtual person: values of the parameters, as pool and cord."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from renshaw.model.cord import USUAL_PCT_MVC, Cord
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool
from renshaw.model.second_edition.pools import second_pool

# Lanes of the kernel are filled, and pools large enough for ten units and more in a ramp.
SIMULATED_UNITS = 32


@dataclass(frozen=True, eq=False)
class Subject:
    """Who is measured.

    Parameters
    ----------
    muscle : str
    pool : Pool
    cord : Cord
        In health.
    """

    muscle: str
    pool: Pool
    cord: Cord

    @property
    def health(self) -> float:
        """Scale of the L-type conductance in health, in an effort of 20 % MVC."""
        return self.cord.neuromodulation_at(USUAL_PCT_MVC)

    @classmethod
    def of(
        cls, muscle: str, values: Mapping[str, float], n_units: int = SIMULATED_UNITS
    ) -> Subject:
        """Return the second edition's person with these values of its parameters."""
        who = Participant(
            edition=2,
            muscle=muscle,
            n_units=n_units,
            neuromodulation_per_pct_mvc=values["per_pct_mvc"],
            largest_drive=values["largest_drive"],
        )
        return cls(muscle, second_pool(muscle, n_units, values), who.cord)

    @classmethod
    def first_edition(cls, muscle: str, n_units: int = SIMULATED_UNITS) -> Subject:
        """Return the first edition's person, with whom the second is compared."""
        who = Participant(edition=1, muscle=muscle, n_units=n_units)
        return cls(muscle, who.pool, who.cord)
