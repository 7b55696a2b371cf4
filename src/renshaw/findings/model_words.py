"""How a mixed model's answers are said: numbers with their sign, or as ratios."""

from __future__ import annotations

import math
from collections.abc import Sequence

from renshaw.core.numbers import fixed, p_equals, signed
from renshaw.statistics.answers.answer import Answer
from renshaw.statistics.answers.multiplicity import WORDS
from renshaw.statistics.families.scale import LOGARITHMS
from renshaw.statistics.mixed import MixedModel
from renshaw.statistics.structure.who import Who, who_are

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
Changes = Sequence[tuple[str, str, str]]


def decimals(answer: Answer) -> int:
    """Return how many decimals an answer is told with, by half the length of its interval."""
    half = abs(answer.high - answer.low) / 2
    if not math.isfinite(half) or half <= 0:
        return 2
    places = min(8, max(0, (1 if half < 1 else 2) - math.floor(math.log10(half))))
    return max(2, places) if answer.is_ratio else places


def _is_extreme(answer: Answer) -> bool:
    """Whether values are so small or large that they are told as powers of ten."""
    half = abs(answer.high - answer.low) / 2
    return not answer.is_ratio and math.isfinite(half) and (0 < half < 1e-5 or half >= 1e6)


def is_plain(answer: Answer) -> bool:
    """Whether values stand without a sign: ratios and means."""
    return answer.is_ratio or answer.scale == "mean"


def told(answer: Answer, value: float) -> str:
    """Return a value as this answer's are told: with its sign, or plainly if a ratio or a mean."""
    places = decimals(answer)
    if _is_extreme(answer) and value:
        power = math.floor(math.log10(abs(value)))
        raised = str(power).translate(_RAISED)
        return f"{signed(value / 10.0**power)} × 10{raised}".removeprefix("+" * is_plain(answer))
    if is_plain(answer):
        return fixed(value, places)
    # No minus before what is rounded to nothing.
    return signed(round(value, places) + 0.0, places)


def ends(answer: Answer, low: float, high: float) -> str:
    """Return the ends of an interval."""
    return f"{told(answer, low)} to {told(answer, high)}"


def back(model: MixedModel, value: float) -> float:
    """Return a value on the model's scale as its answers are shown."""
    base = _base(model)
    return math.exp(min(700.0, value * math.log(base))) if base else value


def on_model(model: MixedModel, value: float) -> float:
    """Return a value as answers are shown on the model's scale."""
    base = _base(model)
    return math.log(value) / math.log(base) if base else value


def _base(model: MixedModel) -> float:
    """Return the base of the logarithm on which the model is; 0 where it is on none."""
    if not model.answers or not any(each.is_ratio for each in model.answers):
        return 0.0
    response = model.formula.response
    return LOGARITHMS.get(response.text, math.e) if response.kind == "call" else math.e


def is_shown(model: MixedModel, answer: Answer) -> bool:
    """Return whether an answer's corrected test finds it."""
    return answer.p_adjusted < 1 - model.settings.confidence


def claim(model: MixedModel, answer: Answer) -> str:
    """Return what the data show, in words, without how sure it is.

    That is which way an answer goes, where it is clear; else that nothing is, and the estimate.
    """
    words = _shown(answer) if is_shown(model, answer) or answer.part == "mean" else _unclear(answer)
    return _capital(f"{_where(answer)}{words}")


def _where(answer: Answer) -> str:
    """Return at which levels, or averaged over what, with a comma."""
    if answer.within:
        return f"In {levels_words(answer.within)}, "
    return f"{answer.over[:1].upper()}{answer.over[1:]}, " if answer.over else ""


def _shown(answer: Answer) -> str:
    value, of = told(answer, answer.estimate), answer.of
    if answer.part == "mean":
        return f"the {answer.contrast} of {of} is {value}"
    if answer.part == "custom":
        how = f"is {value} times as large" if answer.is_ratio else f"differs by {value}"
        return f"{answer.contrast}: {of} {how}"
    if answer.linear.slope_of:
        return _slope_shown(answer, value)
    (_, earlier, later), *rest = _named(answer.changes)
    if rest:
        return _between(answer, _difference(answer), value, rest)
    if answer.is_ratio:
        what, plural = _what(answer)
        are, those = ("are", "those") if plural else ("is", "that")
        return f"{what} in {later} {are} {value} times {those} in {earlier}"
    if answer.moments:
        return f"{of} {_moves(answer)} from {earlier} to {later}"
    way = "higher" if answer.estimate > 0 else "lower"
    return f"{of} is {way} by {_size(answer)} in {later} than in {earlier}"


def _moves(answer: Answer) -> str:
    return f"{'increases' if answer.estimate > 0 else 'decreases'} by {_size(answer)}"


def _size(answer: Answer) -> str:
    return told(answer, abs(answer.estimate)).removeprefix("+")


def _unclear(answer: Answer) -> str:
    """Return that nothing clear is found, with the estimate."""
    what, how = _what_and_how(answer)
    if answer.part == "custom":
        return f"{answer.contrast}: no clear difference in {what}, {how}"
    if answer.linear.slope_of and not answer.changes:
        of, covariate = _of_slope(answer)
        return f"no clear change in {of} with {covariate}: {how}"
    if _is_compared_again(answer):
        return f"no clear evidence that {what} depends on {_column(answer.changes[-1][0])}: {how}"
    return f"no clear {'change' if answer.moments else 'difference'} in {what}: {how}"


def alone(answer: Answer) -> str:
    """Return an answer that is not clear, after words that say so: ": +0.2 in b compared ..."."""
    what, how = _what_and_how(answer)
    return f", in {what}: {how}" if _is_compared_again(answer) else f": {how}"


def _is_compared_again(answer: Answer) -> bool:
    """Whether differences, or slopes, are compared."""
    return len(answer.changes) > (0 if answer.linear.slope_of else 1)


def _what_and_how(answer: Answer) -> tuple[str, str]:
    """Return what is compared, and the estimate with the levels that it is between."""
    value, (what, plural) = told(answer, answer.estimate), _what(answer)
    times = f"{value} times as large"
    if answer.part == "custom":
        return answer.of, times if answer.is_ratio else value
    changes = _named(answer.changes)
    if not changes:
        of = _of_slope(answer)[1]
        return what, f"{'multiplied by ' * answer.is_ratio}{value} for each unit of {of}"
    (_, earlier, later) = changes[-1]
    if _is_compared_again(answer):
        slope = answer.linear.slope_of
        first = _slope_of(answer) if slope else _difference(answer)
        what = _differences(first, changes[0 if slope else 1 : -1])
        if answer.is_ratio:
            return what, f"{times} in {later} as in {earlier}"
    elif answer.is_ratio:
        return what, f"in {later} {value} times {'those' if plural else 'that'} in {earlier}"
    elif answer.moments:
        return what, f"{value} from {earlier} to {later}"
    return what, f"{value} in {later} compared with {earlier}"


def _of_slope(answer: Answer) -> tuple[str, str]:
    """Return what changes with which covariate."""
    by = answer.linear.by
    return (_slope_of(answer), by) if by else (_what(answer)[0], _covariate(answer))


def _named(changes: Changes) -> Changes:
    """Return changes whose levels say enough by themselves: numbers have their factor's name."""
    return [
        (name, earlier, later)
        if any(c.isalpha() for c in earlier + later)
        else (name, f"{_column(name)} = {earlier}", f"{_column(name)} = {later}")
        for name, earlier, later in changes
    ]


def _column(factor: str) -> str:
    """Return the column of ``factor(period)``; other factors are called as they are written."""
    return factor[7:-1] if factor.startswith("factor(") and factor.endswith(")") else factor


def _difference(answer: Answer) -> str:
    """Return the difference between two levels of the inner factor, as a thing."""
    _, earlier, later = _named(answer.changes)[0]
    if answer.moments and not answer.is_ratio:
        return f"the change in {answer.of} from {earlier} to {later}"
    what = answer.scale if answer.is_ratio else "difference"
    return f"the {what} in {answer.of} between {earlier} and {later}"


def question_claim(asked: Sequence[Answer], *, clear: bool) -> str:
    """Return what the test of a whole question says, without its numbers.

    Parameters
    ----------
    asked : sequence of Answer
        To one question.
    clear : bool
        Whether its test is.
    """
    first = asked[0]
    factors = list(dict.fromkeys(change[0] for change in first.changes))
    levels = {
        name: len({end for a in asked for each, *ends in a.changes if each == name for end in ends})
        for name in factors
    }
    inner, *outer = factors
    plural = False
    if first.linear.slope_of:
        what, outer = _slope_of(first), factors
    elif not outer:
        (what, plural), outer = _what(first), factors
    elif levels[inner] == 2:
        what = _difference(first)
    else:
        kind = "ratios" if first.is_ratio else "differences"
        what = f"the {kind} in {first.of} between the {levels[inner]} levels of {_column(inner)}"
        plural = True
    for name in outer[:-1]:
        what = f"the way in which {what} {'vary' if plural else 'varies'} with {_column(name)}"
        plural = False
    last = outer[-1]
    if last is inner or first.linear.slope_of:
        verb = "differ" if plural else "differs"
        words = f"{what} {verb} between the {levels[last]} levels of {_column(last)}"
    else:
        words = f"{what} {'depend' if plural else 'depends'} on {_column(last)}"
    if not clear:
        words = f"{'no' if _where(first) else 'No'} clear evidence that {words}"
    return _capital(f"{_where(first)}{words}")


def _slope_shown(answer: Answer, value: str) -> str:
    of, covariate = answer.of, _covariate(answer)
    if answer.linear.by and answer.is_ratio:
        by = answer.linear.by
        return f"{_slope_of(answer)} is itself multiplied by {value} for each unit of {by}"
    if answer.linear.by:
        return (
            f"the slope of {of} on {covariate} {_moves(answer)} for each unit of {answer.linear.by}"
        )
    if answer.changes:
        return _between(answer, _slope_of(answer), value, _named(answer.changes))
    if answer.is_ratio:
        what, plural = _what(answer)
        are = "are" if plural else "is"
        return f"{what} {are} multiplied by {value} for each unit of {covariate}"
    return f"{of} {_moves(answer)} for each unit of {covariate}"


def _slope_of(answer: Answer) -> str:
    """Return the slope of a covariate, as a thing."""
    if answer.is_ratio:
        what, plural = _what(answer)
        change = "change" if plural else "changes"
        return f"the factor by which {what} {change} for each unit of {_covariate(answer)}"
    return f"the slope of {answer.of} on {_covariate(answer)}"


def _covariate(answer: Answer) -> str:
    return answer.contrast.removeprefix("slope of ").split(", ")[0]


def _what(answer: Answer) -> tuple[str, bool]:
    """Return what an answer's ratios are of, and whether it is a plural."""
    kind = {"odds ratio": "odds", "rate ratio": "rate"}.get(answer.scale, "")
    return f"the {kind} of {answer.of}" if kind else answer.of, kind == "odds"


def _between(answer: Answer, what: str, value: str, changes: Changes) -> str:
    """Return how something differs between levels: drug less control."""
    *inner, (_, earlier, later) = changes
    what = _differences(what, inner)
    if answer.is_ratio:
        return f"{what} is {value} times as large in {later} as in {earlier}"
    return f"{what} differs by {value} in {later} compared with {earlier}"


def _differences(what: str, changes: Changes) -> str:
    for _, first, second in changes:
        what = f"the difference between {first} and {second} in {what}"
    return what


def _capital(words: str) -> str:
    # A response keeps the case that its column has.
    said = words.startswith(("the ", "no clear "))
    return f"{words[0].upper()}{words[1:]}" if said else words


def in_sentence(words: str) -> str:
    """Return a claim as it stands after others; a response keeps the case of its column."""
    said = words.startswith(("The ", "No clear "))
    return f"{words[0].lower()}{words[1:]}" if said else words


def levels_words(within: str) -> str:
    """Return levels without their factors' names where they say enough by themselves."""
    parts = within.split(", ")
    alone = [part.partition(" = ")[2] for part in parts]
    plain = all(any(c.isalpha() for c in level) and len(level) > 1 for level in alone)
    return ", ".join(alone) if plain else within


def sure(model: MixedModel, answer: Answer) -> str:
    """Return how sure an answer is: interval, p, verdict against a margin."""
    interval = f"{interval_name(model, answer)} {ends(answer, answer.low, answer.high)}"
    words = f"{interval}, {p_words(model, answer)}"
    if answer.equivalence is not None:
        margin = answer.equivalence.margin
        words += f"; {answer.equivalence.verdict} (margin {margin:g})"
    return words


def interval_name(model: MixedModel, answer: Answer) -> str:
    """Return what an answer's interval is; a fixed sequence corrects p-values, and no interval."""
    plain = f"{100 * model.settings.confidence:g} % CI"
    return f"uncorrected {plain}" if answer.correction == "hierarchy" else plain


def p_words(model: MixedModel, answer: Answer) -> str:
    """Return the p-value with how it was corrected."""
    correction = f", {WORDS[answer.correction]}" if answer.correction else ""
    across = f" over {answer.family} answers" if model.settings.across != "none" else ""
    return f"{p_equals(answer.p_adjusted)}{correction}{across}"


def who_of(model: MixedModel) -> Who:
    """Return what those who were measured are called: people, or levels of their column."""
    return who_are(model.layout.person)
