"""`Answer`: what a model says to one question, with all that a reader needs to weigh it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from renshaw.core.errors import SettingsError
from renshaw.core.numbers import counted
from renshaw.data.arrays import FloatArray
from renshaw.statistics.answers.contrasts import Tested, Together, tested, together, within_words
from renshaw.statistics.answers.custom import Custom, customs
from renshaw.statistics.answers.effect_size import (
    EffectSize,
    effect_size,
    nothing_left,
    residual_df,
)
from renshaw.statistics.answers.equivalence import Equivalence, equivalence
from renshaw.statistics.answers.joint import Joint, joint_test
from renshaw.statistics.answers.means import Grid, Orders, grid, is_shared, level_of, trend_grid
from renshaw.statistics.answers.multiplicity import adjusted, error_rates, reach
from renshaw.statistics.answers.questions import Question, questions
from renshaw.statistics.families.scale import Scale, scale_of
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.formulas.formula import Node
from renshaw.statistics.structure.layout import Layout
from renshaw.statistics.structure.partition import codes_of, count, nested
from renshaw.statistics.structure.who import Who, who_are

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.statistics.settings import MixedModelSettings


class Cell(NamedTuple):
    """How much data one of the compared cells has.

    Parameters
    ----------
    name : str
        Its levels: ``"post, drug"``.
    rows : int
    people, units : int or None
        None where the formula names none.
    who : Who
        What the people are called, who may be batches.
    """

    name: str
    rows: int
    people: int | None = None
    units: int | None = None
    who: Who = who_are(())

    @property
    def words(self) -> str:
        """How much data it has: ``"post, drug: 12 people, 48 units, 96 rows"``."""
        parts = [self.who.of(self.people)] if self.people is not None else []
        if self.units is not None:
            parts.append(counted(self.units, "unit" if self.who.are_people else "group within"))
        return f"{self.name}: {', '.join([*parts, counted(self.rows, 'row')])}"


class Linear(NamedTuple):
    """How an answer is made of marginal means, or of slopes; what a script needs to make it again.

    Parameters
    ----------
    factors : tuple of str
        The factors that the cells are of, as the formula has them.
    weights : tuple of ((str, ...), float)
        The levels of each cell with its weight.
    slope_of, by : str
        The covariate whose slopes are compared; empty for means.
    """

    factors: tuple[str, ...]
    weights: tuple[tuple[tuple[str, ...], float], ...]
    slope_of: str = ""
    by: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What a model says to one question.

    Parameters
    ----------
    question : str
        In words.
    part : str
        ``interaction`` (a difference of differences, or of slopes), ``simple`` (within levels of
        what interacts), ``average`` (over what interacts), ``main``, ``mean`` or ``custom``.
    term : str
        The term of the formula: ``"group:time"``.
    contrast : str
        What is compared: ``"post - pre, drug - control"``, ``"slope of rt"``.
    within : str
        At which levels of other factors: ``"group = drug"``.
    over : str
        Of an average, over what: ``"averaged over group"``, ``"at the mean of age"``.
    changes : tuple of (str, str, str)
        Factor, earlier and later level of each difference that is taken, the inner one first.
    moments : bool
        Whether the inner levels are moments (pre, week 2), so that a difference is a change.
    scale : str
        ``difference``, ``ratio`` (of a logarithm, or a link), ``slope`` or ``mean``.
    of : str
        What differs, as people read it: the response, without its logarithm.
    base : float
        Of the logarithm whose differences are shown as ratios; 0 where there is none.
    estimate, low, high : float
        On that scale. The interval agrees with the corrected p-value: it excludes no difference
        where that is below 1 less the confidence. (Not in a fixed sequence, which corrects no
        interval.)
    std_error, df, statistic, p_value : float
        Of the test, on the scale of the model.
    p_adjusted : float
        For the tests of its family, and for the questions where that was asked for.
    correction : str
        By which method, as in the settings; empty where nothing was corrected.
    family : int
        How many tests share it.
    joint : Joint or None
        The test of all answers to the question together, where these are of more than one degree
        of freedom.
    effect_size : EffectSize or None
    equivalence : Equivalence or None
        Where a margin was given.
    cells : tuple of Cell
        How many rows, people and units each compared cell has.
    linear : Linear
    weights : array (p,)
        On the estimated coefficients.
    """

    question: str
    part: str
    term: str
    contrast: str
    within: str
    over: str
    changes: tuple[tuple[str, str, str], ...]
    moments: bool
    scale: str
    of: str
    base: float
    estimate: float
    low: float
    high: float
    std_error: float
    df: float
    statistic: float
    p_value: float
    p_adjusted: float
    correction: str
    family: int
    joint: Joint | None
    effect_size: EffectSize | None
    equivalence: Equivalence | None
    cells: tuple[Cell, ...]
    linear: Linear
    weights: FloatArray

    @property
    def name(self) -> str:
        """What is compared and where: ``"post - pre, group = drug"``."""
        return f"{self.contrast}, {self.within}" if self.within else self.contrast

    @property
    def null(self) -> float:
        """The value that says nothing differs: 1 of a ratio, else 0."""
        return 1.0 if self.is_ratio else 0.0

    @property
    def is_ratio(self) -> bool:
        """Whether the estimate is a ratio."""
        return self.scale.endswith("ratio")

    def interval(self, error_rate: float) -> tuple[float, float]:
        """Return the interval that has an error rate, on the answer's scale."""
        scale = Scale(self.scale, self.of, base=self.base)
        if not self.std_error > 0 or (self.base and not 0 < self.estimate < math.inf):
            return self.low, self.high
        center, half = scale.on_model(self.estimate), reach(error_rate, self.df) * self.std_error
        return scale.shown(center - half), scale.shown(center + half)


def answers(
    fit: Fit,
    orders: Orders,
    settings: MixedModelSettings,
    who: Sequence[Counted],
    tests: pd.DataFrame,
) -> tuple[Answer, ...]:
    """Return a model's answers, those to the main question first; contrasts of one's own lead.

    Parameters
    ----------
    fit : Fit
    orders : mapping
        In which order levels are compared.
    settings : MixedModelSettings
    who : sequence of Counted
        People and units, who are counted in each cell.
    tests : DataFrame
        The F tests of the terms, as of `anova`.
    """
    here = _Model(fit, scale_of(fit), orders, settings, tuple(who), tests)
    families: list[tuple[Asked, ...]] = [
        *customs(fit, orders, settings.contrasts),
        *questions(fit, orders),
    ]
    found = [answer for family in families for answer in here.family(family)]
    return _across(_against_margin(found, here), settings.across, settings.confidence)


def answer_table(found: Sequence[Answer]) -> pd.DataFrame:
    """Return answers as a table: a row each, what is compared, how sure it is and of how many."""
    import pandas as pd

    return pd.DataFrame([_table_row(each) for each in found], columns=list(ANSWER_COLUMNS))


def _table_row(each: Answer) -> list[object]:
    size = each.effect_size
    known = each.equivalence
    people = "; ".join(cell.words for cell in each.cells if cell.name)
    return [
        each.question,
        each.part,
        each.term,
        each.contrast,
        each.within,
        each.scale,
        each.estimate,
        each.low,
        each.high,
        each.std_error,
        each.df,
        each.statistic,
        each.p_value,
        each.p_adjusted,
        each.correction,
        each.family,
        *((each.joint or _NO_JOINT)[:4]),
        *((size.value, size.low, size.high) if size else (math.nan,) * 3),
        *((known.p_value, known.verdict) if known else (math.nan, "")),
        people,
    ]


_NO_JOINT = (math.nan,) * 4
ANSWER_COLUMNS = (
    "question",
    "part",
    "term",
    "contrast",
    "within",
    "scale",
    "estimate",
    "ci_low",
    "ci_high",
    "std_error",
    "df",
    "statistic",
    "p_value",
    "p_adjusted",
    "correction",
    "family",
    "joint_num_df",
    "joint_den_df",
    "joint_f_value",
    "joint_p_value",
    "standardized",
    "standardized_low",
    "standardized_high",
    "p_margin",
    "verdict",
    "data",
)

Asked = Question | Custom


class Counted(NamedTuple):
    """Who, or what, is counted in the cells.

    Parameters
    ----------
    what : str
        ``people`` or ``units``.
    codes : array (n,)
        Of each row.
    who : Who
        What the people are called.
    """

    what: str
    codes: np.ndarray[Any, np.dtype[np.int64]]
    who: Who


def counted_by(fit: Fit, layout: Layout) -> tuple[Counted, ...]:
    """Return the people of a design, and the finest groups that lie in them: units."""
    person = layout.person
    if not person:
        return ()
    who, called = codes_of(fit.table, person), who_are(person)
    found = [Counted("people", who, called)]
    inside = [
        codes
        for each in layout.groupings
        if each.columns != person and nested(codes := codes_of(fit.table, each.columns), who)
    ]
    if inside:
        found.append(Counted("units", max(inside, key=count), called))
    return tuple(found)


@dataclass(frozen=True)
class _Model:
    """A fit, and all that its answers need beside it."""

    fit: Fit
    scale: Scale
    orders: Orders
    settings: MixedModelSettings
    who: tuple[Counted, ...]
    tests: pd.DataFrame
    grids: dict[tuple[Node | None, Node | None], Grid | None] = field(default_factory=dict)

    def family(self, asked: Sequence[Asked]) -> list[Answer]:
        """Return the answers to questions that are tested together; none where the data can't."""
        mine = [(each, test) for each in asked if (test := self._tested(each)).weights is not None]
        levels = _all_pairs_of([each for each, _ in mine])
        correction = self.settings.correction if len(mine) > 1 else "none"
        if correction == "tukey" and not levels:
            correction = "holm"
        confidence = self.settings.confidence
        found = together([test for _, test in mine], confidence, correction, levels)
        name = "" if correction == "none" else correction
        joint = self._joint(mine)
        return [
            replace(self._answer(each, test, all_of, name, len(mine)), joint=joint)
            for (each, test), all_of in zip(mine, found, strict=True)
        ]

    def _joint(self, mine: Sequence[tuple[Asked, Tested]]) -> Joint | None:
        """Return the test of a whole question, that of its term where it is the same."""
        if len(mine) < 2 or isinstance(mine[0][0], Custom):
            return None
        weights = np.array([test.weights for _, test in mine])
        joint = joint_test(self.fit, weights)
        row = self.tests[self.tests["term"] == _term(self.fit, mine[0][0])]
        # F is the same in any basis, its denominator's df not quite: a term has but one of them.
        if joint and len(row) and math.isclose(joint.f_value, row["f_value"].iloc[0], rel_tol=1e-6):
            return joint._replace(
                den_df=float(row["den_df"].iloc[0]), p_value=float(row["p_value"].iloc[0])
            )
        return joint

    def _tested(self, asked: Asked) -> Tested:
        key = (asked.covariate, asked.by) if isinstance(asked, Question) else (None, None)
        if key not in self.grids:
            covariate, by = key
            found = grid(self.fit) if covariate is None else trend_grid(self.fit, covariate, by)
            self.grids[key] = found
        whole = self.grids[key]
        return Tested(None) if whole is None else tested(self.fit, asked.row(whole))

    def _answer(
        self, asked: Asked, test: Tested, all_of: Together, correction: str, family: int
    ) -> Answer:
        assert test.weights is not None
        question, contrast = _words(self.fit, asked, self.scale)
        shown = self.scale.shown
        return Answer(
            question=question,
            part="custom" if isinstance(asked, Custom) else asked.part,
            term=_term(self.fit, asked),
            contrast=contrast,
            within=within_words(asked.within) if isinstance(asked, Question) else "",
            over=_over(self.fit, asked),
            changes=_changes(asked),
            moments=isinstance(asked, Question)
            and bool(asked.changes)
            and self.orders[asked.changes[0].factor.node].stages,
            scale=_scale_name(asked, self.scale),
            of=self.scale.of,
            base=self.scale.base,
            estimate=shown(test.estimate),
            low=shown(all_of.low),
            high=shown(all_of.high),
            std_error=test.std_error,
            df=test.df,
            statistic=test.statistic,
            p_value=test.p_value,
            p_adjusted=all_of.p_adjusted,
            correction=correction,
            family=family,
            joint=None,
            effect_size=_standardized(self.fit, asked, test, self.settings.confidence),
            equivalence=None,
            cells=_cells(asked, self.fit, self.who),
            linear=_linear(asked),
            weights=test.weights,
        )


def _scale_name(asked: Asked, scale: Scale) -> str:
    if isinstance(asked, Question) and asked.part == "mean":
        return "mean"
    slope = isinstance(asked, Question) and asked.covariate is not None
    return "slope" if slope and not scale.base else scale.effect


def _against_margin(found: list[Answer], here: _Model) -> list[Answer]:
    """Return answers held against the margin, those that are of the same sort as the first."""
    margin, aim = here.settings.margin, here.settings.aim
    if margin is None or not found:
        return found
    first = found[0]
    sort = (first.scale, first.linear.slope_of)
    if first.scale == "mean":
        raise SettingsError("A margin is for differences, and the formula asks for none.")
    return [
        replace(
            each,
            equivalence=equivalence(
                float(each.weights @ here.fit.coefficients),
                each.std_error,
                each.df,
                here.scale,
                margin,
                aim,
                here.settings.confidence,
            ),
        )
        if (each.scale, each.linear.slope_of) == sort and each.std_error > 0
        else each
        for each in found
    ]


def _all_pairs_of(family: Sequence[Asked]) -> int:
    """Return of how many levels these are all the pairs, 0 where they are not."""
    if any(isinstance(each, Custom) or len(each.changes) != 1 for each in family):
        return 0
    changes = [each.changes[0] for each in family if isinstance(each, Question)]
    levels = len(changes[0].factor.levels or ()) if changes else 0
    return levels if len(changes) == levels * (levels - 1) // 2 else 0


def _term(fit: Fit, asked: Asked) -> str:
    """Return the term as the formula has it."""
    covariates = (asked.covariate, asked.by) if isinstance(asked, Question) else ()
    mine = {each.node for each in asked.term} | {each for each in covariates if each}
    written = next((term for term in fit.design.terms.terms if set(term) == mine), tuple(mine))
    return ":".join(map(str, written))


def _changes(asked: Asked) -> tuple[tuple[str, str, str], ...]:
    if isinstance(asked, Custom):
        return ()
    return tuple(
        (each.factor.name, level_of(each.factor, each.earlier), level_of(each.factor, each.later))
        for each in asked.changes
    )


def _over(fit: Fit, asked: Asked) -> str:
    """Return over what an average is taken, in words."""
    nodes = asked.over if isinstance(asked, Question) else ()
    factors = [fit.design.variables[n].name for n in nodes if fit.design.variables[n].is_factor]
    numbers = [str(n) for n in nodes if not fit.design.variables[n].is_factor]
    words = [f"averaged over {' and '.join(factors)}"] if factors else []
    words += [f"at the mean of {' and '.join(numbers)}"] if numbers else []
    return " ".join(words)


def _words(fit: Fit, asked: Asked, scale: Scale) -> tuple[str, str]:
    """Return the question and what is compared, in words."""
    if isinstance(asked, Custom):
        return f"{asked.name}?", asked.name
    where = f" where {within_words(asked.within)}" if asked.within else ""
    where += f", {_over(fit, asked)}" if asked.over else ""
    changes = ", ".join(change.words for change in asked.changes)
    if asked.covariate is not None:
        column = is_shared(fit, asked.covariate)
        name = str(asked.covariate.names()[0] if column else asked.covariate)
        if asked.by is not None:
            words = f"Does the slope of {scale.of} on {name} change with {asked.by}?"
            return words, f"slope of {name}, by {asked.by}"
        if not asked.changes:
            return f"How does {scale.of} change with {name}{where}?", f"slope of {name}"
        others = " and ".join(change.factor.name for change in asked.changes)
        words = f"Does the slope of {scale.of} on {name} depend on {others}{where}?"
        return words, f"slope of {name}, {changes}"
    if not asked.changes:
        return f"What is the {scale.mean} of {scale.of}?", scale.mean
    first, *rest = asked.changes
    if rest:
        others = " and ".join(change.factor.name for change in rest)
        words = f"Does the difference in {scale.of} by {first.factor.name} depend on {others}"
        return f"{words}{where}?", changes
    return f"Does {scale.of} differ by {first.factor.name}{where}?", changes


def _standardized(fit: Fit, asked: Asked, test: Tested, confidence: float) -> EffectSize | None:
    """Return the answer over the residual standard deviation; None where there is no such."""
    if not fit.family.normal or nothing_left(fit) or not test.std_error > 0:
        return None
    if isinstance(asked, Question) and asked.part == "mean":
        return None
    per, of = 1.0, "residual SD"
    if isinstance(asked, Question) and asked.covariate is not None:
        if asked.by is not None:
            return None
        shared = is_shared(fit, asked.covariate)
        name = asked.covariate.names()[0]
        values = fit.table[name] if shared else fit.design.variables[asked.covariate].values
        per = float(np.std(np.asarray(values, dtype=float), ddof=1))
        of = f"residual SD for each SD of {name if shared else asked.covariate}"
    return effect_size(
        test.estimate,
        test.std_error,
        test.df,
        sigma=math.sqrt(fit.residual_variance),
        edf=residual_df(fit),
        confidence=confidence,
        of=of,
        per=per,
    )


def _cells(asked: Asked, fit: Fit, who: Sequence[Counted]) -> tuple[Cell, ...]:
    found = []
    for _, chosen in asked.cells():
        mine = np.ones(fit.problem.n, dtype=bool)
        words = []
        for node, level in chosen.items():
            variable = fit.design.variables[node]
            mine &= variable.values == level
            words.append(level_of(variable, level))
        counts = {each.what: len(np.unique(each.codes[mine])) for each in who}
        rows, (people, units) = int(mine.sum()), (counts.get(n) for n in ("people", "units"))
        called = who[0].who if who else who_are(())
        found.append(Cell(", ".join(words), rows, people, units, called))
    return tuple(found)


def _linear(asked: Asked) -> Linear:
    cells = [(weight, tuple(chosen.items())) for weight, chosen in asked.cells()]
    by_node = {each.node: each for each in asked.term}
    named = [node for node, _ in cells[0][1]] if cells else []
    weights = tuple(
        (tuple(level_of(by_node[node], level) for node, level in chosen), weight)
        for weight, chosen in cells
    )
    covariates = (asked.covariate, asked.by) if isinstance(asked, Question) else (None, None)
    slope_of, by = ("" if each is None else str(each) for each in covariates)
    return Linear(tuple(by_node[node].name for node in named), weights, slope_of, by)


def _across(found: Sequence[Answer], method: str, confidence: float) -> tuple[Answer, ...]:
    """Return answers whose p-values and intervals hold for all questions together."""
    if method == "none" or len(found) < 2:
        return tuple(found)
    p = [each.p_value for each in found]
    corrected = adjusted(p, method)
    rates = error_rates(p, corrected, method, 1 - confidence)
    together = []
    for each, p_adjusted, rate in zip(found, corrected, rates, strict=True):
        low, high = each.interval(rate)
        together.append(
            replace(
                each,
                low=low,
                high=high,
                p_adjusted=p_adjusted,
                correction=method,
                family=len(found),
            )
        )
    return tuple(together)
