"""Questions of more than one degree of freedom: tested as a whole before their parts are read.

A factor of eight levels has 28 differences, the largest of which is no answer by itself. What the
whole question says comes first; which of its contrasts then stands for it is chosen here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from renshaw.core.tails import f_sf
from renshaw.data.arrays import FloatArray
from renshaw.statistics.fitting.fit import Fit

if TYPE_CHECKING:
    from renshaw.statistics.answers.answer import Answer

Asked = tuple["Answer", ...]


class Joint(NamedTuple):
    """The F test of several contrasts together.

    Parameters
    ----------
    num_df : int
    den_df : float
        Infinite of Wald's chi-squared.
    f_value, p_value : float
    """

    num_df: int
    den_df: float
    f_value: float
    p_value: float


def joint_test(fit: Fit, weights: FloatArray) -> Joint | None:
    """Return the test of several contrasts; None where they are but one.

    Parameters
    ----------
    fit : Fit
    weights : array (k, p)
        On the estimated coefficients.
    """
    f, q, df = fit.precision.f_test(weights, fit.coefficients)
    if q < 2 or not np.isfinite(f):
        return None
    p = float(f_sf(f, q, df))
    return Joint(q, df, f, p)


def by_question(found: Iterable[Answer]) -> list[Asked]:
    """Return answers question by question, in their order."""
    return [tuple(each) for _, each in itertools.groupby(found, lambda a: (a.part, a.question))]


def leading(asked: Asked) -> Answer:
    """Return the contrast that stands for a question.

    It is the one that was asked for before the data were seen (from the first to the last moment),
    or else the largest, which is corrected for having been chosen.
    """
    first = asked[0]
    planned = first.moments and len({each.changes[1:] for each in asked}) == 1
    if first.joint is None or planned:
        return first
    return max(asked, key=lambda each: abs(each.statistic))


def main_answer(found: Sequence[Answer]) -> Answer:
    """Return the answer that is looked at most closely: what stands for the first question."""
    return leading(by_question(found)[0])


def is_clear(asked: Asked, alpha: float) -> bool:
    """Return whether a question's test, as a whole where it has one, is below an error rate."""
    joint = asked[0].joint
    return (asked[0].p_adjusted if joint is None else joint.p_value) < alpha


def worth_telling(found: Sequence[Answer], alpha: float) -> list[Asked]:
    """Return the questions whose answers a careful analyst would tell, in order.

    Where an interaction is clear, effects are told level by level, and averages over the levels
    are not. Where it is not, averages come next; of an interaction with one degree of freedom the
    effects at each level follow, of a larger one they stay in the tables.

    Parameters
    ----------
    found : sequence of Answer
    alpha : float
    """
    questions = by_question(found)
    tested = [each for each in questions if each[0].part in ("interaction", "average")]
    clear = [_scope(each) for each in tested if is_clear(each, alpha)]
    large = [_scope(each) for each in tested if each[0].joint is not None]
    told: list[Asked] = []
    later: list[Asked] = []
    for each in questions:
        scope, part = _scope(each), each[0].part
        if part == "interaction":
            told += later
            later = []
        if part == "simple" and scope in clear:
            told.append(each)
        elif part == "simple" and scope not in large:
            later.append(each)
        elif (part == "average" and not any(scope < other for other in clear)) or part not in (
            "simple",
            "average",
        ):
            told.append(each)
    return [*told, *later]


def _scope(asked: Asked) -> frozenset[str]:
    """Return what a question is about: its factors, and the covariate of slopes."""
    linear = asked[0].linear
    return frozenset([*linear.factors, *([linear.slope_of] if linear.slope_of else [])])
