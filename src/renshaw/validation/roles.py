"""Which targets an edition of the virtual person was fitted to, read from what declares its fit."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib.resources import files

from renshaw.model.circuits.strengths import table as strengths
from renshaw.model.second_edition.effects import data, spasms, spread, vibstim

# What draws the fit of an edition; the roles of the first are stated with its targets.
_TABLES: Mapping[int, tuple[str, ...]] = {2: ("calibration/targets.toml",)}
_FITTED = "fitted"


@functools.cache
def entries(edition: int) -> Mapping[str, tuple[str, str]]:
    """Return the group and the role of every entry of the tables that declare a fit.

    Parameters
    ----------
    edition : int

    Returns
    -------
    mapping of str to (str, str)
        By the entry's name, such as ``"TA.delta_f"`` or ``"sex.TA.delta_f"``; empty for the
        first edition.
    """
    found = {}
    for name in _TABLES.get(edition, ()):
        text = files("renshaw").joinpath(name).read_text(encoding="utf-8")
        for muscle, rows in tomllib.loads(text).items():
            for quantity, row in rows.items():
                found[f"{muscle}.{quantity}"] = (str(row["target"]), str(row["role"]))
    return {**found, **({**effects_entries(), **_circuits()} if edition > 1 else {})}


def _circuits() -> Mapping[str, tuple[str, str]]:
    """Return the strengths of circuits that are fitted, such as ``"circuits.ia_volley"``."""
    return {
        f"circuits.{name}": ("circuits", _FITTED)
        for name, row in strengths().items()
        if "low" in row
    }


def effects_entries() -> Mapping[str, tuple[str, str]]:
    """Return effect and role of what tells the second edition's effects, by the entry's name.

    Named by effect, muscle and quantity, such as ``"remote_handgrip.TA.delta_f"``: what was held
    out of one level or age is fitted where the same of another is.
    """
    found = {each.entry: ("population", _FITTED) for each in spread()}
    found |= {each.entry: (each.condition, each.role) for each in spasms()}
    found |= {each.entry: ("vibstim", each.role) for each in vibstim()}
    for each in sorted(data(), key=lambda each: each.role == _FITTED):
        found[each.entry] = (each.effect, each.role)
    return found


def drawn_by(edition: int, names: tuple[str, ...]) -> bool:
    """Return whether any of these entries draws the fit of an edition."""
    known = entries(edition)
    return any(name in known and known[name][1] == _FITTED for name in names)


def fitted_groups(edition: int) -> frozenset[str]:
    """Return the groups of targets of which something draws the fit of an edition."""
    return frozenset(group for group, role in entries(edition).values() if role == _FITTED)


def fitted_quantities(edition: int) -> frozenset[str]:
    """Return the quantities that draw the fit of an edition in some muscle."""
    known = entries(edition).items()
    return frozenset(name.split(".")[-1] for name, (_, role) in known if role == _FITTED)
