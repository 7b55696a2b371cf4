"""What the data say of each parameter: persons that explain them, ranges, and what tells what.

A person explains the data when she misses no fitted target by more than three standard deviations
(of the target and of the simulation; Pukelsheim 1994, doi:10.1080/00031305.1994.10476030), tried
with more than one batch of seeds. Ranges are those of a posterior under the emulators.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.calibration.candidates import Candidate
from renshaw.calibration.emulator import Emulator
from renshaw.calibration.evaluation import Values
from renshaw.calibration.fit import Fit
from renshaw.core.seeds import stream

FloatArray = NDArray[np.float64]

MISSED_AT = 3.0
# Where nobody explains everything: who comes as near as the best, but for the luck of seeds.
_NEARLY, _FEWEST = 0.3, 5
# Of the width of its bounds: a parameter whose range is narrower is pinned, wider is sloppy.
_PINNED, _SLOPPY = 1 / 3, 2 / 3
_CHAINS, _STEPS, _BURNT = 64, 1500, 500
_TELLING = 2


@dataclass(frozen=True)
class Told:
    """What the data say of one parameter.

    Parameters
    ----------
    name : str
    value : float
        Of the person who explains the data best.
    low, high : float
        Between which nine of ten values lie that explain them.
    word : str
        ``"pinned"``, ``"loosely pinned"`` or ``"sloppy"``.
    by : tuple of str
        The quantities that change most with it.
    """

    name: str
    value: float
    low: float
    high: float
    word: str
    by: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Persons that explain the data.

    Parameters
    ----------
    persons : tuple of Candidate
        The best first.
    explains : bool
        Whether they explain every fitted target; if not, they are those who come nearest.
    told : tuple of Told
        One a parameter that was free.
    """

    persons: tuple[Candidate, ...]
    explains: bool
    told: tuple[Told, ...]

    @property
    def values(self) -> tuple[Values, ...]:
        """The values of each person."""
        return tuple(each.values for each in self.persons)


def ensemble(found: Fit, seed: int = 0) -> Ensemble:
    """Return the persons that explain the data, and what the data say of each parameter.

    Parameters
    ----------
    found : Fit
    seed : int
        Of the posterior's chains.
    """
    tried = found.tried_again
    persons = tuple(each for each in tried if explains(each))
    explained = bool(persons)
    if not explained:
        near = tuple(each for each in tried if each.loss <= found.best.loss + _NEARLY)
        persons = near if len(near) >= _FEWEST else tried[:_FEWEST]
    chance = stream(seed, "fit", found.settings.muscle, "posterior")
    drawn = posterior(found.emulator, np.array([each.x for each in persons]), chance)
    slopes = np.abs(found.emulator.slopes(found.best.x))
    best = dict(found.best.values)
    told = []
    for k, p in enumerate(found.space.free):
        low, high = np.quantile(drawn[:, k], [0.05, 0.95]).tolist()
        most = np.argsort(-slopes[k], kind="stable")[:_TELLING]
        told.append(
            Told(
                p.name,
                best[p.name],
                p.low + low * (p.high - p.low),
                p.low + high * (p.high - p.low),
                _word(high - low),
                tuple(found.targets[t].quantity for t in most),
            )
        )
    return Ensemble(persons, explained, tuple(told))


def explains(person: Candidate) -> bool:
    """Return whether somebody misses no target by too much."""
    return person.batches > 1 and bool(np.all(np.abs(person.residuals) <= MISSED_AT))


def posterior(emulator: Emulator, starts: FloatArray, chance: np.random.Generator) -> FloatArray:
    """Return points drawn as likely as the emulators hold them for, shape (points, parameters).

    Metropolis' chains, from the persons known; even between the bounds, and normal residuals.
    """
    x = starts[np.arange(_CHAINS) % len(starts)]
    spread = 1.0 + emulator.errors**2

    def log_likelihood(points: FloatArray) -> FloatArray:
        inside = np.all((points >= 0.0) & (points <= 1.0), axis=1)
        size = -0.5 * np.sum(emulator.predicted(np.clip(points, 0, 1)) ** 2 / spread, axis=1)
        return np.where(inside, size, -np.inf)

    likely = log_likelihood(x)
    kept = []
    for step in range(_STEPS):
        # Most steps go along a few parameters, where they are taken more often.
        along = chance.random(x.shape) < 0.25
        tried = x + 0.15 * along * chance.standard_normal(x.shape)
        then = log_likelihood(tried)
        taken = np.log(chance.random(_CHAINS)) < then - likely
        x = np.where(taken[:, None], tried, x)
        likely = np.where(taken, then, likely)
        if step >= _BURNT and step % 10 == 0:
            kept.append(x)
    return np.concatenate(kept)


def _word(width: float) -> str:
    if width <= _PINNED:
        return "pinned"
    return "sloppy" if width >= _SLOPPY else "loosely pinned"
