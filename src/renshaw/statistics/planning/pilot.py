"""`pilot`: the spreads that a plan needs, from the mixed model of a table of one's own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.core.errors import DataError, Place, needs
from renshaw.core.numbers import counted, number
from renshaw.statistics.fitting.fit import Fit, Group, fitted
from renshaw.statistics.formulas.design import group_codes, level_words
from renshaw.statistics.formulas.formula import Formula, parse
from renshaw.statistics.formulas.level_order import level_order
from renshaw.statistics.planning.plan_settings import MEAN, PAIRED, PARALLEL, usable
from renshaw.statistics.reading.slips import refuse_merged, refuse_slips
from renshaw.statistics.reading.tables import complete_rows, read_table, refuse_bounds
from renshaw.statistics.structure.ladder import structures
from renshaw.statistics.structure.layout import Layout, layout
from renshaw.statistics.structure.numbers import as_conditions, two_valued
from renshaw.statistics.trials.trial import Line, t_line

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Pilot:
    """What a table says for a plan.

    Parameters
    ----------
    outcome : str
        The response of the formula.
    formula : str
        The model that was fitted, with the random effects that the design asks for.
    design : str
        ``"paired"``, or ``"parallel"`` where groups are compared in how they change.
    people : int
        From whom the spread of the true change is known.
    spreads : dict of str to float
        effect_sd, residual_sd, participant_sd, and unit_sd where there are units.
    units, ramps : int
        Units of a person (0 where the formula names none), and values of one of them in each
        condition.
    change : Line
        What the pilot itself found. It is no effect to plan with: of small studies those that
        found much are carried on.
    """

    outcome: str
    formula: str
    design: str
    people: int
    spreads: dict[str, float]
    units: int
    ramps: int
    change: Line

    def settings(self, chosen: dict[str, Any]) -> dict[str, Any]:
        """Return settings of a plan: those that were chosen, and the pilot's where none were.

        Parameters
        ----------
        chosen : dict
            Settings that were given.

        Raises
        ------
        DataError
            The change to be seen is not among them.
        """
        if "effects" not in chosen:
            raise DataError(
                "Say the change that is to be seen (effects): the smallest that matters. The pilot "
                f"itself found {self._found()}; of small studies those that found much are "
                "carried on, so that this is no effect to plan with."
            )
        merged: dict[str, Any] = {
            "outcome": MEAN,
            "outcome_name": self.outcome,
            "design": self.design,
            "ramps": (self.ramps,),
            **({"units": (self.units,)} if self.units else {}),
            **chosen,
        }
        merged |= usable(merged, self.spreads)
        if merged.get("effect_sd") and "effect_sd" not in chosen and self.people >= 3:
            merged.setdefault("spread_from", self.people)
        return merged

    def words(self) -> str:
        """Return what the table says, in a sentence."""
        parts = ", ".join(f"{name} {number(value)}" for name, value in self.spreads.items())
        if max(self.units, 1) * self.ramps == 1:
            parts += " (of one value a condition, people's own changes are in residual_sd)"
        return (
            f"Of {counted(self.people, 'participant')} ({self.formula}): {parts}; {self._found()}."
        )

    @property
    def warning(self) -> str:
        """What is wrong with planning from it; empty where nothing is."""
        if self.spreads["effect_sd"] > 0 or max(self.units, 1) * self.ramps == 1:
            # Of one value a person and condition, the spread of changes is in the residual.
            return ""
        return (
            "The pilot does not show that people differ in their change (effect_sd 0), which is no "
            "proof that they don't. Plan with a spread besides (effect_sd): half of the change is "
            "usual."
        )

    def _found(self) -> str:
        line = self.change
        return (
            f"{line.question} {number(line.estimate)} (95 % CI {number(line.low)} to "
            f"{number(line.high)})"
        )


def pilot(table: pd.DataFrame | str | Path, formula: str) -> Pilot:
    """Return the spreads that a plan needs, from a table and a formula.

    The random effects are those that `renshaw.stats.mixed_model` takes by default: what the design
    asks for and the data hold. What people differ by in their change is the variance of a
    participant's own difference between two conditions; what units differ by in theirs, and the
    residual, are the error.

    Parameters
    ----------
    table : DataFrame or path of a table
    formula : str
        As for R's lme4: ``"torque ~ time + (1|participant)"``.

    Raises
    ------
    DataError
        No factor varies within participants, or nobody is named in the random terms.
    """
    import pandas as pd

    needs("pilot", table, pd.DataFrame, str, Path)
    source = str(table) if isinstance(table, str | Path) else "The table"
    parsed = parse(formula)
    columns, groups = parsed.columns(), parsed.only_grouping()
    whole = table
    if isinstance(whole, str | Path):
        whole = read_table(whole, columns=columns, labels=groups)
    refuse_merged(whole, columns[1:], source)
    data, _ = complete_rows(whole, columns, source)
    refuse_slips(data, [name for name in columns if name not in groups], source)
    refuse_bounds(data, str(parsed.response), source)
    data = as_conditions(data, two_valued(data, parsed))
    try:

        def refit(other: Formula) -> Fit:
            return fitted(data, other)

        asked = refit(parsed)
        design = layout(asked)
        fit, _ = structures(asked, design, refit)
        return _read(fit, design)
    except DataError as error:
        raise error.at(file=source) from None
    except np.linalg.LinAlgError as error:
        raise DataError(f"the model can't be solved ({error}).", place=Place(file=source)) from None


def _read(fit: Fit, design: Layout) -> Pilot:
    person = design.person
    if not person or design.unnamed:
        name = design.participants or "participant"
        raise DataError(f"nobody is named in the random terms; write + (1|{name}).")
    factor = _factor(fit, design)
    labels = fit.table[factor].map(level_words).to_numpy()
    words = sorted(set(labels))
    order = [words[n] for n in level_order(words).places]
    first, last = order[0], order[-1]
    codes, names = group_codes(fit.table, person)
    who = np.array(names, dtype=object)[codes]
    rows = _pairs(who, labels, first, last)
    if len(rows) < 3:
        raise DataError(f"{len(rows)} participants have both {first} and {last}; three are needed.")
    own = unit = unit_change = 0.0
    for group in fit.groups:
        if set(group.term.group) - {factor} == set(person):
            own += _difference(fit, group, rows)
        elif factor in group.term.group or group.block.columns.shape[1] > 1:
            unit_change += _difference(fit, group, rows)
        else:
            unit += _level(fit, group)
    stable = sum(_level(fit, group) for group in fit.groups if set(group.term.group) == set(person))
    units, ramps = _sizes(fit, person, factor, who, labels)
    spreads = {
        "effect_sd": math.sqrt(own),
        # Units' own changes are as much error as their residuals are.
        "residual_sd": math.sqrt(fit.sigma2 + unit_change / 2),
        "participant_sd": math.sqrt(stable),
        **({"unit_sd": math.sqrt(unit)} if units else {}),
    }
    groups = [v for v in design.variation if not v.within and len(v.term) == 1 and not v.numeric]
    compared = any(factor in map(str, v.term) and len(v.term) > 1 for v in design.variation)
    return Pilot(
        str(fit.formula.response),
        fit.formula.text,
        PARALLEL if groups and compared else PAIRED,
        len(rows),
        spreads,
        units,
        ramps,
        _change(fit, rows, who, labels, first, last),
    )


def _factor(fit: Fit, design: Layout) -> str:
    """Return the factor of conditions: the one that varies within participants."""
    for each in design.variation:
        mine = each.grouping.columns == design.person
        if mine and each.within and len(each.term) == 1 and not each.numeric:
            return each.term[0].names()[0]
    raise DataError(
        "no factor of the formula varies within participants; a plan needs conditions (or times) "
        "that everyone has. Where they are numbers, write factor(day)."
    )


def _pairs(who: Any, labels: Any, first: str, last: str) -> list[tuple[int, int]]:
    """Return a row of each participant under the first condition, and one under the last."""
    found = []
    for name in dict.fromkeys(who):
        one = np.flatnonzero((who == name) & (labels == first))
        two = np.flatnonzero((who == name) & (labels == last))
        if len(one) and len(two):
            found.append((int(one[0]), int(two[0])))
    return found


def _roots(fit: Fit, group: Group) -> Any:
    place = next(n for n, each in enumerate(fit.groups) if each is group)
    triangle = fit.problem.triangles(fit.optimum.theta)[place]
    return math.sqrt(fit.sigma2) * group.block.columns @ triangle


def _difference(fit: Fit, group: Group, rows: list[tuple[int, int]]) -> float:
    """Return the variance that a random term gives the difference of two rows of one person."""
    roots, codes = _roots(fit, group), group.block.codes
    total = 0.0
    for one, two in rows:
        if codes[one] == codes[two]:
            total += float(((roots[one] - roots[two]) ** 2).sum())
        else:
            total += float((roots[one] ** 2).sum() + (roots[two] ** 2).sum())
    return total / len(rows)


def _level(fit: Fit, group: Group) -> float:
    """Return the variance that a random term gives a single value."""
    return float((_roots(fit, group) ** 2).sum(axis=1).mean())


def _sizes(
    fit: Fit, person: tuple[str, ...], factor: str, who: Any, labels: Any
) -> tuple[int, int]:
    """Return a person's units (0 where none are named), and values of one in a condition."""
    inner = [
        group
        for group in fit.groups
        if set(group.term.group) - {factor, *person} and factor not in group.term.group
    ]
    cells: dict[tuple[str, str], list[int]] = {}
    for row, key in enumerate(zip(who, labels, strict=True)):
        cells.setdefault((str(key[0]), str(key[1])), []).append(row)
    if not inner:
        return 0, max(1, round(float(np.median([len(rows) for rows in cells.values()]))))
    codes = max(inner, key=lambda group: group.block.levels).block.codes
    counts = [len(set(codes[rows])) for rows in cells.values()]
    each = [len(rows) / n for rows, n in zip(cells.values(), counts, strict=True)]
    return max(1, round(float(np.median(counts)))), max(1, round(float(np.median(each))))


def _change(
    fit: Fit, rows: list[tuple[int, int]], who: Any, labels: Any, first: str, last: str
) -> Line:
    """Return the pilot's own change: participants' mean differences, by Student's t."""
    y = fit.problem.y
    changes = []
    for one, _ in rows:
        mine = who == who[one]
        changes.append(
            float(y[mine & (labels == last)].mean() - y[mine & (labels == first)].mean())
        )
    values = np.array(changes)
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    return t_line(f"{last} minus {first}", float(values.mean()), error, len(values) - 1)
