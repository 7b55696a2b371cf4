"""`crossover`: everyone under every treatment, in random order; treatment, period and sequence."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from renshaw.core.numbers import between, counted, number, p_equals
from renshaw.statistics.fitting.fit import Fit, fitted
from renshaw.statistics.formulas.formula import parse
from renshaw.statistics.trials.trial import (
    Given,
    Line,
    Trial,
    corrected,
    given,
    joint,
    t_line,
    tested,
    together,
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
_NO_CARRY_OVER = "it holds if nothing was left of a treatment in the next period"
_WHAT_TO_DO = (
    "Report the comparison of period 1 beside the answer: nothing can be carried into it, and it "
    "is as large as it seems, if less sure. Which of the two counts is decided by what is known of "
    "the washout, not by these data: to test for carry-over first and then take one or the other "
    "(the two stages of Grizzle 1965) finds effects that are not there too often, as the test and "
    "the comparison of period 1 rest on the same values (Freeman 1989). renshaw does not choose."
)
# At this level Grizzle's first stage was tested; here it makes a caution, and changes no analysis.
_SUSPECTED = 0.1


def crossover(
    table: pd.DataFrame | str | Path,
    value: str = "",
    *,
    participant: str = "participant",
    treatment: str = "treatment",
    period: str = "period",
    reference: str = "",
) -> Trial:
    """Return the effect of treatment in a crossover, with those of period and sequence.

    Several values of one person and period (units, ramps) are averaged first, so that degrees of
    freedom are those of people. Of more than two treatments each is compared with the reference:
    p-values are Holm's, intervals Bonferroni's.

    Parameters
    ----------
    table : DataFrame or path of a table
        One row a measurement.
    value : str
        Column that was measured; if empty, the only other column of numbers.
    participant, treatment, period : str
        Columns. The sequence is read from them.
    reference : str
        The treatment that others are compared with.

    Raises
    ------
    DataError
        A column is missing; there is one treatment; treatment and period can't be told apart.

    Notes
    -----
    The model is ``value ~ treatment + period + sequence + (1 | participant)``; of two periods and
    complete data its test of the treatment is Student's t of the participants' differences,
    averaged over the sequences (Hills & Armitage 1979, doi:10.1111/j.1365-2125.1979.tb05903.x). Of
    several periods with the same treatment, people may respond in ways of their own:
    ``+ (1 | participant:treatment)``. Where the variance between participants is estimated as 0,
    differences within participants are analyzed. A comparison is never tested with more degrees of
    freedom than ``participants - 1``.

    What is carried over makes the answer too small, and turns its sign where it is more than twice
    the effect. The first sentence says where the data look like it; no analysis is chosen by that
    (Freeman 1989, doi:10.1002/sim.4780081202).

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
    found = given(
        "crossover",
        table,
        roles={"participant": participant, "treatment": treatment, "period": period},
        measured={"value": value},
    )
    first, *others = found.from_reference("treatment", reference)
    if not others:
        raise found.refusal(f"{treatment!r} has one level only, {first!r}.")
    value = found.name("value")
    data = _by_period(found)
    order = {name: n for n, name in enumerate(found.levels("period"))}
    data = data.assign(place=data["period"].map(order)).sort_values(["participant", "place"])
    sequence = data.groupby("participant")["treatment"].agg(", then ".join)
    data = data.assign(sequence=data["participant"].map(sequence))
    periods = data.groupby("participant").size()
    whole = sequence[periods == periods.max()]
    _refuse_confounded(found, data, whole)
    fit, model, within = _fit(data, first)
    people = int((periods > 1).sum())
    answers = [
        tested(
            f"{value}: {each} minus {first}",
            fit,
            weights_on(fit, f"treatment{each}"),
            most_df=people - 1,
            tests=len(others),
        )
        for each in others
    ]
    lines = [*corrected(answers), *_periods(fit, found), *_sequence(data, whole)]
    notes = [CARRY_OVER]
    carried = _Carried(_NO_CARRY_OVER)
    if len(others) == 1:
        alone_1 = _first_period(data, f"{value}, period 1 alone: {others[0]} minus {first}", first)
        lines[1:1] = [alone_1]
        carried = _carried(lines[0], alone_1, lines[-1])
    else:
        names = [f"treatment{each}" for each in others]
        lines.insert(len(others), joint("All treatments alike", fit, names, most_df=people - 1))
        notes.insert(0, together(len(others)))
    complete = data[data["participant"].isin(whole.index)]
    means = complete.pivot_table(index="participant", columns="treatment", values="value")
    means = means.dropna(subset=[first, others[0]])
    alone = int((periods == 1).sum())
    return trial(
        "crossover",
        table,
        found,
        lines,
        verb="crossover",
        arguments=found.arguments(reference=reference),
        value=value,
        model=found.in_words_of_table(model),
        points={
            "who": list(means.index),
            "x": means[first].to_numpy(),
            "y": means[others[0]].to_numpy(),
            "series": [sequence[who] for who in means.index],
        },
        axes=(f"{value}, {first}", f"{value}, {others[0]}"),
        n=people,
        warnings=within,
        notes=notes,
        left_out=[f"{counted(alone, 'participant')} with one period only."] if alone else [],
        provided=carried.provided,
        to_do=carried.to_do,
        cites=("hills1979", "freeman1989", *(("grizzle1965",) if carried.to_do else ())),
    )


def _refuse_confounded(found: Given, data: pd.DataFrame, whole: pd.Series[str]) -> None:
    """Refuse treatments that can't be told from periods, or that nobody has had two of."""
    import pandas as pd

    treatment, value = found.name("treatment"), found.name("value")
    who = found.name("participant")
    if whole.nunique() < 2:
        raise found.refusal(
            f"everyone has the order {whole.iloc[0]}: treatment and period can't be told apart. "
            "That is no crossover; compare it as before and after, and say so "
            f"(renshaw compare, {value} ~ {treatment} + (1|{who}))."
        )
    if data.groupby("participant")["treatment"].nunique().max() < 2:
        raise found.refusal(
            f"nobody has had two treatments ({treatment}); that is no crossover. Groups are "
            "compared by renshaw trial ancova, or by renshaw compare."
        )
    dummies = pd.get_dummies(data[["treatment", "period"]], drop_first=True, dtype=float)
    inside = dummies - dummies.groupby(data["participant"]).transform("mean")
    if np.linalg.matrix_rank(inside.to_numpy(), tol=1e-8) < inside.shape[1]:
        raise found.refusal(
            "treatments can't be told from periods: some treatment is always given in the same "
            f"place. The orders are {'; '.join(sorted(set(whole)))}."
        )
    again = data.groupby("participant")["period"].transform("size") > 1
    people = data.loc[again, "participant"].nunique()
    if again.sum() - people - inside.shape[1] < 1:
        raise found.refusal(
            f"{counted(people, 'participant')} with two periods or more: nothing is left to tell "
            f"treatment from chance. {inside.shape[1] + 1} or more are needed."
        )


def _first_period(data: pd.DataFrame, question: str, first: str) -> Line:
    """Return the comparison of the first period alone, between people."""
    begun = data[data["place"] == data["place"].min()]
    control = begun["treatment"] == first
    return _two_means(question, begun.loc[control, "value"], begun.loc[~control, "value"])


class _Carried(NamedTuple):
    """What is said of carry-over in the first sentence, and what to do."""

    provided: str
    to_do: tuple[str, ...] = ()


def _carried(answer: Line, alone: Line, sequence: Line) -> _Carried:
    """Return a strong word where the data look as they do when treatment is carried over."""
    if math.isnan(alone.low):
        return _Carried(_NO_CARRY_OVER)
    seen = f"{number(alone.estimate)} (95 % CI {between(alone.low, alone.high)})"
    apart = sequence.question.startswith("Sequence") and sequence.p_value < _SUSPECTED
    turned = alone.estimate * answer.estimate < 0 and (apart or answer.p_value < 0.05)
    if turned:
        words = (
            "CAUTION, do not take its sign as it is: period 1 alone, into which nothing can be "
            f"carried over, says the opposite, {seen}. Carry-over of more than twice the effect "
            "turns the sign"
        )
    elif apart:
        words = (
            "CAUTION: the two orders differ by more than chance would let expect "
            f"({p_equals(sequence.p_value)}), as they do where treatment is carried over, which "
            f"makes the answer too small; period 1 alone says {seen}"
        )
    else:
        return _Carried(_NO_CARRY_OVER)
    return _Carried(words, (_WHAT_TO_DO,))


def _by_period(found: Given) -> pd.DataFrame:
    data = found.data
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


def _periods(fit: Fit, found: Given) -> list[Line]:
    levels = found.levels("period")
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
    question = f"Sequence: {kinds[1]} minus {kinds[0]}"
    return [_two_means(question, means[whole == kinds[0]], means[whole == kinds[1]])]


def _two_means(question: str, one: pd.Series[float], two: pd.Series[float]) -> Line:
    """Return the difference of two groups' means by Student's t."""
    parts = [each.to_numpy(dtype=float) for each in (one, two)]
    df = sum(map(len, parts)) - 2
    if df < 1 or not min(map(len, parts)):
        return Line(question, math.nan)
    squares = sum(float(((each - each.mean()) ** 2).sum()) for each in parts)
    error = math.sqrt(squares / df * sum(1 / len(each) for each in parts))
    return t_line(question, float(parts[1].mean() - parts[0].mean()), error, df)
