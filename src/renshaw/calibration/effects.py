"""`fit_effects`: the table of effects made anew, for the pools as they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renshaw.calibration.arms import Arm, EffectsFitSettings
from renshaw.calibration.arms_kept import Laboratory, Progress
from renshaw.calibration.effects_fit import AGEING, Family, Found, Held, HeldRange
from renshaw.calibration.spasms import INJURY, find_injury, hold_spasms, spasm_jobs
from renshaw.calibration.spread import Spread, find_spread, spread_jobs
from renshaw.calibration.targets import FITTED
from renshaw.calibration.vibrated import find_vibstim, hold_vibstim
from renshaw.model.effects import ALL
from renshaw.model.muscles import MUSCLES
from renshaw.model.second_edition.effects import (
    Datum,
    Effect,
    parsed,
    spasms_in,
    spread_in,
    table_text,
    vibstim_in,
)
from renshaw.model.second_edition.table import origin

if TYPE_CHECKING:
    import pandas as pd

# Constants that differ between muscles, each told by the data of one.
_BY_MUSCLE = ("antagonist_vibration", "reciprocal_inhibition", "stretch")
_VIBRATION = "antagonist_vibration"
_LOST = "ageing.reciprocal_lost"
_PER_CENT = 100.0

Cell = tuple[str, str]


@dataclass(frozen=True, eq=False)
class EffectsFound:
    """What a fit of the effects found.

    Parameters
    ----------
    values : mapping
        Of each constant and muscle (or `ALL`).
    held : sequence of Held
        All data beside what is simulated with fresh seeds.
    spread : Spread
        How people must differ.
    spasms : sequence of HeldRange
        What spasms are like beside what is simulated with fresh seeds.
    vibstim : sequence of HeldRange
        What VibStim does beside what is simulated with fresh seeds.
    text : str
        The table with the values found.
    """

    values: Mapping[Cell, Found]
    held: Sequence[Held]
    spread: Spread
    spasms: Sequence[HeldRange]
    vibstim: Sequence[HeldRange]
    text: str


def fit_effects(
    folder: Path,
    settings: EffectsFitSettings | None = None,
    *,
    table: str | None = None,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> EffectsFound:
    """Fit all effects to their data, in triangles of the second edition's people.

    Age comes first: what is done to older people is done to those that it has made.

    Parameters
    ----------
    folder : Path
        Keeps what was simulated; the same call again goes on from there.
    settings : EffectsFitSettings, optional
    table : str, optional
        Effects and data in TOML; those of the package if not given.
    seed : int
    workers : int, optional
        As many as there are cores if not given; the numbers don't depend on it.
    progress : callable, optional
    """
    text = table_text() if table is None else table
    effects, data = parsed(text)
    between, spasms = spread_in(text), spasms_in(text)
    laboratory = Laboratory(
        folder, settings or EffectsFitSettings(), seed=seed, workers=workers, progress=progress
    )
    groups = _groups(effects, data)
    values: dict[Cell, Found] = {}
    held: list[Held] = []
    base = (1.0, 1.0)
    for first in (True, False):
        some = {key: rows for key, rows in groups.items() if (key[0] == AGEING) is first}
        families = {
            key: Family([(d, e, _control(d, base)) for d, e in rows], laboratory)
            for key, rows in some.items()
        }
        jobs = [job for family in families.values() for job in family.jobs()]
        laboratory.measure(jobs)
        if not first:
            laboratory.measure(spread_jobs(laboratory, between))
            laboratory.measure(spasm_jobs(laboratory, spasms))
        for (_, cell), family in families.items():
            for effect, value in zip(family.effects, family.find(seed), strict=True):
                values[effect.name, cell] = value
        if not first:
            values = _with_lost(values)
        for (_, cell), family in families.items():
            held += family.hold([values[each.name, cell].value for each in family.effects])
        if first:
            lost, longer = (values[each.name, ALL].value for each in _only(families).effects)
            base = (1.0 - lost, 1.0 + longer)
    del values[f"{_VIBRATION}.pathway", _OLDER]
    others = {
        name: next(e for e in effects if e.name == f"population.{name}").values[ALL]
        for name in ("ahp", "inhibition")
    }
    spread = find_spread(laboratory, between, others, seed)
    values["population.neuromodulation", ALL] = spread.people
    values["population.session", ALL] = spread.session
    vibrated = find_vibstim(laboratory, vibstim_in(text), {each.name: each for each in effects})
    values |= {(name, ALL): found for name, found in vibrated.items()}
    injury = next(each for each in effects if each.name == INJURY)
    values[INJURY, ALL] = find_injury(laboratory, spasms, injury)
    for each in effects:
        for name, factor in each.follows:
            of = values[name, ALL]
            values[each.name, ALL] = of.times(factor, each.high)
    pools = "; ".join(f"{muscle} {origin(muscle)}" for muscle in MUSCLES)
    words = f"fit-effects with {laboratory.settings.seeds} seeds from {seed}, on the pools {pools}"
    touched = hold_spasms(laboratory, spasms, values)
    shaken = hold_vibstim(laboratory, vibstim_in(text), vibrated)
    return EffectsFound(values, held, spread, touched, shaken, _table_with(text, values, words))


_OLDER = "older TA"
_Groups = dict[Cell, list[tuple[Datum, tuple[Effect, ...]]]]


def _only(families: Mapping[Cell, Family]) -> Family:
    (family,) = families.values()
    return family


def _groups(effects: Sequence[Effect], data: Sequence[Datum]) -> _Groups:
    """Return the data that tell the same constants, by effect and muscle."""
    groups: _Groups = {}
    for datum in data:
        of = tuple(each for each in effects if each.family == datum.effect and each.axis)
        cell = datum.muscle if datum.effect in _BY_MUSCLE else ALL
        # Vibration of older people tells what is left of reciprocal inhibition, where some is lost.
        if datum.effect == _VIBRATION and datum.older and datum.muscle == "TA":
            cell = _OLDER
        groups.setdefault((datum.effect, cell), []).append((datum, of))
    return groups


def _control(datum: Datum, base: tuple[float, float]) -> Arm:
    if datum.older:
        return Arm(datum.muscle, datum.pct_mvc, older=True, base=base)
    return Arm(datum.muscle, datum.pct_mvc)


def _with_lost(values: Mapping[Cell, Found]) -> dict[Cell, Found]:
    """Return the values with what age takes of reciprocal inhibition, by vibration of both.

    None is gained: older people's pathway is no stronger than young ones'.
    """
    found = dict(values)
    of = f"{_VIBRATION}.pathway"
    older, young = found[of, _OLDER], found[of, "TA"].value

    def lost(left: float) -> float:
        return min(0.9, max(0.0, 1.0 - left / young)) if young > 0 else 0.0

    share = lost(older.value)
    told = "fitted" if 0.0 < share < 0.9 else "fitted, at a bound"
    found[_LOST, "TA"] = Found(share, lost(older.high), lost(older.low), told)
    left = young * (1.0 - share)
    found[of, _OLDER] = replace(older, value=left)
    return found


# Effects that are differences between people.
_COMPARED = {AGEING: "older minus young", "sex": "women minus men"}


def _unit(datum: Datum) -> str:
    if datum.relative:
        return "of the control's"
    return "% MVC" if datum.quantity in ("recruitment", "derecruitment") else "pps"


def held_table(held: Sequence[Held]) -> pd.DataFrame:
    """Return each datum beside what was simulated of it.

    Columns: effect, muscle, age, pct_mvc, quantity, role, unit, people, people_sd, simulated,
    simulated_error, met, imposed (what is done to her by a factor), answer (``"imposed"``, where
    the factor was fitted to this row, or ``"emerges"``), source.
    """
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "effect": each.datum.effect,
                "muscle": each.datum.muscle,
                "age": _COMPARED.get(each.datum.effect, "older" if each.datum.older else "young"),
                "pct_mvc": each.datum.pct_mvc,
                "quantity": each.datum.quantity,
                "role": each.datum.role,
                "unit": _unit(each.datum),
                "people": each.datum.change,
                "people_sd": each.datum.sd,
                "simulated": round(each.simulated, 3),
                "simulated_error": round(each.error, 3),
                "met": each.met,
                "imposed": each.imposed,
                "answer": "imposed" if each.datum.role == FITTED else "emerges",
                "source": each.datum.source,
            }
            for each in held
        ]
    )


def spasms_table(held: Sequence[HeldRange]) -> pd.DataFrame:
    """Return what spasms are like beside what was simulated of it.

    Columns: condition, muscle, severity, quantity, role, low, high, simulated, met, source.
    """
    import pandas as pd

    return pd.DataFrame(
        [
            {
                **{
                    name: getattr(each.wanted, name)
                    for name in ("condition", "muscle", "severity", "quantity", "role")
                },
                "low": each.wanted.low,
                "high": each.wanted.high,
                "simulated": round(each.simulated, 3),
                "met": each.met,
                "source": each.wanted.source,
            }
            for each in held
        ]
    )


def vibstim_table(held: Sequence[HeldRange]) -> pd.DataFrame:
    """Return what VibStim does beside what was simulated of it.

    Columns: muscle, quantity, role, low, high, simulated, met, source.
    """
    import pandas as pd

    names = ("muscle", "quantity", "role", "low", "high")
    return pd.DataFrame(
        [
            {
                **{name: getattr(each.wanted, name) for name in names},
                "simulated": round(each.simulated, 3),
                "met": each.met,
                "source": each.wanted.source,
            }
            for each in held
        ]
    )


def constants_table(text: str) -> pd.DataFrame:
    """Return each constant of a table of effects.

    Columns: constant, muscle, value, low, high, unit, told, meaning, source.
    """
    import pandas as pd

    rows = []
    for each in parsed(text)[0]:
        for cell, value in each.values.items():
            low, high = each.ranges.get(cell, (None, None))
            rows.append(
                {
                    "constant": each.name,
                    "muscle": cell,
                    "value": value,
                    "low": low,
                    "high": high,
                    "unit": each.unit,
                    "told": each.told[cell],
                    "meaning": each.meaning,
                    "source": each.source,
                }
            )
    return pd.DataFrame(rows)


def summary(found: EffectsFound) -> list[str]:
    """Return in words how many data are met, and what is not."""
    lines = []
    for role in ("fitted", "held out"):
        met = [h.met for h in found.held if h.datum.role == role]
        met += [h.met for h in (*found.spasms, *found.vibstim) if h.wanted.role == role]
        lines.append(f"{role.capitalize()}: {sum(met)} of {len(met)} data met.")
    for each in found.held:
        if not each.met:
            of = each.datum
            lines.append(
                f"Missed: {of.effect} {of.muscle} {'older ' if of.older else ''}"
                f"{of.pct_mvc:g} % MVC {of.quantity}: {each.simulated:+.2f}, people "
                f"{of.change:+.2f} ± {of.sd:.2f}"
            )
    for held in (*found.spasms, *found.vibstim):
        if not held.met:
            lines.append(
                f"Missed: {held.wanted.entry}: {held.simulated:.2f}, people "
                f"{held.wanted.low:g} to {held.wanted.high:g}"
            )
    people, session = found.spread.people, found.spread.session
    lines.append(
        f"People differ by {_PER_CENT * people.value:.1f} % of the PIC, sessions by "
        f"{_PER_CENT * session.value:.1f} %."
    )
    return lines


def _table_with(text: str, values: Mapping[Cell, Found], origin: str) -> str:
    """Return the table with other values and their origin; whatever else it says stays."""
    import tomlkit

    document: Any = tomlkit.parse(text)
    document["origin"] = origin
    for (name, muscle), found in values.items():
        of, _, constant = name.partition(".")
        cell = tomlkit.inline_table()
        cell["value"] = _rounded(found.value)
        cell["range"] = [_rounded(found.low), _rounded(found.high)]
        cell["told"] = found.told
        document["effects"][of][constant][muscle] = cell
    return tomlkit.dumps(document)


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
