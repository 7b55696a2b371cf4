"""`crossover`: everyone under every treatment, in random order; treatment, period and sequence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.numbers import counted
from renshaw.statistics.fitting.fit import Fit, fitted
from renshaw.statistics.formulas.formula import parse
from renshaw.statistics.trials.trial import (
    Given,
    Line,
    Trial,
    given,
    t_line,
    tested,
    trial,
    weights_on,
)

if TYPE_CHECKING:
    import pandas as pd

CARRY_OVER = (
    "Carry-over from one period to the next can't be told from an effect of the sequence. Its test "
    "is no reason to choose another analysis (a choice by it is biased, Freeman 1989): only a "
    "washout that is long enough prevents it."
)


def crossover(
    table: pd.DataFrame | str | Path,
    value: str,
    *,
    participant: str = "participant",
    treatment: str = "treatment",
    period: str = "period",
    reference: str = "",
) -> Trial:
    """Return the effect of treatment in a crossover, with those of period and sequence.

    Several values of one person and period (units, ramps) are averaged first, so that degrees of
    freedom are those of people.

    Parameters
    ----------
    table : DataFrame or path of a table
        One row a measurement.
    value, participant, treatment, period : str
        Columns. The sequence is read from them.
    reference : str
        The treatment that the other is compared with.

    Raises
    ------
    DataError
        A column is missing; there are not two treatments; everyone had the same order.

    Notes
    -----
    The model is ``value ~ treatment + period + sequence + (1 | participant)``; of two periods and
    complete data its test of the treatment is Student's t of the participants' differences,
    averaged over the sequences (Hills & Armitage 1979, doi:10.1111/j.1365-2125.1979.tb05903.x). Of
    several periods with the same treatment, people may respond in ways of their own:
    ``+ (1 | participant:treatment)``. Where the variance between participants is estimated as 0,
    differences within participants are analyzed.

    Examples
    --------
    >>> import pandas as pd
    >>> from renshaw.stats import crossover
    >>> rows = [
    ...     (who, period, treatment, 10 + who + 2 * (treatment == "drug") + period + who % 3)
    ...     for who, order in enumerate((("drug", "none"), ("none", "drug")) * 3)
    ...     for period, treatment in enumerate(order)
    ... ]
    >>> table = pd.DataFrame(rows, columns=["participant", "period", "treatment", "y"])
    >>> found = crossover(table.assign(y=table["y"] + [0, 1, 0, 0, 1, 0] * 2), "y").to_table()
    >>> round(float(found["df"].iloc[0]), 3)
    4.0
    """
    names = [participant, treatment, period]
    found = given("crossover", table, names=names, numbers=[value])
    first, second = found.two_levels(treatment, reference)
    data = _by_period(found, names, value)
    order = {name: n for n, name in enumerate(found.levels(period))}
    data = data.assign(place=data["period"].map(order)).sort_values(["participant", "place"])
    sequence = data.groupby("participant")["treatment"].agg(", then ".join)
    data = data.assign(sequence=data["participant"].map(sequence))
    periods = data.groupby("participant").size()
    whole = sequence[periods == periods.max()]
    if whole.nunique() < 2:
        raise found.refusal(
            f"everyone has the order {whole.iloc[0]}: treatment and period can't be told apart. "
            "That is no crossover; compare it as before and after, and say so "
            f"(renshaw compare, {value} ~ {treatment} + (1|{participant}))."
        )
    fit, model, within = _fit(data, first)
    people = int((periods > 1).sum())
    lines = [
        tested(
            f"{value}: {second} minus {first}",
            fit,
            weights_on(fit, f"treatment{second}"),
            most_df=people - 1,
        ),
        *_periods(fit, found, period),
        *_sequence(data, whole),
    ]
    complete = data[data["participant"].isin(whole.index)]
    means = complete.pivot_table(index="participant", columns="treatment", values="value")
    alone = int((periods == 1).sum())
    return trial(
        "crossover",
        table,
        found,
        lines,
        verb="crossover",
        arguments=f"{value!r}, {participant=}, {treatment=}, {period=}"
        + (f", {reference=}" if reference else ""),
        value=value,
        model=model,
        points={
            "who": list(means.index),
            "x": means[first].to_numpy(),
            "y": means[second].to_numpy(),
            "series": [sequence[who] for who in means.index],
        },
        axes=(f"{value}, {first}", f"{value}, {second}"),
        n=people,
        warnings=within,
        notes=[CARRY_OVER],
        left_out=[f"{counted(alone, 'participant')} with one period only."] if alone else [],
        cites=("hills1979", "freeman1989"),
    )


def _by_period(found: Given, names: list[str], value: str) -> pd.DataFrame:
    participant, treatment, period = names
    data = found.data.rename(
        columns={participant: "participant", treatment: "treatment", period: "period"}
    ).rename(columns={value: "value"})
    twice = data.groupby(["participant", "period"])["treatment"].nunique()
    if (twice > 1).any():
        who, when = twice[twice > 1].index[0]
        raise found.refusal(f"{who} has two treatments in the period {when}.")
    keys = ["participant", "period", "treatment"]
    return data.groupby(keys)["value"].mean().reset_index()


def _fit(data: pd.DataFrame, first: str) -> tuple[Fit, str, list[str]]:
    """Fit people as random; where that variance is 0, differences within people alone count."""
    fixed = "value ~ treatment + period"
    again = data.groupby(["participant", "treatment"]).size().max() > 1
    random = " + (1 | participant)" + (" + (1 | participant:treatment)" if again else "")
    reference = {"treatment": first}
    sequences = " + sequence" if data["sequence"].nunique() < data["participant"].nunique() else ""
    fit = fitted(data, parse(f"{fixed}{sequences}{random}"), references=reference)
    spread = float(fit.covariances()[-1 if again else 0][0, 0])
    if spread > 1e-8 * fit.sigma2 or again:
        return fit, fit.formula.text, []
    several = data.groupby("participant")["period"].transform("size") > 1
    inside = fitted(data[several], parse(f"{fixed} + participant"), references=reference)
    why = (
        "Participants do not differ beyond chance: the variance between them is estimated as 0. "
        "The test is of differences within participants."
    )
    return inside, inside.formula.text, [why]


def _periods(fit: Fit, found: Given, period: str) -> list[Line]:
    levels = found.levels(period)
    base = min(levels, key=lambda name: f"period{name}" in fit.names)
    return [
        tested(f"Period: {name} minus {base}", fit, weights_on(fit, f"period{name}"))
        for name in levels
        if f"period{name}" in fit.names
    ]


def _sequence(data: pd.DataFrame, whole: pd.Series[str]) -> list[Line]:
    """Return the difference of complete participants' means between two sequences."""
    means = data.groupby("participant")["value"].mean()[whole.index]
    kinds = sorted(set(whole))
    if len(kinds) != 2:
        return []
    parts = [means[whole == kind].to_numpy(dtype=float) for kind in kinds]
    df = sum(map(len, parts)) - 2
    difference = float(parts[1].mean() - parts[0].mean())
    squares = sum(float(((each - each.mean()) ** 2).sum()) for each in parts)
    share = sum(1 / len(each) for each in parts)
    error = float(np.sqrt(squares / df * share)) if df > 0 else float("nan")
    return [t_line(f"Sequence: {kinds[1]} minus {kinds[0]}", difference, error, df)]
