"""Planned studies simulated row by row and analyzed by `mixed_model` itself: the plan's check."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.errors import RenshawError, SettingsError
from renshaw.core.seeds import stream
from renshaw.core.tails import t_sf
from renshaw.data.arrays import FloatArray
from renshaw.statistics.answers.multiplicity import adjusted
from renshaw.statistics.mixed import mixed_model
from renshaw.statistics.planning.orders import williams
from renshaw.statistics.planning.plan_settings import (
    ALL,
    ANCOVA,
    CLUSTER,
    CROSSOVER,
    JOINT,
    N_OF_1,
    PAIRED,
    PRIMARY,
    SPASMS,
    PlanSettings,
)
from renshaw.statistics.planning.planned_analysis import outcome_column, planned_analysis
from renshaw.statistics.planning.power import Checked, Power
from renshaw.statistics.planning.sample_size import share_interval
from renshaw.statistics.planning.studies import Cell, error_variance
from renshaw.statistics.settings import MixedModelSettings
from renshaw.statistics.trials.crossover import crossover
from renshaw.statistics.trials.n_of_1 import n_of_1

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
    rng = stream(seed, "full fits", settings.design, *cell)
    found = 0
    for _ in range(fits):
        table = study_table(settings, cell, effect, rng)
        try:
            found += _finds(settings, table, effect)
        except RenshawError:
            continue
    share = found / fits
    return Checked(effect, cell.participants, fits, share, *share_interval(share, fits))


def _finds(settings: PlanSettings, table: pd.DataFrame, effect: float) -> bool:
    """Whether the planned analysis of one study finds what is to be found."""
    if settings.design == N_OF_1 or (settings.design == CROSSOVER and settings.treatments > 2):
        lines, together = _by_trial(settings, table)
    else:
        lines, together = _by_model(settings, table)
    if settings.treatments > 2 and settings.comparisons == JOINT:
        return together < settings.alpha
    p = [line[1] for line in lines]
    if settings.treatments > 2 and settings.comparisons != PRIMARY:
        p = adjusted(p, "holm")
    wanted = len(lines) if settings.comparisons == ALL else 1
    sign = effect or 1.0
    return all(lines[n][0] * sign > 0 and p[n] < settings.alpha for n in range(wanted))


Lines = list[tuple[float, float]]


def _by_model(settings: PlanSettings, table: pd.DataFrame) -> tuple[Lines, float]:
    """Return estimates and p-values by `mixed_model`, and the p-value of all of them."""
    analysis = planned_analysis(settings)
    model = mixed_model(table, analysis.formula, _QUICK)
    effects = model.fixed_effects.set_index("term")
    # Levels are named so that coefficients are treated minus control.
    mine = effects.loc[[name for name in effects.index if _is_answer(name, analysis.effect)]]
    whole = model.anova.set_index("term")["p_value"]
    lines = list(zip(mine["estimate"], mine["p_value"], strict=True))
    return lines, float(whole[analysis.effect])


def _by_trial(settings: PlanSettings, table: pd.DataFrame) -> tuple[Lines, float]:
    """Return estimates and p-values by `crossover` or `n_of_1`, and the p-value of all of them."""
    y = outcome_column(settings)
    if settings.design == N_OF_1:
        alone = len(set(table["participant"])) == 1
        given = table.drop(columns="participant") if alone else table
        who = "" if alone else "participant"
        row = n_of_1(given, y, participant=who, reference="control").table.iloc[0]
        return [(float(row["estimate"]), float(row["p_value"]))], math.nan
    found = crossover(table, y, reference="control").table
    rows = found.iloc[: settings.treatments - 1]
    # Of each test alone: the table has Holm's.
    p = np.asarray(2 * t_sf(np.abs(rows["statistic"]), rows["df"]))
    together = float(found["p_value"].iloc[settings.treatments - 1])
    return list(zip(rows["estimate"], p, strict=True)), together


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

    if settings.design == N_OF_1 or (settings.design == CROSSOVER and settings.treatments > 2):
        return _periods(settings, cell, effect, rng)
    y, design = planned_analysis(settings).formula.split(" ~ ")[0], settings.design
    sizes = settings.sizes(cell.participants)
    people = sum(sizes)
    # The group of each, or the order: of a crossover the treated first, then the control first.
    place = np.repeat(np.arange(len(sizes)), sizes)
    units = np.full(people, cell.units)
    if settings.units_vary and settings.of_units:
        units = np.maximum(1, rng.poisson(cell.units, size=people))
    own = settings.value("effect_sd") * rng.standard_normal(people)
    if design == CLUSTER:
        cluster = np.arange(people) // int(settings.cluster_size or 1)
        own = own + (settings.value("cluster_sd") * rng.standard_normal(cluster.max() + 1))[cluster]
    kept = rng.random(people) >= settings.dropout
    everyone = design in (PAIRED, CROSSOVER)
    gets = effect * (np.ones(people) if everyone else np.array([*settings.weights, 0.0])[place])
    rows = []
    for who in np.flatnonzero(kept):
        before, after = _values(settings, cell, int(units[who]), rng)
        after = after + own[who] + gets[who]
        first = design == CROSSOVER and place[who] == 0
        if first:
            before = before + settings.carry_over * (own[who] + gets[who])
        group = _named(settings, int(place[who]))
        rows += _rows(settings, int(who), group, bool(first), before, after, y)
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


def _named(settings: PlanSettings, place: int) -> str:
    """Return the name of a group or treatment; the control, the last, is first by alphabet."""
    return "control" if place == settings.treatments - 1 else f"drug{place}"


def _periods(
    settings: PlanSettings, cell: Cell, effect: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Return a study of several periods a participant: a row a period, its mean."""
    import pandas as pd

    y, k = outcome_column(settings), settings.treatments
    noise = math.sqrt(float(error_variance(settings, cell, cell.units)) / 2)
    true = effect * np.array([*settings.weights, 0.0])
    orders = williams(k)
    rows: list[dict[str, object]] = []
    for who in range(cell.participants):
        if rng.random() < settings.dropout:
            continue
        person = settings.value("participant_sd") * rng.standard_normal()
        own = settings.value("effect_sd") * rng.standard_normal(k) / math.sqrt(2)
        if settings.design == N_OF_1:
            # Of one person the true change is the effect itself.
            own = own * (cell.participants > 1)
            order = [each for _ in range(settings.pairs) for each in rng.permutation(2)]
        else:
            order = list(orders[who % len(orders)])
        before = 0.0
        for period, got in enumerate(order):
            value = person + true[got] + own[got] + before + noise * rng.standard_normal()
            before = settings.carry_over * true[got]
            when = {"pair": period // 2} if settings.design == N_OF_1 else {"period": period}
            named = {"participant": f"P{who:04d}", "treatment": _named(settings, int(got))}
            rows.append({**named, **when, y: float(value)})
    return pd.DataFrame(rows)


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
    settings: PlanSettings,
    who: int,
    group: str,
    treated_first: bool,
    before: FloatArray,
    after: FloatArray,
    y: str,
) -> list[dict[str, object]]:
    name, design = f"P{who:04d}", settings.design
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
                first = later == treated_first
                row |= {"treatment": "drug" if later else "control"}
                row |= {"period": "1" if first else "2"}
                row |= {"sequence": "drug first" if treated_first else "control first"}
            else:
                row |= {"time": "t2" if later else "t1"}
                row |= {"group": group} if design != PAIRED else {}
            rows.append(row)
    return rows
