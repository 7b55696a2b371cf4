"""`n_of_1`: pairs of periods within one person, and a series of such persons."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.numbers import counted, number, p_equals
from renshaw.core.seeds import stream
from renshaw.data.arrays import FloatArray
from renshaw.statistics.fitting.fit import fitted
from renshaw.statistics.formulas.formula import parse
from renshaw.statistics.reading.tables import read_table
from renshaw.statistics.trials.trial import Given, Line, Trial, given, t_line, tested, trial

if TYPE_CHECKING:
    import pandas as pd

_MOST_FLIPS = 2**16
_HERE = (
    "It is about this person: the test says what treatment does to this one, and nothing about "
    "others."
)


def n_of_1(
    table: pd.DataFrame | str | Path,
    value: str = "",
    *,
    treatment: str = "treatment",
    pair: str = "pair",
    participant: str = "",
    reference: str = "",
) -> Trial:
    """Return what treatment does to one person, or to each of several and to them together.

    Parameters
    ----------
    table : DataFrame or path of a table
        One row a measurement.
    value : str
        Column that was measured; if empty, the only other column of numbers.
    treatment, pair : str
        Columns; a pair has a period of each treatment, in random order.
    participant : str
        Column that says who, of a series; empty for one person.
    reference : str
        The treatment that the other is compared with.

    Raises
    ------
    DataError
        A column is missing, there are not two treatments, fewer than three pairs, or rows of
        several people without a column that says who.

    Notes
    -----
    Of one person the differences of pairs are tested by Student's t and, as the order within
    pairs is by chance, by flipping their signs. Of a series,
    ``difference ~ 1 + (1 | participant)``: people differ in their effect, and degrees of freedom
    are those of people. Each person's effect is shrunk towards that of all (Zucker et al. 1997,
    doi:10.1016/S0895-4356(96)00429-5). Of one pair a person, that is Student's t of people's
    differences, and nobody's own effect can be told from chance.
    """
    found = given(
        "n_of_1",
        table,
        roles={"treatment": treatment, "pair": pair, "participant": participant},
        measured={"value": value},
    )
    value = found.name("value")
    first, second = found.two_levels("treatment", reference)
    warnings = [] if participant else _perhaps_several_people(table, found)
    data = found.data.rename(columns={"participant": "who"})
    data = data if participant else data.assign(who="one person")
    wide = data.pivot_table(index=["who", "pair"], columns="treatment", values="value")
    alone = int(wide[[first, second]].isna().any(axis=1).sum())
    wide = wide.dropna(subset=[first, second])
    difference = (wide[second] - wide[first]).rename("difference").reset_index()
    order = {name: n for n, name in enumerate(found.levels("pair"))}
    difference = difference.assign(place=difference["pair"].map(order))
    difference = difference.sort_values(["who", "place"])
    if len(difference) < 3:
        raise found.refusal(
            f"{counted(len(difference), 'pair')} with both treatments; three are needed."
        )
    if np.ptp(difference["difference"].to_numpy(dtype=float)) == 0:
        raise found.refusal("the difference is the same in every pair; there is nothing to test.")
    people = difference["who"].nunique()
    what = f"{value}: {second} minus {first}"
    if people == 1:
        lines, notes = _one(what, difference["difference"].to_numpy(dtype=float))
        model = "difference ~ 1"
    elif people == len(difference):
        lines, notes = _one_pair_each(what, difference["difference"].to_numpy(dtype=float))
        model = "difference ~ 1"
    else:
        lines, notes = _series(what, difference)
        model = "difference ~ 1 + (1 | participant)"
    return trial(
        "n_of_1",
        table,
        found,
        lines,
        verb="n_of_1",
        arguments=found.arguments(reference=reference),
        value=value,
        model=model,
        points={
            "who": difference["who"],
            "x": difference["place"] + 1.0,
            "y": difference["difference"],
            "series": difference["who"],
        },
        axes=("Pair of periods", f"{value}: {second} minus {first}"),
        n=len(difference) if people == 1 else people,
        of="pairs of periods" if people == 1 else "participants",
        warnings=warnings,
        notes=[*notes, "Carry-over between the periods of a pair makes the difference too small."],
        left_out=[f"{counted(alone, 'pair')} without a value of both treatments."] if alone else [],
        cites=("zucker1997",),
    )


def _perhaps_several_people(table: pd.DataFrame | str | Path, found: Given) -> list[str]:
    """Refuse rows of several people that nobody named; warn where a column may name them.

    People and days of one person look alike: a column that holds both treatments in each of its
    levels. Words tell apart people more often than days, and numbers days more often than people.
    """
    import pandas as pd

    whole = read_table(table) if isinstance(table, str | Path) else table
    treatment, pair = found.name("treatment"), found.name("pair")
    used = [treatment, pair, found.name("value")]
    rows = whole.dropna(subset=used)
    warnings = []
    for column in rows.columns:
        if column in used:
            continue
        seen = rows[[treatment, pair, column]].dropna(subset=[column])
        levels = seen.groupby(column, observed=True)[treatment].nunique()
        if len(levels) < 2 or (levels < 2).any():
            continue
        both = len(seen[[pair, column]].drop_duplicates())
        if both == len(levels) == seen[pair].nunique():
            # The pair by another name.
            continue
        named = str(column).casefold() == "participant"
        if named or not pd.api.types.is_numeric_dtype(rows[column]):
            raise found.refusal(
                f"{column!r} has {len(levels)} levels, each under both treatments. If they are "
                f"people, say so (participant = {column!r}; --participant {column}); if all rows "
                "are of one person, leave that column out of the table."
            )
        warnings.append(
            f"All rows are taken as of one person. If {column!r} says who, give it "
            f"(participant = {column!r}): pairs of several people are not pairs of one."
        )
    return warnings


def _one_pair_each(what: str, differences: FloatArray) -> tuple[list[Line], list[str]]:
    k = len(differences)
    error = float(differences.std(ddof=1)) / math.sqrt(k)
    return [t_line(what, float(differences.mean()), error, k - 1)], [
        "Each person has one pair of periods: how people's true effects differ can't be told from "
        "chance, and nobody's own effect is estimated. Two pairs each, or more, show it."
    ]


def _one(what: str, differences: FloatArray) -> tuple[list[Line], list[str]]:
    k = len(differences)
    error = float(differences.std(ddof=1)) / math.sqrt(k)
    lines = [t_line(what, float(differences.mean()), error, k - 1)]
    lines.append(_trend(differences))
    return lines, [f"By flipping signs of pairs: {p_equals(_flipped(differences))}.", _HERE]


def _flipped(differences: FloatArray) -> float:
    """Return the share of sign flips whose mean is as far from 0."""
    k = len(differences)
    if 2**k <= _MOST_FLIPS:
        signs = np.array(list(itertools.product((-1.0, 1.0), repeat=k)))
    else:
        signs = stream(0, "n_of_1").choice((-1.0, 1.0), size=(_MOST_FLIPS, k))
        signs[0] = 1.0
    seen = abs(float(differences.sum()))
    return float((np.abs(signs @ differences) >= seen * (1 - 1e-12)).mean())


def _trend(differences: FloatArray) -> Line:
    """Return how the difference changes from pair to pair."""
    k = len(differences)
    x = np.arange(k) - (k - 1) / 2
    slope = float(x @ differences / (x @ x))
    rest = differences - differences.mean() - slope * x
    error = math.sqrt(float(rest @ rest) / max(k - 2, 1) / float(x @ x))
    return t_line("Change of that from pair to pair", slope, error, k - 2)


def _series(what: str, difference: pd.DataFrame) -> tuple[list[Line], list[str]]:
    fit = fitted(
        difference.rename(columns={"who": "participant"}),
        parse("difference ~ 1 + (1 | participant)"),
    )
    people = difference["who"].nunique()
    line = tested(what, fit, np.ones(1), most_df=people - 1)
    between = math.sqrt(float(fit.covariances()[0][0, 0]))
    notes = [
        f"True effects differ between people by a standard deviation of {number(between)}, "
        f"differences of one person's pairs by {number(math.sqrt(fit.sigma2))}.",
        "Each person's effect is shrunk towards that of all, the more the fewer the pairs.",
    ]
    if between < 1e-6 * math.sqrt(fit.sigma2):
        notes.append(
            "That these people differ in their effect is not shown, which is no proof that they "
            "don't: with few pairs it can't be."
        )
    return [line, *_each(difference, line, between**2, fit.sigma2)], notes


def _each(difference: pd.DataFrame, whole: Line, between: float, within: float) -> list[Line]:
    """Return each person's effect, shrunk, with its interval."""
    lines = []
    for who, mine in difference.groupby("who")["difference"]:
        own, k = float(mine.mean()), len(mine)
        share = between / (between + within / k)
        estimate = whole.estimate + share * (own - whole.estimate)
        error = math.sqrt(share * within / k + ((1 - share) * whole.std_error) ** 2)
        low, high = estimate - 1.96 * error, estimate + 1.96 * error
        lines.append(Line(f"{who} ({k} pairs, alone {number(own)})", estimate, low, high, error))
    return lines
