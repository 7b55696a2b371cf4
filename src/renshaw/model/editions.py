"""Editions of the virtual person: published numbers can be remade with the edition that made them.

The first edition states neuromodulation as the scale of the published L-type conductance; its
healthy point is 0.935. The second states it relative to health: 1 is the healthy level (100 %), so
that a drug, age or training can be stated as a percentage of the persistent inward current.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from renshaw.core.errors import SettingsError
from renshaw.model.pool import Pool
from renshaw.model.second_edition.pools import FIRST_EDITION, second_pool
from renshaw.model.second_edition.table import values_of

# The edition of whoever doesn't say.
DEFAULT_EDITION = 2

# On which the networks of `infer` were trained, and on which `design` therefore seeks therapies.
TRAINED_EDITION = 1

# What `infer` and `design` say before anything else, wherever they say it, as long as they run on
# the first edition (docs/person.md has the sources).
ON_THE_FIRST_EDITION = (
    "These numbers rest on the first edition of the virtual person, who fires three to six times "
    "too regularly and whose ΔF hangs on a few per cent of one conductance: of ten published "
    "trials that it could predict, it had the direction right in six and the size in none of six."
)


@dataclass(frozen=True)
class Health:
    """What a cord has in health, as `Participant` states it.

    Parameters
    ----------
    neuromodulation : float
        At 20 % MVC.
    neuromodulation_per_pct_mvc : float
        By how much it is larger for each % MVC beyond.
    largest_drive : float
        Excitation in a maximal effort, M_e (1e-5 S/cm2).
    """

    neuromodulation: float
    neuromodulation_per_pct_mvc: float
    largest_drive: float


@dataclass(frozen=True)
class Edition:
    """A virtual person as she was published.

    Parameters
    ----------
    number : int
    pool : callable
        From a muscle and a number of motoneurons to the pool.
    health : callable
        From a muscle to what its cord has in health.
    """

    number: int
    pool: Callable[[str, int], Pool]
    health: Callable[[str], Health]


def _first_health(muscle: str) -> Health:
    return Health(neuromodulation=0.935, neuromodulation_per_pct_mvc=0.0015, largest_drive=30.0)


def _second_health(muscle: str) -> Health:
    of = values_of(muscle)
    return Health(1.0, of["per_pct_mvc"], of["largest_drive"])


EDITIONS: dict[int, Edition] = {
    1: Edition(1, lambda muscle, n_units: FIRST_EDITION[muscle](n_units), _first_health),
    2: Edition(2, second_pool, _second_health),
}


def in_words(numbers: Iterable[int]) -> str:
    """Return what to call the editions of some virtual people.

    Parameters
    ----------
    numbers : iterable of int

    Examples
    --------
    >>> in_words([2])
    'edition 2'
    >>> in_words([2, 1])
    'editions 1 and 2'
    """
    found = [str(number) for number in sorted(set(numbers))]
    return f"edition{'s' * (len(found) > 1)} {' and '.join(found)}"


def edition(number: int) -> Edition:
    """Return the edition of that number.

    Raises
    ------
    SettingsError
        There is none.
    """
    if number not in EDITIONS:
        raise SettingsError(
            f"There is no edition {number!r} of the virtual person; there are 1 and 2.",
            code="settings.unknown",
            name="edition",
            value=number,
        )
    return EDITIONS[number]
