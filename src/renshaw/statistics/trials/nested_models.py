"""`compare_models`: does the larger of two nested models fit better? A likelihood-ratio test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.errors import needs
from renshaw.core.numbers import counted
from renshaw.core.tails import chi2_sf
from renshaw.statistics.fitting.fit import Fit, fitted
from renshaw.statistics.formulas.formula import Formula, parse
from renshaw.statistics.reading.tables import complete_rows, read_table
from renshaw.statistics.structure.tried import criterion_aic
from renshaw.statistics.trials.trial import Given, Line, Trial, trial

if TYPE_CHECKING:
    import pandas as pd


def compare_models(table: pd.DataFrame | str | Path, larger: str, smaller: str) -> Trial:
    """Return the likelihood-ratio test of two nested models of the same rows.

    Parameters
    ----------
    table : DataFrame or path of a table
    larger, smaller : str
        Formulas; all that the smaller has, the larger has too.

    Raises
    ------
    DataError
        The responses differ, or the smaller model is no part of the larger.

    Notes
    -----
    Where fixed effects differ both are fitted by full maximum likelihood, as R's ``anova`` does;
    where only random effects differ, by restricted maximum likelihood. A variance can't be below
    0: of one more variance, half of the chi-squared's p-value is right (Self & Liang 1987,
    doi:10.1080/01621459.1987.10478472), of several it is too large, and said to be.
    """
    import pandas as pd

    needs("compare_models", table, pd.DataFrame, str, Path)
    big, small = parse(larger), parse(smaller)
    found = _rows(table, list(dict.fromkeys([*big.columns(), *small.columns()])))
    if str(big.response) != str(small.response):
        raise found.refusal(
            f"the responses differ, {big.response} and {small.response}: no test compares them."
        )
    fits = [fitted(found.data, each, reml=False) for each in (small, big)]
    fixed = _adds_columns(found, fits)
    _refuse_other_groups(found, small, big)
    if not fixed:
        fits = [fitted(found.data, each) for each in (small, big)]
    few, many = (each.problem.p + each.problem.n_theta for each in fits)
    df = many - few
    if df <= 0:
        raise found.refusal("the larger model has nothing that the smaller has not.")
    line, notes = _tested(fits, df, fixed)
    rows = [
        Line(f"AIC, {words}", criterion_aic(fit)[1])
        for words, fit in zip((smaller, larger), fits, strict=True)
    ]
    return trial(
        "nested models",
        table,
        found,
        [line, *rows],
        verb="compare_models",
        arguments=f"{larger!r}, {smaller!r}",
        value=str(big.response),
        model=big.text,
        points={
            "who": [smaller, larger],
            "x": [float(each.problem.p + each.problem.n_theta + 1) for each in fits],
            "y": [criterion_aic(each)[1] for each in fits],
            "series": ["smaller", "larger"],
        },
        axes=("Parameters", "AIC"),
        n=fits[0].problem.n,
        of="rows",
        notes=notes,
        cites=("self1987",),
    )


def _rows(table: pd.DataFrame | str | Path, columns: list[str]) -> Given:
    source = str(table) if isinstance(table, str | Path) else "The table"
    whole = read_table(table, columns=columns) if isinstance(table, str | Path) else table
    data, dropped = complete_rows(whole, columns, source)
    return Given(data, source, dropped)


def _adds_columns(found: Given, fits: list[Fit]) -> bool:
    """Return whether the larger model has more fixed effects; refuse a smaller that is no part."""
    small, big = (each.problem.X for each in fits)
    rest = small - big @ np.linalg.lstsq(big, small, rcond=None)[0]
    if np.abs(rest).max(initial=0.0) > 1e-6 * max(np.abs(small).max(initial=0.0), 1e-300):
        raise found.refusal(
            "the smaller model has fixed effects that the larger has not; nested models are "
            "compared. (AIC compares others: fit both by renshaw compare.)"
        )
    return int(big.shape[1]) > int(small.shape[1])


def _refuse_other_groups(found: Given, small: Formula, big: Formula) -> None:
    """Refuse random effects that the larger model has not."""
    mine, others = _random(small), _random(big)
    for group, effects in mine.items():
        if not effects <= others.get(group, set()):
            raise found.refusal(
                f"the smaller model has random effects of {':'.join(group)} that the larger has "
                "not; nested models are compared."
            )


def _random(formula: Formula) -> dict[tuple[str, ...], set[str]]:
    found: dict[tuple[str, ...], set[str]] = {}
    for term in formula.random:
        effects = {"1"} if term.effects.intercept else set()
        effects |= {":".join(map(str, each)) for each in term.effects.terms}
        found.setdefault(tuple(term.group), set()).update(effects)
    return found


def _tested(fits: list[Fit], df: int, fixed: bool) -> tuple[Line, list[str]]:
    small, big = fits
    chi = max(0.0, small.optimum.deviance - big.optimum.deviance)
    p = float(chi2_sf(chi, df))
    how = "full" if fixed else "restricted"
    notes = [f"Both are fitted by {how} maximum likelihood, to the same {small.problem.n} rows."]
    variances = big.problem.n_theta - small.problem.n_theta
    if variances and not fixed:
        if variances == 1 and df == 1:
            p = 0.5 * p if chi > 0 else 1.0
            notes.append(
                "One variance more, which can't be below 0: its p-value is half of chi-squared's."
            )
        else:
            notes.append("Variances can't be below 0: the p-value of several of them is too large.")
    elif variances:
        notes.append(
            "Fixed and random effects differ at once: the test does not say which of them matters."
        )
    question = (
        f"{big.formula.text} against {small.formula.text}, chi-squared of "
        f"{counted(df, 'more parameter')}"
    )
    return Line(question, chi, df=df, statistic=chi, p_value=p), notes
