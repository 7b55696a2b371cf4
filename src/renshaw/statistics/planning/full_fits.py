"""Planned studies simulated row by row and analyzed by `mixed_model` itself: the plan's check."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.errors import RenshawError, SettingsError
from renshaw.core.seeds import stream
from renshaw.data.arrays import FloatArray
from renshaw.statistics.mixed import mixed_model
from renshaw.statistics.planning.plan_settings import (
    ANCOVA,
    CLUSTER,
    CROSSOVER,
    PAIRED,
    SPASMS,
    PlanSettings,
)
from renshaw.statistics.planning.planned_analysis import planned_analysis
from renshaw.statistics.planning.power import Checked, Power
from renshaw.statistics.planning.sample_size import share_interval
from renshaw.statistics.planning.studies import Cell
from renshaw.statistics.settings import MixedModelSettings

if TYPE_CHECKING:
    import pandas as pd

_QUICK = MixedModelSettings(bootstraps=0, sign_flips=0)


def checked(power: Power, fits: int, *, seed: int = 0) -> Power:
    """Return a plan with the first of its numbers of participants checked by whole fits.

    Parameters
    ----------
    power : Power
    fits : int
    seed : int

    Raises
    ------
    SettingsError
        It is of spasms, or no number of participants was found.
    """
    settings, needed = power.settings, power.needed[0]
    if settings.outcome == SPASMS or settings.assured or needed.bound or fits < 10:
        raise SettingsError(
            f"fits = {fits}: ten or more, of a mean, without assurance, and where a number of "
            "participants was found."
        )
    cell = Cell(needed.participants, needed.units, needed.ramps)
    found = power_by_fits(settings, cell, needed.effect, fits, seed=seed)
    return replace(power, checked=found)


def power_by_fits(
    settings: PlanSettings, cell: Cell, effect: float, fits: int, *, seed: int = 0
) -> Checked:
    """Return the share of whole studies in which `mixed_model` finds a change.

    Parameters
    ----------
    settings : PlanSettings
        Not of spasms.
    cell : Cell
    effect : float
        True change; of 0, the share is of studies that find a change in one direction.
    fits : int
    seed : int
    """
    analysis = planned_analysis(settings)
    rng = stream(seed, "full fits", settings.design, *cell)
    found = 0
    for _ in range(fits):
        table = study_table(settings, cell, effect, rng)
        try:
            model = mixed_model(table, analysis.formula, _QUICK)
        except RenshawError:
            continue
        effects = model.fixed_effects.set_index("term")
        mine = [name for name in effects.index if _is_answer(name, analysis.effect)]
        row = effects.loc[mine[0]]
        # Levels are named so that the coefficient is treated minus other.
        right = row["estimate"] * (effect or 1.0) > 0
        found += bool(right and row["p_value"] < settings.alpha)
    share = found / fits
    return Checked(effect, cell.participants, fits, share, *share_interval(share, fits))


def _is_answer(name: str, effect: str) -> bool:
    parts, wanted = name.split(":"), effect.split(":")
    return len(parts) == len(wanted) and all(
        part.startswith(each) for part, each in zip(parts, wanted, strict=True)
    )


def study_table(
    settings: PlanSettings, cell: Cell, effect: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Return one simulated study as the table that a laboratory would have.

    Levels are in alphabetical order, so that coefficients are of the treated.
    """
    import pandas as pd

    y = planned_analysis(settings).formula.split(" ~ ")[0]
    n, design = cell.participants, settings.design
    people = n if design in (PAIRED, CROSSOVER) else 2 * n
    treated = np.arange(people) < n if design != CROSSOVER else np.arange(people) % 2 == 0
    units = np.full(people, cell.units)
    if settings.units_vary and settings.of_units:
        units = np.maximum(1, rng.poisson(cell.units, size=people))
    own = settings.value("effect_sd") * rng.standard_normal(people)
    if design == CLUSTER:
        cluster = np.arange(people) // int(settings.cluster_size or 1)
        own = own + (settings.value("cluster_sd") * rng.standard_normal(cluster.max() + 1))[cluster]
    kept = rng.random(people) >= settings.dropout
    gets = effect * (treated if design not in (PAIRED, CROSSOVER) else np.ones(people))
    rows = []
    for who in np.flatnonzero(kept):
        before, after = _values(settings, cell, int(units[who]), rng)
        after = after + own[who] + gets[who]
        if design == CROSSOVER and treated[who]:
            before = before + settings.carry_over * (own[who] + gets[who])
        rows += _rows(settings, int(who), bool(treated[who]), before, after, y)
    table = pd.DataFrame(rows)
    if design in (ANCOVA, CLUSTER):
        # One value a participant and time, as the analysis takes it.
        table = table.groupby(["participant", "group"], as_index=False).mean(numeric_only=True)
        if design == CLUSTER:
            table["cluster"] = [f"C{cluster[int(who[1:])]:04d}" for who in table["participant"]]
            table[y] = table["after"] - table["before"]
        else:
            stem = y.removesuffix("_after")
            table = table.rename(columns={"after": y, "before": f"{stem}_before"})
    return table


def _values(
    settings: PlanSettings, cell: Cell, units: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Return values (units, ramps) of one person before and after, without a change."""
    person = settings.value("participant_sd") * rng.standard_normal()
    spread = settings.value("unit_sd") if settings.of_units else 0.0
    same = spread * rng.standard_normal((units, 1))
    other = same if settings.tracked else spread * rng.standard_normal((units, 1))
    noise = settings.value("residual_sd") * rng.standard_normal((2, units, cell.ramps))
    return person + same + noise[0], person + other + noise[1]


def _rows(
    settings: PlanSettings, who: int, treated: bool, before: FloatArray, after: FloatArray, y: str
) -> list[dict[str, object]]:
    name, design = f"P{who:04d}", settings.design
    group = "drug" if treated else "control"
    rows: list[dict[str, object]] = []
    for unit, ramp in np.ndindex(before.shape):
        values = float(before[unit, ramp]), float(after[unit, ramp])
        if design in (ANCOVA, CLUSTER):
            both = {"before": values[0], "after": values[1]}
            rows.append({"participant": name, "group": group, **both})
            continue
        for later in (False, True):
            row: dict[str, object] = {"participant": name, y: values[later]}
            label = unit if settings.tracked else 2 * unit + later
            row |= {"unit": f"{name}u{label:03d}"} if settings.of_units else {}
            if design == CROSSOVER:
                # The treated first: their treated period is the first.
                first = later == treated
                row |= {"treatment": "drug" if later else "control"}
                row |= {"period": "1" if first else "2"}
                row |= {"sequence": "drug first" if treated else "control first"}
            else:
                row |= {"time": "t2" if later else "t1"}
                row |= {"group": group} if design != PAIRED else {}
            rows.append(row)
    return rows
