"""`mixed_model`: a tidy table and a formula become effects, contrasts, checks and an R script."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from renshaw.core.errors import DataError, Place, SettingsError
from renshaw.core.history import History
from renshaw.core.seeds import checked_seed
from renshaw.statistics.answers.means import orders_of
from renshaw.statistics.families.families import HURDLES, Family, family_of
from renshaw.statistics.families.family_checks import refuse_endless
from renshaw.statistics.families.response import with_trials
from renshaw.statistics.families.suspicion import asked_about, refuse_two_values
from renshaw.statistics.fitting import hurdle
from renshaw.statistics.fitting.bayes import Progress, refuse_without_numpyro
from renshaw.statistics.fitting.fit import Fit, fitted, references_of
from renshaw.statistics.fitting.scatter import Scatter
from renshaw.statistics.formulas.formula import CBIND, Formula, parse
from renshaw.statistics.model.description import MODEL_CITES, Asked, Climbed, code_of, described
from renshaw.statistics.model.model import Factor, MixedModel
from renshaw.statistics.reading.copies import copied_rows
from renshaw.statistics.reading.labels import one_spelling
from renshaw.statistics.reading.slips import refuse_merged, refuse_slips
from renshaw.statistics.reading.tables import (
    Dropped,
    complete_rows,
    read_table,
    refuse_bounds,
)
from renshaw.statistics.settings import WEAK, MixedModelSettings
from renshaw.statistics.structure.advice import Remark
from renshaw.statistics.structure.ladder import structures
from renshaw.statistics.structure.layout import layout
from renshaw.statistics.structure.numbers import (
    as_conditions,
    condition_remarks,
    trend_remarks,
    two_valued,
)
from renshaw.statistics.structure.people_df import tested_by_people
from renshaw.statistics.structure.tried import Refit

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MODEL_CITES", "Factor", "MixedModel", "mixed_model"]


def mixed_model(
    table: pd.DataFrame | str | Path,
    formula: str,
    settings: MixedModelSettings | None = None,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> MixedModel:
    """Fit a linear mixed model to a tidy table and compare its groups.

    Parameters
    ----------
    table : DataFrame or path of a table
        One row a measurement; `read_table` says which files are read.
    formula : str
        As for R's lme4: ``"deltaf ~ time + (1|participant)"``. It is parsed, never evaluated.
    settings : MixedModelSettings, optional
    seed : int
        Of the bootstrap, of the sign flips and of the Bayesian draws.
    progress : callable, optional
        Called with what is done of the Bayesian fit, of how much, and what is being done.

    Raises
    ------
    FormulaError
        The formula can't be understood.
    ReadError
        The file is no table.
    DataError
        The table lacks what the formula names, or can't carry the model.

    Notes
    -----
    The restricted likelihood is that of lme4 (doi:10.18637/jss.v067.i01), degrees of freedom those
    of lmerTest (doi:10.18637/jss.v082.i13).

    Examples
    --------
    >>> import pandas as pd
    >>> from renshaw.stats import mixed_model
    >>> rows = [
    ...     (who, time, 5 + who + change * (time == "after"))
    ...     for who, change in enumerate((-1.0, -0.6, -0.9, -0.4))
    ...     for time in ("before", "after")
    ... ]
    >>> table = pd.DataFrame(rows, columns=["participant", "time", "deltaf"])
    >>> model = mixed_model(table, "deltaf ~ time + (1|participant)")
    >>> model.to_table()[["term", "estimate", "p_value"]].round(3)
              term  estimate  p_value
    0  (Intercept)     5.775    0.003
    1   timebefore     0.725    0.013
    """
    settings = settings or MixedModelSettings()
    seed = checked_seed(seed)
    if settings.bayes:
        refuse_without_numpyro()
    elif settings.priors != WEAK:
        raise SettingsError(
            f"priors = {settings.priors!r} has no effect without a Bayesian fit; set bayes, too."
        )
    from threadpoolctl import threadpool_limits

    parsed = parse(formula)
    source = "The table" if not isinstance(table, str | Path) else str(table)
    whole = (
        read_table(
            table, sheet=settings.sheet, columns=parsed.columns(), labels=parsed.only_grouping()
        )
        if isinstance(table, str | Path)
        else _plain(table)
    )
    step = Asked(settings, seed, source, table, progress)
    if settings.family in HURDLES:
        return _hurdle(whole, parsed, step)
    # The matrices are small: more threads would only wait for each other.
    with threadpool_limits(1, user_api="blas"):
        return _modeled(whole, parsed, step)[0]


def _hurdle(whole: pd.DataFrame, parsed: Formula, asked: Asked) -> MixedModel:
    """Return the model of the amounts above 0, with that of whether there is any, and both."""
    settings = asked.settings
    try:
        two = hurdle.parts(whole, parsed)
    except DataError as error:
        raise error.at(file=asked.source) from None
    how = settings.replace(family="binomial")
    first, some = _modeled(two.any_table, two.any_formula, asked._replace(settings=how))
    how = settings.replace(family=HURDLES[settings.family].name, link="default")
    second, amount = _modeled(two.amount_table, two.amount_formula, asked._replace(settings=how))
    orders = orders_of(some, references_of(settings.references))
    zeros = Dropped(
        f"{parsed.response} is 0, which the first part tells of",
        len(two.any_table) - len(two.amount_table),
        "",
    )
    step = second.history.steps[-1]
    code = code_of(parsed.text, settings, asked.seed, asked.table)
    cites = dict.fromkeys(("mullahy1986", *first.history.steps[-1].cites, *step.cites))
    step = replace(step, code=code, settings=settings.to_mapping(), cites=tuple(cites))
    return replace(
        second,
        settings=settings,
        zero_part=first,
        overall=hurdle.overall(some, amount, orders, settings.confidence),
        dropped=(*second.dropped, zeros),
        history=History((step,)),
    )


class _Prepared(NamedTuple):
    """Complete rows, the rows left out, and the numbers that are compared as conditions."""

    table: pd.DataFrame
    dropped: tuple[Dropped, ...]
    conditions: tuple[str, ...]


def _prepared(whole: pd.DataFrame, parsed: Formula, scatter: Scatter, step: Asked) -> _Prepared:
    settings, source = step.settings, step.source
    # Before rows without a response go: of what is unknown, nothing else is left.
    refuse_bounds(whole, str(parsed.response), source)
    needed = tuple(dict.fromkeys((*parsed.columns(), *scatter.columns)))
    refuse_merged(whole, needed[1:], source)
    complete, dropped = complete_rows(whole, needed, source)
    complete = one_spelling(complete, needed, settings.labels, source)
    measured = [name for name in needed if name not in parsed.only_grouping()]
    refuse_slips(complete, measured, source, settings.labels)
    conditions = two_valued(complete, parsed) if settings.structure == "supported" else ()
    return _Prepared(as_conditions(complete, conditions), dropped, conditions)


def _modeled(whole: pd.DataFrame, parsed: Formula, step: Asked) -> tuple[MixedModel, Fit]:
    """Return a model with the fit that it shows."""
    settings, source = step.settings, step.source
    if settings.trials:
        parsed = with_trials(parsed, whole, settings.trials)
    scatter = Scatter(settings.weights, settings.residual_by)
    ready = _prepared(whole, parsed, scatter, step)
    family = _family(parsed, settings)
    made: list[Fit] = []

    def refit(other: Formula, family: Family = family) -> Fit:
        found = fitted(
            ready.table,
            other,
            reml=settings.reml,
            references=references_of(settings.references),
            family=family,
            scatter=scatter,
            df=settings.df,
            near=made,
        )
        made.append(found)
        return found

    unsaid = settings.family == "auto" and family.normal
    try:
        asked = refit(parsed)
        refuse_endless(asked)
        if unsaid:
            refuse_two_values(ready.table, parsed)
        climbed = _climbed(asked, refit, settings)
        shown = climbed.shown(settings)
        questions = asked_about(shown, settings.confidence, refit) if unsaid else []
        copied, many = copied_rows(ready.table, str(parsed.response))
        questions += [Remark(copied, many)] if copied else []
        questions += condition_remarks(ready.table, ready.conditions)
        questions += trend_remarks(shown, refit)
        return described(climbed, step, ready.dropped, questions), shown
    except np.linalg.LinAlgError as error:
        raise DataError(
            f"the model can't be solved ({error}); its terms are nearly the same, or of very "
            "different size.",
            place=Place(file=source),
        ) from None
    except DataError as error:
        if ready.dropped:
            gone = sum(each.rows for each in ready.dropped)
            error = DataError(f"{error} ({gone} rows with missing values were left out.)")
        raise error.at(file=source) from None


def _climbed(asked: Fit, refit: Refit, settings: MixedModelSettings) -> Climbed:
    """Return the fit as it was written beside the one that design and data support."""
    design = layout(asked)
    best, considered = structures(asked, design, refit)
    if settings.structure == "supported":
        known = tested_by_people(best, design)
        asked, best = known if best is asked else asked, known
    return Climbed(asked, best, considered, design)


def _family(formula: Formula, settings: MixedModelSettings) -> Family:
    """Return the family that is asked for; successes and failures can only be binomial."""
    name = settings.family
    if name == "auto":
        name = "binomial" if formula.response.text == CBIND else "normal"
    return family_of(name, settings.link)


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        raise DataError(f"A table must be a DataFrame or a CSV file, not {type(table).__name__}.")
    plain = table.copy()
    plain.columns = [str(name) for name in table.columns]
    return plain if plain.index.is_unique else plain.reset_index(drop=True)
