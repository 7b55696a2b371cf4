"""What a fitted model cites: its engine's method, its family, its tests."""

from __future__ import annotations

from renshaw.statistics.families.families import Family
from renshaw.statistics.settings import KENWARD_ROGER, MixedModelSettings

_OF_FAMILY = {"beta": "ferrari2004", "tweedie": "dunn2005"}


def cites_of(family: Family, settings: MixedModelSettings, *, random: bool) -> tuple[str, ...]:
    """Return the keys of what a model rests on.

    Parameters
    ----------
    family : Family
    settings : MixedModelSettings
    random : bool
        It has random effects.
    """
    found = []
    if family.normal:
        found += ["bates2015", "kuznetsova2017", "nakagawa2013"] if random else []
        found += ["kenward1997"] if random and settings.df == KENWARD_ROGER else []
    else:
        found += ["bolker2009", "brooks2017", "nakagawa2017"] if random else []
        found += [_OF_FAMILY[family.name]] if family.name in _OF_FAMILY else []
    found += ["hemerik2020"] if settings.sign_flips else []
    found += ["hoffman2014", "phan2019"] if settings.bayes else []
    return tuple(found)
