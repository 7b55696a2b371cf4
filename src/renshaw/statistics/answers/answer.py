"""`Answer`: what a model says to one question, with all that a reader needs to weigh it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from renshaw.core.numbers import counted
from renshaw.data.arrays import FloatArray
from renshaw.statistics.answers.effect_size import EffectSize
from renshaw.statistics.answers.equivalence import Equivalence
from renshaw.statistics.answers.joint import Joint
from renshaw.statistics.answers.multiplicity import reach
from renshaw.statistics.families.scale import Scale
from renshaw.statistics.structure.who import Who, who_are

if TYPE_CHECKING:
    import pandas as pd


_GROUPS_WITHIN = ("group within", "groups within")


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
            one, many = ("unit", "units") if self.who.are_people else _GROUPS_WITHIN
            parts.append(counted(self.units, one, many))
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
        """Return the interval that has an error rate, on the answer's scale.

        Parameters
        ----------
        error_rate : float
            Share of intervals that may miss, both ends together: .05 of a 95 % interval.
        """
        scale = Scale(self.scale, self.of, base=self.base)
        if not self.std_error > 0 or (self.base and not 0 < self.estimate < math.inf):
            return self.low, self.high
        center, half = scale.on_model(self.estimate), reach(error_rate, self.df) * self.std_error
        return scale.shown(center - half), scale.shown(center + half)


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
