"""What age, sex, training, interventions and chance do to a person: constants of each edition.

The first edition's are in effects.toml, as they were published. Those of the second are in
second_edition/effects.toml, with what each was fitted to; shares are of the healthy persistent
inward current.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib.resources import files

# The cell of a row that holds for all muscles that have none of their own.
ALL = "all"

Constants = Mapping[str, Mapping[str, float]]


@functools.cache
def constants(edition: int) -> Constants:
    """Return the constants of an edition: of each name, a number a muscle or one for `ALL`."""
    from renshaw.model.second_edition.effects import effects

    if edition > 1:
        return {each.name: each.values for each in effects()}
    text = files("renshaw.model").joinpath("effects.toml").read_text(encoding="utf-8")
    return {
        f"{of}.{name}": value if isinstance(value, dict) else {ALL: value}
        for of, rows in tomllib.loads(text).items()
        for name, value in rows.items()
    }


def effect(edition: int, name: str, muscle: str = ALL) -> float:
    """Return a constant of an edition.

    Parameters
    ----------
    edition : int
        Of the person on whom it acts.
    name : str
        What does it and what it does, e.g. ``"remote_handgrip.monoamines_gained"``.
    muscle : str
        Where muscles differ.
    """
    row = constants(edition)[name]
    return row[muscle] if muscle in row else row[ALL]
