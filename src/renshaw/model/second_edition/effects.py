"""The table of effects on the second edition: declared data, and values that were found.

One file holds it: `renshaw fit-effects` writes the values; interventions, age, sex, training and
the population read them.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

FILE = "effects.toml"


@dataclass(frozen=True)
class Effect:
    """One constant of an effect.

    Parameters
    ----------
    name : str
        What does it and what it does: ``"remote_handgrip.monoamines_gained"``.
    meaning, unit, source : str
        What it is, in what, and where its bounds come from.
    low, high : float
        Between which it is physiological.
    axis : str
        What of the person it changes; empty where no data tell its size.
    sign : float
        In which direction.
    follows : tuple of (str, float)
        Another constant and a factor, where it is assumed to be as large; else empty.
    values : mapping
        Of each muscle, or one for ``"all"``.
    ranges : mapping
        Nine of ten values between which the data hold, of those that were fitted.
    told : mapping of str to str
        How each value was told: fitted, assumed, from the literature, at a bound.
    """

    name: str
    meaning: str
    unit: str
    low: float
    high: float
    source: str
    axis: str
    sign: float
    follows: tuple[tuple[str, float], ...]
    values: Mapping[str, float]
    ranges: Mapping[str, tuple[float, float]]
    told: Mapping[str, str]

    @property
    def family(self) -> str:
        """What does it."""
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Datum:
    """What people did under an effect.

    Parameters
    ----------
    effect : str
        What does it.
    muscle : str
    older : bool
        In adults of 70 years; else of 27.
    pct_mvc : float
        Peak of the triangle, at 2 % MVC a second.
    quantity : str
        ``"delta_f"`` or ``"peak_rate"``, of the same units with and without.
    change, sd : float
        Pulses per second, and how well it is known.
    relative : bool
        Whether the change is a share of the control's value.
    share : float
        Which share of the full effect was there.
    role : str
        ``"fitted"`` or ``"held out"``.
    source : str
    """

    effect: str
    muscle: str
    pct_mvc: float
    quantity: str
    change: float
    sd: float
    role: str
    source: str
    older: bool = False
    relative: bool = False
    share: float = 1.0

    @property
    def entry(self) -> str:
        """What names it beside targets: what does it, the muscle and the quantity."""
        return f"{self.effect}.{self.muscle}.{self.quantity}"


@dataclass(frozen=True)
class Between:
    """How far people differ, which is fitted by how the population is drawn.

    Parameters
    ----------
    muscle : str
    quantity : str
        Of triangles to 20 % MVC.
    between, sd : float
        Standard deviation between people in one session, freed of that of their units; and how
        well it is known.
    reliability : float
        Intraclass correlation of two sessions.
    source : str
    """

    muscle: str
    quantity: str
    between: float
    sd: float
    reliability: float
    source: str

    @property
    def entry(self) -> str:
        """What names it beside targets."""
        return f"population.{self.muscle}.{self.quantity}"


@dataclass(frozen=True)
class VibStimRange:
    """What VibStim does in people: a range.

    Parameters
    ----------
    muscle : str
    quantity : str
        ``"responders"`` (% of people), or mean or standard deviation (``"..._sd"``) of those who
        respond: ``"torque_vib"``, ``"torque_sust"`` (% MVC).
    low, high : float
        People's range.
    role : str
        ``"fitted"`` or ``"held out"``.
    source : str
    """

    muscle: str
    quantity: str
    low: float
    high: float
    role: str
    source: str

    @property
    def entry(self) -> str:
        """What names it beside targets: muscle and quantity."""
        return f"vibstim.{self.muscle}.{self.quantity}"


@dataclass(frozen=True)
class SpasmRange:
    """What spasms are like in people, whatever their number: a range.

    Parameters
    ----------
    condition : str
        Of the cord.
    muscle : str
    severity : float
        Of the condition.
    quantity : str
        ``"duration"`` (s after the touch), ``"rate"`` (mean, pps) or ``"at_rest"`` (share of the
        motoneurons that fire before it).
    low, high : float
        People's range.
    role : str
        ``"fitted"`` or ``"held out"``.
    source : str
    """

    condition: str
    muscle: str
    severity: float
    quantity: str
    low: float
    high: float
    role: str
    source: str

    @property
    def entry(self) -> str:
        """What names it beside targets: condition, muscle and quantity."""
        return f"{self.condition.replace('-', '_')}.{self.muscle}.spasm_{self.quantity}"


def table_text() -> str:
    """Return the table as it comes with the package."""
    return files("renshaw.model.second_edition").joinpath(FILE).read_text(encoding="utf-8")


def parsed(text: str) -> tuple[tuple[Effect, ...], tuple[Datum, ...]]:
    """Return the effects and the data that a table in TOML holds."""
    table = tomllib.loads(text)
    found = tuple(
        _effect(f"{of}.{name}", row)
        for of, rows in table["effects"].items()
        for name, row in rows.items()
    )
    return found, tuple(Datum(**row) for row in table["data"])


def origin_in(text: str) -> str:
    """Return where the values of a table in TOML come from, in words."""
    return str(tomllib.loads(text)["origin"])


def spread_in(text: str) -> tuple[Between, ...]:
    """Return how far people differ, as a table in TOML says."""
    return tuple(Between(**row) for row in tomllib.loads(text)["spread"])


def spasms_in(text: str) -> tuple[SpasmRange, ...]:
    """Return what spasms are like, as a table in TOML says."""
    return tuple(SpasmRange(**row) for row in tomllib.loads(text)["spasms"])


@functools.cache
def effects() -> tuple[Effect, ...]:
    """Return the effects, read when first asked for."""
    return parsed(table_text())[0]


@functools.cache
def data() -> tuple[Datum, ...]:
    """Return the data that tell them."""
    return parsed(table_text())[1]


@functools.cache
def spread() -> tuple[Between, ...]:
    """Return how far people differ."""
    return spread_in(table_text())


def vibstim_in(text: str) -> tuple[VibStimRange, ...]:
    """Return what VibStim does, as a table in TOML says."""
    return tuple(VibStimRange(**row) for row in tomllib.loads(text)["vibstim"])


@functools.cache
def vibstim() -> tuple[VibStimRange, ...]:
    """Return what VibStim does."""
    return vibstim_in(table_text())


@functools.cache
def spasms() -> tuple[SpasmRange, ...]:
    """Return what spasms are like."""
    return spasms_in(table_text())


_WORDS = ("meaning", "unit", "low", "high", "source")
_MAYBE: dict[str, Any] = {"axis": "", "sign": 1.0}


def _effect(name: str, row: dict[str, Any]) -> Effect:
    cells = {k: v for k, v in row.items() if k not in {*_WORDS, *_MAYBE, "follows"}}
    return Effect(
        name,
        **{key: row[key] for key in _WORDS},
        **{key: row.get(key, usual) for key, usual in _MAYBE.items()},
        follows=tuple((str(of), float(by)) for of, by in row.get("follows", {}).items()),
        values={key: float(cell["value"]) for key, cell in cells.items()},
        ranges={key: tuple(cell["range"]) for key, cell in cells.items() if "range" in cell},
        told={key: str(cell["told"]) for key, cell in cells.items()},
    )
