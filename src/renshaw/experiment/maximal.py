"""The maximal voluntary contraction (MVC), simulated: to it all torque is relative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from renshaw.engine.run import EngineSettings
from renshaw.experiment.tracking import (
    Part,
    Performance,
    TORQUE_hz,
    TorqueTrackingSettings,
    intervals_of,
    perform,
)
from renshaw.model.cord import Cord
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool
from renshaw.protocols import Protocol

FloatArray = NDArray[np.float64]
Discharges = tuple[FloatArray, ...]

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


def mvc_force(person: Participant, *, engine: EngineSettings | None = None) -> float:
    """Return the force (in twitch units) of a person's maximal voluntary contraction.

    All torque is in % of this force; ask for the untreated person's, because in the laboratory the
    MVC is measured before anything is done.

    Parameters
    ----------
    person : Participant
        Who contracts.
    engine : EngineSettings, optional
        How the pool is integrated.
    """
    # The name says nothing about strength, and would keep people apart who share it.
    return _mvc_force(person.replace(name=""), engine or EngineSettings())


def pool_mvc_force(pool: Pool, cord: Cord, engine: EngineSettings) -> float:
    """Return the force (in twitch units) of a maximal contraction of a pool in a cord."""
    return _maximal(pool, cord, engine)[0]


def maximal_discharges(person: Participant, engine: EngineSettings | None = None) -> Discharges:
    """Return when each motoneuron of a person fires in the two seconds of `mvc_force`'s effort."""
    return _maximal_of(person.replace(name=""), engine or EngineSettings())[1]


def pool_maximal_discharges(pool: Pool, cord: Cord, engine: EngineSettings) -> Discharges:
    """Return when each motoneuron of a pool fires in the two seconds of a maximal effort."""
    return _maximal(pool, cord, engine)[1]


def largest_torque(part: Part, engine: EngineSettings) -> float:
    """Return the best torque of someone who gives all the drive there is, in % of the part's MVC.

    Parameters
    ----------
    part : Part
        Doing a `MaximalEffort`, under whatever treatment.
    engine : EngineSettings
    """
    return largest_torques([part], engine)[0]


def largest_torques(
    parts: Sequence[Part], engine: EngineSettings, threads: int | None = None
) -> list[float]:
    """Return the `largest_torque` of several people, who do their best side by side."""
    return [_best(done) for done in _all_out(parts, engine, threads)]


def _all_out(
    parts: Sequence[Part], engine: EngineSettings, threads: int | None = None
) -> list[Performance]:
    trying = [
        replace(part, learned=np.full(intervals_of(part, engine), part.cord.largest_drive))
        for part in parts
    ]
    return perform(trying, TorqueTrackingSettings(), engine.replace(engine="cpu"), threads=threads)


def _best(done: Performance) -> float:
    window = round(_BEST_s * TORQUE_hz)
    means = np.convolve(done.torque_pct_mvc, np.ones(window) / window, mode="valid")
    return float(means.max())


# Few are kept, as discharges take memory; a pool is known by identity.
@lru_cache(maxsize=64)
def _maximal(pool: Pool, cord: Cord, engine: EngineSettings) -> tuple[float, Discharges]:
    done = _all_out([Part(cord.around(pool), cord, MaximalEffort(), 100.0, _SEED)], engine)[0]
    # A person who can't contract at all has no percentages; a tiny force keeps them finite.
    force = max(_best(done), 1e-9 * float(pool.twitch.sum()))
    return force, tuple(np.asarray(times) for times in done.response.spikes_s)


@lru_cache(maxsize=64)
def _maximal_of(person: Participant, engine: EngineSettings) -> tuple[float, Discharges]:
    return _maximal(person.units, person.cord, engine)


@lru_cache(maxsize=4096)
def _mvc_force(person: Participant, engine: EngineSettings) -> float:
    return _maximal_of(person, engine)[0]
