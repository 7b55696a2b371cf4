"""A formula and a table become a fitted mixed model: every part that the results are made of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from renshaw.core.errors import DataError, SettingsError
from renshaw.data.arrays import FloatArray
from renshaw.statistics.families.families import NORMAL, Family
from renshaw.statistics.families.response import Response, response
from renshaw.statistics.fitting.generalized import Generalized, generalized
from renshaw.statistics.fitting.kenward_roger import KenwardRoger, kenward_roger
from renshaw.statistics.fitting.optimum import Optimum, minimize
from renshaw.statistics.fitting.reml import Problem, RandomBlock
from renshaw.statistics.fitting.satterthwaite import Precision, precision
from renshaw.statistics.fitting.scatter import Scatter, estimated, weights_of
from renshaw.statistics.formulas.design import (
    Design,
    Variable,
    design,
    group_codes,
    independent,
    variable,
)
from renshaw.statistics.formulas.formula import Formula, Node, RandomTerm, Terms
from renshaw.statistics.settings import KENWARD_ROGER, SATTERTHWAITE

if TYPE_CHECKING:
    import pandas as pd

_MOST_CELLS = 60_000_000
# Where a search starts beside what is known of the other terms, in residual SDs.
_NEW, _LEAST = 0.5, 0.1

Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, eq=False)
class Group:
    """One random term with its data."""

    term: RandomTerm
    names: tuple[str, ...]
    effects: tuple[str, ...]
    block: RandomBlock


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model, with what is needed to test and to predict.

    ``kept`` are the columns of the design that are estimated; those left out are combinations of
    others. ``family`` says how coefficients are read: on the scale of its link. Only a family other
    than normal and log-normal has ``generalized``; its ``sigma2`` is 1. Where groups have residual
    variances of their own, ``sigma2`` is the first one's, and ``spreads`` are the groups' residual
    SDs over the first's.
    """

    formula: Formula
    table: pd.DataFrame
    design: Design
    full: FloatArray
    kept: tuple[int, ...]
    problem: Problem
    groups: tuple[Group, ...]
    optimum: Optimum
    precision: Precision
    coefficients: FloatArray
    sigma2: float
    family: Family = NORMAL
    generalized: Generalized | None = None
    scatter: Scatter = field(default_factory=Scatter)
    spreads: Mapping[str, float] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Names of the estimated coefficients."""
        words = self.design.names()
        return [words[n] for n in self.kept]

    @property
    def left_out(self) -> list[str]:
        """Names of the columns that are combinations of others."""
        words = self.design.names()
        return [words[n] for n in range(len(words)) if n not in self.kept]

    def covariances(self) -> list[FloatArray]:
        """Return the covariance matrix of each random term's effects."""
        triangles = self.problem.triangles(self.optimum.theta)
        roots = [g.block.turn @ each for g, each in zip(self.groups, triangles, strict=True)]
        return [self.sigma2 * root @ root.T for root in roots]

    @property
    def residual_variance(self) -> float:
        """Variance of a single value about its mean, on the scale of the linear predictor."""
        if self.generalized is not None:
            return self.generalized.observation_variance()
        if not self.spreads or self.problem.weights is None:
            return self.sigma2
        prior = weights_of(self.table, self.scatter.weights)
        apart = self.problem.weights if prior is None else self.problem.weights / prior
        return self.sigma2 * float((1 / apart).mean())

    @property
    def working(self) -> Problem:
        """The linear mixed model that can be resampled: this one, or the one at the fit's end."""
        return self.problem if self.generalized is None else self.generalized.working

    def random_variances(self) -> list[float]:
        """Return the variance of a row due to each random term, averaged over the rows."""
        triangles = self.problem.triangles(self.optimum.theta)
        return [
            self.sigma2 * float(((group.block.columns @ each) ** 2).sum(axis=1).mean())
            for group, each in zip(self.groups, triangles, strict=True)
        ]

    def random_variance(self) -> float:
        """Return the variance of a row due to all random effects, averaged over the rows."""
        return sum(self.random_variances())


def references_of(settings: tuple[str, ...]) -> dict[str, str]:
    """Return the reference level of each column from settings such as ``time=pre``."""
    found = {}
    for words in settings:
        column, equals, level = str(words).partition("=")
        if not equals or not column.strip():
            raise SettingsError(f"The reference {words!r} is not written as column=level.")
        found[column.strip()] = level.strip()
    return found


def fitted(
    table: pd.DataFrame,
    formula: Formula,
    *,
    reml: bool = True,
    references: Mapping[str, str] | None = None,
    family: Family = NORMAL,
    scatter: Scatter | None = None,
    df: str = SATTERTHWAITE,
    near: Sequence[Fit] = (),
) -> Fit:
    """Fit a formula to a table whose rows are complete.

    Parameters
    ----------
    table : DataFrame
    formula : Formula
    reml : bool
    references : mapping, optional
        Reference level of each column that has another than its first.
    family : Family
    scatter : Scatter, optional
        How rows scatter.
    df : str
        Method of the degrees of freedom.
    near : sequence of Fit
        Other models of the same table, with the same references. What they share with this one is
        taken from them, and the search for variances starts where theirs ended.

    Raises
    ------
    DataError
        The response is no number or does not vary, a factor has one level, there are fewer rows
        than effects, ...
    """
    given = dict(references or {})
    for name in given:
        if name not in formula.columns():
            raise SettingsError(f"There is a reference for {name!r}, which is not in the formula.")
    known = response(table, formula, family)
    offset = offset_of(table, formula)
    y = known.y - offset if family.name == "normal" else known.y
    if family.name == "log-normal":
        y = np.log(known.y) - offset
    matrix, full, kept = _fixed(table, formula.fixed, given, y, near)
    if not full.shape[1] and not formula.random:
        raise SettingsError(f"{formula.text!r} has no effects at all; write at least ~ 1.")
    made = {group.term: group for fit in near for group in fit.groups}
    groups = tuple(made.get(term) or _group(table, term, given) for term in formula.random)
    _refuse_hopeless(y, full[:, list(kept)], groups, known, family)
    scatter = scatter or Scatter()
    if not family.normal:
        _refuse_not_normal(family, scatter, df)
        return _generalized(table, formula, known, offset, family, matrix, full, kept, groups)
    if scatter.by and df == KENWARD_ROGER:
        raise SettingsError(
            "Kenward-Roger takes the rows' weights as known, and residual_by estimates them; leave "
            "one of the settings df and residual_by as it is."
        )
    weights = weights_of(table, scatter.weights)
    blocks = [group.block for group in groups]
    problem = Problem(full[:, list(kept)], y, blocks, reml=reml, weights=weights)
    if _is_explained(problem.spread, y):
        raise DataError("The fixed effects explain every value exactly; there is nothing to test.")
    found = estimated(problem, table, scatter.by, _start(problem, groups, near))
    problem, theta = found.problem, found.optimum.theta
    solved = problem.solve(theta)
    how_exact = found.precision
    if df == KENWARD_ROGER:
        how_exact = kenward_roger(problem, theta, how_exact)
    return Fit(
        formula=formula,
        table=table,
        design=matrix,
        full=full,
        kept=kept,
        problem=problem,
        groups=groups,
        optimum=found.optimum,
        precision=how_exact,
        coefficients=solved.coefficients,
        sigma2=problem.sigma2(solved),
        family=family,
        scatter=scatter,
        spreads=found.spreads,
    )


def _refuse_not_normal(family: Family, scatter: Scatter, df: str) -> None:
    if scatter.columns:
        raise SettingsError(
            f"Weights and residual variances by group are for normal residuals, not for the family "
            f"{family.name}; leave the settings weights and residual_by empty."
        )
    if df == KENWARD_ROGER:
        raise SettingsError(
            f"Kenward-Roger is for normal residuals, not for the family {family.name}; leave the "
            "setting df as it is."
        )


def _generalized(
    table: pd.DataFrame,
    formula: Formula,
    known: Response,
    offset: FloatArray,
    family: Family,
    matrix: Design,
    full: FloatArray,
    kept: tuple[int, ...],
    groups: tuple[Group, ...],
) -> Fit:
    X, blocks = full[:, list(kept)], [group.block for group in groups]
    found = generalized(X, known, blocks, family, offset)
    if found.solution.endless:
        raise DataError(
            f"The random effects {' + '.join(formula.random_text)} tell all values of "
            f"{formula.response} apart by themselves, so that their variance has no end: too few "
            "rows of each, or all alike. Take a value a person, or fewer random terms."
        )
    return Fit(
        formula=formula,
        table=table,
        design=matrix,
        full=full,
        kept=kept,
        problem=Problem(X, known.y, blocks, reml=False),
        groups=groups,
        optimum=found.optimum,
        precision=found.precision,
        coefficients=found.solution.beta,
        sigma2=1.0,
        family=family,
        generalized=found,
    )


def offset_of(table: pd.DataFrame, formula: Formula) -> FloatArray:
    """Return what is added to the linear predictor of each row as it is."""
    total = np.zeros(len(table))
    for node in formula.offset:
        each = variable(table, node, {})
        if each.is_factor:
            raise DataError(f"The offset {each.name} has text; it must be numbers.")
        total += each.values
    return total


def _variables(table: pd.DataFrame, terms: Terms, given: Mapping[str, str]) -> dict[Node, Variable]:
    return {node: variable(table, node, given) for node in terms.variables()}


def _fixed(
    table: pd.DataFrame,
    terms: Terms,
    given: Mapping[str, str],
    y: FloatArray,
    near: Sequence[Fit],
) -> tuple[Design, FloatArray, tuple[int, ...]]:
    """Return the design, its matrix, and which columns are estimated."""
    for fit in near:
        if fit.formula.fixed == terms:
            return fit.design, fit.full, fit.kept
    variables = _variables(table, terms, given)
    for each in variables.values():
        _refuse_factor(each, len(y))
    found = design(terms, variables)
    width = len(found.owners())
    if width * len(y) > _MOST_CELLS:
        raise DataError(f"The fixed effects have {width} columns; that is too many.")
    full = found.matrix() if terms.variables() else np.ones((len(y), int(terms.intercept)))
    return found, full, tuple(independent(full))


def _start(problem: Problem, groups: Sequence[Group], near: Sequence[Fit]) -> FloatArray | None:
    """Return a theta made of what like models found, None where there is none."""
    alike = [fit for fit in near if fit.generalized is None and fit.groups]
    if not alike or not groups:
        return None
    terms = {group.term for group in groups}
    best = max(alike, key=lambda fit: sum(group.term in terms for group in fit.groups))
    triangles = best.problem.triangles(best.optimum.theta)
    known = {group.term: each for group, each in zip(best.groups, triangles, strict=True)}
    return problem.theta_of(
        [
            _off_zero(known[group.term])
            if group.term in known
            else _NEW * np.eye(group.block.effects)
            for group in groups
        ]
    )


def _off_zero(triangle: FloatArray) -> FloatArray:
    """Return a triangle to start from: at a variance of 0 the likelihood has no slope."""
    short: FloatArray = np.maximum(0.0, _LEAST - np.diag(triangle))
    return triangle + np.diag(short)


class Refitted(NamedTuple):
    """The same model of fewer rows: its coefficients and their precision."""

    coefficients: FloatArray
    precision: Precision


def refitted(fit: Fit, rows: Flags) -> Refitted | None:
    """Fit a model of the normal family anew to some of its rows; None where they can't carry it.

    Columns stay as they are (the mean that ``scale`` takes away is that of all rows), and so do
    the weights that groups of unlike residual variance have.
    """
    problem = fit.problem.of_rows(rows)
    few = any(block.levels < 2 for block in problem.blocks)
    if few or problem.n <= problem.p or len(independent(problem.X)) < problem.p:
        return None
    optimum = minimize(problem, _start(problem, fit.groups, [fit]))
    found = precision(problem, optimum.theta, optimum.curve)
    if isinstance(fit.precision, KenwardRoger):
        found = kenward_roger(problem, optimum.theta, found)
    return Refitted(problem.solve(optimum.theta).coefficients, found)


def _refuse_factor(each: Variable, n: int) -> None:
    if each.levels is None:
        return
    if len(each.levels) < 2:
        raise DataError(
            f"{each.name} has one level only, {each.levels[0]!r}, in the rows that are complete; "
            "it can't be compared. Leave it out of the formula."
        )
    if len(each.levels) > 20 and len(each.levels) > n / 2:
        raise DataError(
            f"{each.name} has {len(each.levels)} levels in {n} rows. Is it a column of numbers "
            "with text in it? Who was measured belongs in a random term: (1|participant)."
        )


def _group(table: pd.DataFrame, term: RandomTerm, given: Mapping[str, str]) -> Group:
    codes, names = group_codes(table, term.group)
    if len(names) < 2:
        raise DataError(
            f"{term.label} has one level only, {names[0]!r}; a random effect needs more than one "
            "to vary between."
        )
    variables = _variables(table, term.effects, given)
    for each in variables.values():
        _refuse_factor(each, len(table))
    found = design(term.effects, variables)
    columns = found.matrix() if variables else np.ones((len(table), 1))
    words = tuple(found.names() if variables else ["(Intercept)"])
    return Group(term, tuple(names), words, RandomBlock.of(columns, codes, len(names)))


def _is_explained(rest: float, y: FloatArray) -> bool:
    """Return whether the fixed effects leave no more than rounding does.

    Sums of squares of a response far from 0 hold its scatter to as many digits as are left.
    """
    about = y - y.mean()
    rounding = len(y) * float(np.spacing(np.abs(y).max())) ** 2
    return rest <= max(1e-20 * float(about @ about), 4 * rounding, 1e-300)


def _refuse_hopeless(
    y: FloatArray, X: FloatArray, groups: tuple[Group, ...], known: Response, family: Family
) -> None:
    n, p = X.shape
    if np.ptp(y) == 0:
        raise DataError(f"The response is {y[0]:g} in every row; there is nothing to explain.")
    if n <= p:
        raise DataError(
            f"{n} complete rows are too few for {p} fixed effects; leave terms out of the formula."
        )
    for group in groups:
        effects = group.block.levels * group.block.effects
        # An effect for every row is how Poisson counts scatter more than their mean says.
        most = n if group.block.effects == 1 and _may_scatter_more(known, family) else n - 1
        if effects > most:
            what = f"({group.term.label}: {group.block.levels} levels"
            what += f" x {group.block.effects} effects)" if group.block.effects > 1 else ")"
            raise DataError(
                f"There are {n} complete rows and {effects} random effects {what}: they can't be "
                "told from the residuals. Take a coarser group, or fewer effects."
            )


def _may_scatter_more(known: Response, family: Family) -> bool:
    """Return whether rows of a family without a dispersion may have effects of their own."""
    if family.name == "poisson":
        return True
    several = known.trials is not None and bool(float(np.median(known.trials)) > 1)
    return family.name == "binomial" and several


def predicted(fit: Fit) -> dict[str, Any]:
    """Return fitted values, residuals, the fixed part, and the conditional modes.

    Of a family other than normal, fitted values are means, and the fixed part is on the link's
    scale; of the log-normal family all are of the logarithm.
    """
    if fit.generalized is not None:
        means = fit.generalized.means
        return {
            "fitted": means,
            "residual": fit.problem.y - means,
            "standardized": fit.generalized.quantile_residuals(),
            "fixed": fit.problem.X @ fit.coefficients,
            "modes": fit.generalized.solution.effects,
        }
    modes, values = fit.problem.modes(fit.optimum.theta)
    weighing = 1.0 if fit.problem.weights is None else np.sqrt(fit.problem.weights)
    return {
        "fitted": values + offset_of(fit.table, fit.formula),
        "residual": fit.problem.y - values,
        "standardized": (fit.problem.y - values) * weighing / math.sqrt(fit.sigma2),
        "fixed": fit.problem.X @ fit.coefficients,
        "modes": modes,
    }
