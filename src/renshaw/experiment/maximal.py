"""The maximal voluntary contraction (MVC), simulated: to it all torque is relative."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from renshaw.engine.run import EngineSettings
from renshaw.experiment.tracking import Part, TORQUE_hz, TrackingSettings, intervals_of, perform
from renshaw.model.cord import Cord
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool
from renshaw.protocols import Protocol

FloatArray = NDArray[np.float64]

# The best half second counts, as in the laboratory.
_BEST_s = 0.5
_SEED = 0


@dataclass(frozen=True, kw_only=True)
class MaximalEffort(Protocol):
    """All that a person can, for two seconds."""

    @property
    def duration_s(self) -> float:
        """Length of the trial."""
        return 2.0

    @property
    def highest_effort_pct_mvc(self) -> float:
        """All of it."""
        return 100.0


def mvc_force(person: Participant, engine: EngineSettings | None = None) -> float:
    """Return the force (in twitch units) of a person's maximal voluntary contraction.

    All torque is in % of this force; ask for the untreated person's, because in the laboratory the
    MVC is measured before anything is done.
    """
    # The name says nothing about strength, and would keep people apart who share it.
    return _mvc_force(person.replace(name=""), engine or EngineSettings())


def pool_mvc_force(pool: Pool, cord: Cord, engine: EngineSettings) -> float:
    """Return the force (in twitch units) of a maximal contraction of a pool in a cord."""
    effort, around = MaximalEffort(), cord.around(pool)
    part = Part(around, cord, effort, 100.0, _SEED)
    # A person who can't contract at all has no percentages; a tiny force keeps them finite.
    return max(largest_torque(part, engine), 1e-9 * float(pool.twitch.sum()))


def largest_torque(part: Part, engine: EngineSettings) -> float:
    """Return the best torque of someone who gives all the drive there is, in % of the part's MVC.

    Parameters
    ----------
    part : Part
        Doing a `MaximalEffort`, under whatever treatment.
    engine : EngineSettings
    """
    part = replace(part, learned=np.full(intervals_of(part, engine), part.cord.largest_drive))
    done = perform([part], TrackingSettings(), engine.replace(engine="cpu"))[0]
    window = round(_BEST_s * TORQUE_hz)
    means = np.convolve(done.torque_pct_mvc, np.ones(window) / window, mode="valid")
    return float(means.max())


@lru_cache(maxsize=4096)
def _mvc_force(person: Participant, engine: EngineSettings) -> float:
    return pool_mvc_force(person.units, person.cord, engine)
