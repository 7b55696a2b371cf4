"""`mixed_model`: a tidy table and a formula become effects, contrasts, checks and an R script."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from renshaw.core.errors import DataError, Place, SettingsError
from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.seeds import checked_seed
from renshaw.core.version import __version__
from renshaw.statistics.answers.answers import Answer, answers, counted_by
from renshaw.statistics.answers.assumptions import Assumptions, assumptions
from renshaw.statistics.answers.contrasts import contrasts
from renshaw.statistics.answers.influence import Influence, influence
from renshaw.statistics.answers.means import anova, marginal_means, orders_of
from renshaw.statistics.answers.resampling import Resampled, resampled
from renshaw.statistics.families.families import HURDLES, NORMAL, Family, family_of
from renshaw.statistics.families.family_checks import family_remarks, refuse_endless
from renshaw.statistics.families.response import with_trials
from renshaw.statistics.families.response_means import shown_values, with_response
from renshaw.statistics.families.suspicion import asked_about, refuse_two_values
from renshaw.statistics.fitting import hurdle
from renshaw.statistics.fitting.bayes import Posterior, Progress, posterior, refuse_without_numpyro
from renshaw.statistics.fitting.fit import Fit, fitted, predicted, references_of
from renshaw.statistics.fitting.scatter import Scatter
from renshaw.statistics.formulas.design import level_words
from renshaw.statistics.formulas.formula import CBIND, Formula, parse
from renshaw.statistics.programs.r_script import data_columns, r_script
from renshaw.statistics.reading.labels import one_spelling
from renshaw.statistics.reading.tables import (
    Dropped,
    complete_rows,
    program_of,
    read_table,
    refuse_bounds,
)
from renshaw.statistics.settings import WEAK, MixedModelSettings
from renshaw.statistics.structure.advice import (
    Remark,
    not_tried,
    remarks,
    structure_remarks,
    what_changes,
)
from renshaw.statistics.structure.excess import Excess, excesses
from renshaw.statistics.structure.ladder import Considered, structures
from renshaw.statistics.structure.layout import Layout, layout
from renshaw.statistics.structure.numbers import (
    as_conditions,
    condition_remarks,
    trend_remarks,
    two_valued,
)
from renshaw.statistics.structure.partition import nested
from renshaw.statistics.structure.people_df import tested_by_people
from renshaw.statistics.structure.tried import criterion_aic

if TYPE_CHECKING:
    import pandas as pd

FIXED_COLUMNS = (
    "term",
    "estimate",
    "std_error",
    "df",
    "statistic",
    "p_value",
    "ci_low",
    "ci_high",
)
MODEL_CITES = ("bates2015", "kuznetsova2017", "hemerik2020", "nakagawa2013")
VARIANCE_COLUMNS = (
    "group",
    "effect",
    "with_effect",
    "variance",
    "std_dev",
    "correlation",
    "share",
)


class Factor(NamedTuple):
    """A factor of the model: its name in the formula, its column and its levels."""

    name: str
    column: str
    levels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Written:
    """The model as it was written, where the design asks for other random effects.

    Parameters
    ----------
    formula : Formula
    fixed_effects, anova, marginal_means, contrasts : DataFrame
        As of `MixedModel`.
    answers : tuple of Answer
    statistics : mapping
    change : str
        What the other random effects change, in a sentence.
    """

    formula: Formula
    fixed_effects: pd.DataFrame
    anova: pd.DataFrame
    marginal_means: pd.DataFrame
    contrasts: pd.DataFrame
    answers: tuple[Answer, ...]
    statistics: Mapping[str, float]
    change: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class MixedModel(Result):
    """A linear mixed model of a table, with everything a paper reports of it.

    Parameters
    ----------
    formula : Formula
    settings : MixedModelSettings
    fixed_effects : DataFrame
        term, estimate, std_error, df (Satterthwaite), statistic (t), p_value, ci_low, ci_high.
    variance_components : DataFrame
        group, effect, with_effect, variance, std_dev, correlation, share (of the variance of a
        single value). A row with a ``with_effect`` is a covariance.
    anova : DataFrame
        Type III F tests: term, num_df, den_df, f_value, p_value.
    marginal_means, contrasts : DataFrame
        As by R's emmeans.
    resampling : Resampled
        Bootstrap of participants and sign-flip test, a row a coefficient.
    structures : DataFrame
        Random effects that were considered, and which were chosen.
    statistics : mapping
        n, criterion, aic, r2_marginal, r2_conditional, icc, sigma, ...
    rows : DataFrame
        A row of data each: fitted, residual, standardized.
    modes : DataFrame
        Conditional modes of the random effects: group, level, effect, mode.
    data : DataFrame
        The complete rows that were used, the formula's columns.
    answers : tuple of Answer
        What the model says to each question of the formula, the main one first.
    influence : Influence
        The main answer without each person in turn, and over resamples of people.
    assumptions : Assumptions or None
        Shape and spread of residuals, shape of random effects.
    factors : tuple of Factor
        Factors of the fixed effects, their levels in the order in which they are compared.
    dropped : tuple of Dropped
        Rows left out, by reason.
    remarks : tuple of Remark
        Warnings and notes in words.
    layout : Layout
        The design: who was measured, what is nested, where each term varies.
    excess : tuple of Excess
        Terms that are tested with more degrees of freedom than the people who carry them.
    written : Written, optional
        The model as the formula has it, where the tables above are of another structure.
    family : Family
        How the response scatters; coefficients are on the scale of its link.
    zero_part : MixedModel, optional
        Of a hurdle: whether a value is above 0; all else is of the values that are.
    overall : Overall, optional
        Of a hurdle: means with their zeros, and ratios of those.
    posterior : Posterior, optional
        The same model with priors, where the setting ``bayes`` asks for it.
    script : str
        R program that does the same with lme4, lmerTest and emmeans on ``data``.
    history : History
    """

    formula: Formula
    settings: MixedModelSettings
    fixed_effects: pd.DataFrame
    variance_components: pd.DataFrame
    anova: pd.DataFrame
    marginal_means: pd.DataFrame
    contrasts: pd.DataFrame
    resampling: Resampled
    structures: pd.DataFrame
    statistics: Mapping[str, float]
    rows: pd.DataFrame
    modes: pd.DataFrame
    data: pd.DataFrame
    answers: tuple[Answer, ...] = ()
    influence: Influence = field(default_factory=Influence)
    assumptions: Assumptions | None = None
    factors: tuple[Factor, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    remarks: tuple[Remark, ...] = ()
    layout: Layout = field(default_factory=Layout)
    excess: tuple[Excess, ...] = ()
    family: Family = NORMAL
    zero_part: MixedModel | None = None
    overall: hurdle.Overall | None = None
    written: Written | None = None
    posterior: Posterior | None = None
    script: str = ""
    history: History = field(default_factory=History)

    def to_table(self) -> pd.DataFrame:
        """Return the fixed effects."""
        return self.fixed_effects.copy()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to act on before the numbers are believed."""
        return tuple(each.words for each in self.remarks if each.warning)

    def __str__(self) -> str:
        parts = [self.formula.text, self.fixed_effects.to_string(index=False)]
        parts += [self.variance_components.to_string(index=False)] if self.has_random else []
        return "\n".join([*parts, *(f"Warning: {words}" for words in self.warnings)])

    @property
    def has_random(self) -> bool:
        """Whether the formula has random effects."""
        return bool(self.formula.random)


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
    parsed = parse(formula)
    source = "The table" if not isinstance(table, str | Path) else str(table)
    whole = (
        read_table(table, sheet=settings.sheet, columns=parsed.columns())
        if isinstance(table, str | Path)
        else _plain(table)
    )
    step = _Asked(settings, seed, source, table, progress)
    if settings.family in HURDLES:
        return _hurdle(whole, parsed, step)
    return _modeled(whole, parsed, step)[0]


class _Asked(NamedTuple):
    """How a model was asked for; ``source`` is what messages call the table."""

    settings: MixedModelSettings
    seed: int
    source: str
    table: pd.DataFrame | str | Path
    progress: Progress | None = None


def _hurdle(whole: pd.DataFrame, parsed: Formula, asked: _Asked) -> MixedModel:
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
    code = _code(parsed.text, settings, asked.seed, asked.table)
    step = replace(step, code=code, settings=settings.to_mapping())
    return replace(
        second,
        settings=settings,
        zero_part=first,
        overall=hurdle.overall(some, amount, orders, settings.confidence),
        dropped=(*second.dropped, zeros),
        history=History((step,)),
    )


def _modeled(whole: pd.DataFrame, parsed: Formula, step: _Asked) -> tuple[MixedModel, Fit]:
    """Return a model with the fit that it shows."""
    settings, source = step.settings, step.source
    if settings.trials:
        parsed = with_trials(parsed, whole, settings.trials)
    # Before rows without a response go: of what is unknown, nothing else is left.
    refuse_bounds(whole, str(parsed.response), source)
    scatter = Scatter(settings.weights, settings.residual_by)
    needed = tuple(dict.fromkeys((*parsed.columns(), *scatter.columns)))
    complete, dropped = complete_rows(whole, needed, source)
    complete = one_spelling(complete, needed, settings.labels, source)
    conditions = two_valued(complete, parsed) if settings.structure == "supported" else ()
    complete = as_conditions(complete, conditions)
    references = references_of(settings.references)
    family = _family(parsed, settings)
    try:

        def refit(other: Formula, family: Family = family) -> Fit:
            return fitted(
                complete,
                other,
                reml=settings.reml,
                references=references,
                family=family,
                scatter=scatter,
                df=settings.df,
            )

        asked = refit(parsed)
        refuse_endless(asked)
        if settings.family == "auto" and family.normal:
            refuse_two_values(complete, parsed)
        design = layout(asked)
        best, considered = structures(asked, design, refit)
        if settings.structure == "supported":
            known = tested_by_people(best, design)
            asked, best = known if best is asked else asked, known
        climbed = Climbed(asked, best, considered, design)
        questions: list[Remark] = []
        if settings.family == "auto" and family.normal:
            fit = best if settings.structure == "supported" else asked
            questions += asked_about(fit, settings.confidence, refit)
        shown = best if settings.structure == "supported" else asked
        questions += [*condition_remarks(complete, conditions), *trend_remarks(shown, refit)]
        return _described(climbed, step, dropped, questions), shown
    except np.linalg.LinAlgError as error:
        raise DataError(
            f"the model can't be solved ({error}); its terms are nearly the same, or of very "
            "different size.",
            place=Place(file=source),
        ) from None
    except DataError as error:
        if dropped:
            gone = sum(each.rows for each in dropped)
            error = DataError(f"{error} ({gone} rows with missing values were left out.)")
        raise error.at(file=source) from None


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


class Climbed(NamedTuple):
    """The model as it was written, and the structure that the design and the data support."""

    asked: Fit
    best: Fit
    considered: Considered
    layout: Layout


def _described(
    climbed: Climbed,
    step: _Asked,
    dropped: tuple[Dropped, ...],
    questions: Sequence[Remark],
) -> MixedModel:
    settings, seed = step.settings, step.seed
    asked = climbed.asked
    fit = climbed.best if settings.structure == "supported" else asked
    tests, unique = anova(fit)
    change = what_changes(asked, climbed.best, climbed.layout, settings.confidence)
    excess = excesses(fit, climbed.layout, climbed.considered)
    found = [*questions, *structure_remarks(asked, climbed.layout, change, excess), *remarks(fit)]
    found += not_tried(climbed.considered.table)
    found += family_remarks(fit)
    if not unique and len(tests):
        found.append(_no_type_three(fit, tests))
    orders = orders_of(fit, references_of(settings.references))
    data = fit.table[data_columns(fit)]
    found_answers = answers(fit, orders, settings, counted_by(fit, climbed.layout), tests)
    believed = None
    if settings.bayes:
        believed = posterior(fit, found_answers, settings, seed=seed, progress=step.progress)
        found += [Remark(words, True) for words in believed.warnings]
    rows, modes = _residuals(fit)
    beside = resampled(
        fit,
        bootstraps=settings.bootstraps,
        sign_flips=settings.sign_flips,
        confidence=settings.confidence,
        seed=seed,
    )
    return MixedModel(
        formula=fit.formula,
        settings=settings,
        fixed_effects=_fixed_effects(fit, settings.confidence),
        variance_components=_variance_components(fit),
        anova=tests,
        marginal_means=with_response(marginal_means(fit, settings.confidence, orders), fit),
        contrasts=contrasts(fit, settings.confidence, settings.correction, orders),
        resampling=beside,
        structures=climbed.considered.table,
        excess=excess,
        statistics=_statistics(fit),
        rows=rows,
        modes=modes,
        data=data,
        answers=found_answers,
        influence=influence(fit, found_answers, climbed.layout, settings, beside.draws),
        assumptions=assumptions(
            rows,
            modes,
            [(v.name, v.values, v.levels) for v in fit.design.variables.values() if v.levels],
        ),
        factors=tuple(
            Factor(
                each.name,
                each.node.names()[0],
                tuple(each.levels[n] for n in orders[each.node].places),
            )
            for each in fit.design.variables.values()
            if each.levels is not None
        ),
        dropped=dropped,
        remarks=tuple(found),
        family=fit.family,
        layout=climbed.layout,
        written=None if fit is asked else _written(asked, settings, climbed.layout, change.words),
        posterior=believed,
        script=r_script(fit, settings, orders, found_answers, __version__),
        history=History((_step(fit, asked.formula.text, settings, seed, step.table),)),
    )


def _no_type_three(fit: Fit, tests: pd.DataFrame) -> Remark:
    if not fit.left_out or not fit.design.terms.intercept:
        return Remark("Each F test is of the term's own coefficients, and not a type III test.")
    none = ", ".join(tests.loc[tests["num_df"] == 0, "term"])
    untested = f" Of {none} nothing can be tested so." if none else ""
    return Remark(
        "Some cells have no data. Each F test (type III) is of as much of its term as can be "
        f"estimated without them.{untested} Compare the cells that are there (contrasts)."
    )


def _written(fit: Fit, settings: MixedModelSettings, layout: Layout, change: str) -> Written:
    orders = orders_of(fit, references_of(settings.references))
    tests, _ = anova(fit)
    return Written(
        formula=fit.formula,
        fixed_effects=_fixed_effects(fit, settings.confidence),
        anova=tests,
        marginal_means=with_response(marginal_means(fit, settings.confidence, orders), fit),
        contrasts=contrasts(fit, settings.confidence, settings.correction, orders),
        answers=answers(fit, orders, settings, counted_by(fit, layout), tests),
        statistics=_statistics(fit),
        change=change,
    )


def _fixed_effects(fit: Fit, confidence: float) -> pd.DataFrame:
    import pandas as pd
    from scipy import stats

    rows = []
    for name, estimate, each in zip(
        fit.names, fit.coefficients, np.eye(len(fit.names)), strict=True
    ):
        error, df = fit.precision.standard_error(each), fit.precision.df(each)
        t = estimate / error if error > 0 else math.nan
        reach = float(stats.t.ppf(0.5 + confidence / 2, df)) * error
        p = 2 * float(stats.t.sf(abs(t), df))
        rows.append((name, estimate, error, df, t, p, estimate - reach, estimate + reach))
    return pd.DataFrame(rows, columns=list(FIXED_COLUMNS))


def _variance_components(fit: Fit) -> pd.DataFrame:
    import pandas as pd

    left = fit.residual_variance
    total = fit.random_variance() + left
    rows: list[tuple[object, ...]] = []
    # lme4 lists the finest group first.
    order = sorted(range(len(fit.groups)), key=lambda n: -fit.groups[n].block.levels)
    covariances = fit.covariances()
    for n in order:
        group, covariance = fit.groups[n], covariances[n]
        spread = np.sqrt(np.diag(covariance))
        for a, name in enumerate(group.effects):
            alone = len(group.effects) == 1 and name == "(Intercept)"
            share = covariance[a, a] / total if alone else math.nan
            head = (group.term.label, name, "", covariance[a, a], spread[a], math.nan, share)
            rows.append(head)
        for b in range(len(group.effects)):
            for a in range(b):
                both = spread[a] * spread[b]
                r = covariance[a, b] / both if both > 0 else math.nan
                names = (group.term.label, group.effects[a], group.effects[b])
                rows.append((*names, covariance[a, b], math.nan, r, math.nan))
    for name, times in fit.spreads.items():
        its = fit.sigma2 * times**2
        level = f"{fit.scatter.by}{name}"
        rows.append(("Residual", level, "", its, math.sqrt(its), math.nan, math.nan))
    residual = ("Residual", "", "", left, math.sqrt(left), math.nan, left / total)
    return pd.DataFrame([*rows, residual], columns=list(VARIANCE_COLUMNS))


def _statistics(fit: Fit) -> dict[str, float]:
    """Numbers of the model as a whole; R squared after Nakagawa & Schielzeth and Johnson."""
    criterion, aic = criterion_aic(fit)
    fixed = float(np.var(fit.problem.X @ fit.coefficients, ddof=1))
    random = fit.random_variance()
    left = fit.residual_variance
    total = fixed + random + left
    found = {
        "n": float(fit.problem.n),
        "criterion": criterion,
        "aic": aic,
        "bic": criterion + (aic - criterion) / 2 * math.log(fit.problem.n),
        **({"sigma": math.sqrt(left)} if fit.generalized is None else fit.generalized.dispersion),
        "r2_marginal": fixed / total,
        "r2_conditional": (fixed + random) / total,
        **_alike(fit, random + left),
        "singular": float(fit.optimum.singular),
        "converged": float(fit.optimum.converged),
    }
    return found | {f"levels of {g.term.label}": float(g.block.levels) for g in fit.groups}


def _alike(fit: Fit, total: float) -> dict[str, float]:
    """Return the intraclass correlation of every level, the largest groups' under ``icc``.

    It is the correlation of two values that share a group: what varies between these groups, and
    between larger ones that hold them, as a share of the variance of a value.
    """
    variances = fit.random_variances()
    levels: list[tuple[int, str, float]] = []
    for group in fit.groups:
        shared = sum(
            variance
            for other, variance in zip(fit.groups, variances, strict=True)
            if nested(group.block.codes, other.block.codes)
        )
        levels.append((group.block.levels, group.term.label, shared / total))
    found = {"icc": min(levels)[2]} if levels else {"icc": math.nan}
    return found | {f"icc of {label}": share for _, label, share in levels}


def _residuals(fit: Fit) -> tuple[pd.DataFrame, pd.DataFrame]:
    import pandas as pd

    found = predicted(fit)
    rows = pd.DataFrame(
        {
            "fitted": found["fitted"],
            "residual": found["residual"],
            "standardized": found["standardized"],
        },
        index=fit.table.index,
    )
    if fit.family.link != "identity":
        rows["response"] = shown_values(fit)
    parts, place = [], 0
    for group in fit.groups:
        k = group.block.effects
        mine = found["modes"][place : place + group.block.levels * k].reshape(-1, k)
        mine = mine @ group.block.turn.T
        place += group.block.levels * k
        for n, effect in enumerate(group.effects):
            parts.append(
                pd.DataFrame(
                    {
                        "group": group.term.label,
                        "level": list(group.names),
                        "effect": effect,
                        "mode": mine[:, n],
                    }
                )
            )
    empty = pd.DataFrame(columns=["group", "level", "effect", "mode"])
    return rows, pd.concat(parts, ignore_index=True) if parts else empty


def _plain_values(column: pd.Series[Any]) -> object:
    import pandas as pd

    numeric = pd.api.types.is_numeric_dtype(column)
    return column.to_numpy(dtype=float) if numeric else [level_words(v) for v in column]


def _step(
    fit: Fit,
    formula: str,
    settings: MixedModelSettings,
    seed: int,
    source: pd.DataFrame | str | Path,
) -> Step:
    code = _code(formula, settings, seed, source)
    data = [_plain_values(fit.table[name]) for name in data_columns(fit)]
    return Step(
        "compare", code, settings.to_mapping(), seed, fingerprint(data), MODEL_CITES, __version__
    )


def _code(
    formula: str, settings: MixedModelSettings, seed: int, source: pd.DataFrame | str | Path
) -> str:
    """Return the Python that fits the model again."""
    code = f"{program_of(source, 'model', 'compare')}, {formula!r}"
    code += f", {settings.as_python()}" if settings != MixedModelSettings() else ""
    return code + (f", seed={seed})" if seed else ")")
