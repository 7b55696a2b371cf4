"""What was checked of a mixed model, a sentence each."""

from __future__ import annotations

import math
from typing import NamedTuple

from renshaw.core.numbers import number, p_equals, p_value, signed
from renshaw.findings.exclusions import named
from renshaw.findings.model_words import back, ends, told, who_of
from renshaw.statistics.answers.assumptions import Shape
from renshaw.statistics.answers.joint import main_answer
from renshaw.statistics.mixed import MixedModel

# Of fewer groups nobody can see a shape.
_FEWEST = 10


class Check(NamedTuple):
    """One assumption.

    Parameters
    ----------
    name : str
    verdict : str
        ``holds``, ``doubtful`` or ``not judged``.
    words : str
    """

    name: str
    verdict: str
    words: str


def checks(model: MixedModel) -> tuple[Check, ...]:
    """Return what was checked, in the order of a reviewer's questions."""
    found = model.assumptions
    if found is None:
        return ()
    cure = "a logarithm or another family (--family) may fit better"
    what = "Residuals are normal"
    if not model.family.normal:
        cure = "another family (--family) may fit better"
        what = "Values scatter as the family says (simulated residuals)"
    said = [_shape(what, found.residuals, cure)]
    spread = found.spread
    words = f"rank correlation of their size with the fitted values {signed(spread.with_fitted)}"
    if spread.where_largest and math.isfinite(spread.ratio):
        words = (
            f"residual SD {number(spread.largest)} where {spread.where_largest} and "
            f"{number(spread.smallest)} where {spread.where_smallest} (ratio "
            f"{number(spread.ratio, 2)}); {words}"
        )
    verdict = "holds" if spread.fine else "doubtful"
    words += "." if spread.fine else f": {cure}."
    said.append(Check("Residuals scatter alike everywhere", verdict, _sentence(words)))
    said += [_shape(f"Levels of {each.of} are normal", each, cure) for each in found.random]
    return (*said, _influence(model))


def _shape(name: str, shape: Shape, cure: str) -> Check:
    if shape.n < _FEWEST:
        return Check(name, "not judged", f"{shape.n} are too few to see a shape.")
    words = (
        f"skewness {signed(shape.skewness)}, excess kurtosis {signed(shape.kurtosis)} (of a normal "
        f"distribution 0 and 0); {shape.extreme} of {shape.n} beyond 3 SD"
    )
    if shape.fine:
        return Check(name, "holds", f"{_sentence(words)}.")
    return Check(name, "doubtful", f"{_sentence(words)}: {cure}.")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _influence(model: MixedModel) -> Check:
    name = f"No one {who_of(model).one} decides"
    found = model.influence
    if not found.without:
        return Check(name, "not judged", f"None was left out: {found.reason or 'no groups'}.")
    return Check(name, "doubtful" if _turning(model) else "holds", influence_words(model))


def _turning(model: MixedModel) -> bool:
    return bool(model.influence.turning(1 - model.settings.confidence))


def influence_words(model: MixedModel) -> str:
    """Return what leaving people out one by one does to the main answer."""
    found, answer = model.influence, main_answer(model.answers)
    what = f"The contrast {answer.name}" if answer.joint else "The answer"
    alpha = 1 - model.settings.confidence
    turning = found.turning(alpha)
    values = [back(model, each.estimate) for each in found.without]
    p = [each.p_value for each in found.without]
    if turning:
        each = max(turning, key=lambda one: (one.refitted, abs(one.p_value - alpha)))
        who = named([one.person for one in turning], 4)
        low, high = back(model, each.low), back(model, each.high)
        called = who_of(model)
        one = f"one {called.one}" if len(turning) == 1 else f"single {called.many}"
        return (
            f"{what} hinges on {one} ({who}): without {each.person} it is "
            f"{told(answer, back(model, each.estimate))} ({ends(answer, low, high)}, "
            f"{p_equals(each.p_value)})."
        )
    ends_of_p = list(dict.fromkeys(p_value(each) for each in (min(p), max(p))))
    p_words = f"p between {ends_of_p[0]} and {ends_of_p[-1]}" if ends_of_p[1:] else p_equals(max(p))
    return (
        f"Without any one of {who_of(model).of(len(values))} {what[0].lower()}{what[1:]} lies "
        f"between {told(answer, min(values))} and {told(answer, max(values))}, {p_words}."
    )
