"""How a mixed model's answers are said: numbers with their sign, or as ratios."""

from __future__ import annotations

import math
from collections.abc import Sequence

from renshaw.core.numbers import counted, fixed, p_equals, signed
from renshaw.statistics.answers.answers import Answer, Cell
from renshaw.statistics.answers.multiplicity import WORDS
from renshaw.statistics.families.scale import LOGARITHMS
from renshaw.statistics.mixed import MixedModel

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


def claim(answer: Answer) -> str:
    """Return the answer in words, without how sure it is."""
    value, of = told(answer, answer.estimate), answer.of
    where = f"In {levels_words(answer.within)}, " if answer.within else ""
    if answer.part == "mean":
        return f"The {answer.contrast} of {of} is {value}"
    if answer.part == "custom":
        how = f"is {value} times as large" if answer.is_ratio else f"differs by {value}"
        return f"{answer.contrast}: {of} {how}"
    if answer.linear.slope_of:
        return _slope_claim(answer, value, where)
    (_, earlier, later), *rest = answer.changes
    if not rest and answer.scale == "odds ratio":
        return _capital(f"{where}the odds of {of} in {later} are {value} times those in {earlier}")
    if not rest and answer.is_ratio:
        what = "the rate of " if answer.scale == "rate ratio" else ""
        return _capital(f"{where}{what}{of} in {later} is {value} times that in {earlier}")
    if not rest and answer.moments:
        return f"{where}{of} changes by {value} from {earlier} to {later}"
    if not rest:
        return f"{where}{of} differs by {value} in {later} compared with {earlier}"
    what = f"the {answer.scale if answer.is_ratio else 'difference'} in {of} between "
    what += f"{earlier} and {later}"
    if answer.moments and not answer.is_ratio:
        what = f"the change in {of} from {earlier} to {later}"
    return _between(answer, f"{where}{what}", value, rest)


def _slope_claim(answer: Answer, value: str, where: str) -> str:
    of, covariate = answer.of, answer.contrast.removeprefix("slope of ").split(", ")[0]
    if answer.linear.by:
        return f"The slope of {of} on {covariate} changes by {value} for each {answer.linear.by}"
    if answer.changes:
        what = f"the slope of {of} on {covariate}"
        if answer.is_ratio:
            what = f"the factor by which {of} changes for each unit of {covariate}"
        return _between(answer, f"{where}{what}", value, answer.changes)
    if answer.is_ratio:
        return f"{where}{of} is multiplied by {value} for each unit of {covariate}"
    return f"{where}{of} changes by {value} for each unit of {covariate}"


def _between(answer: Answer, what: str, value: str, changes: Changes) -> str:
    """Return how something differs between levels: drug less control."""
    (_, earlier, later), *rest = changes
    if rest:
        what = f"the difference between {earlier} and {later} in {what}"
        _, earlier, later = rest[0]
    if answer.is_ratio:
        return _capital(f"{what} is {value} times as large in {later} as in {earlier}")
    return _capital(f"{what} differs by {value} in {later} compared with {earlier}")


def _capital(words: str) -> str:
    # A response keeps the case that its column has.
    return f"T{words[1:]}" if words.startswith("the ") else words


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


def cell_words(cell: Cell) -> str:
    """Return how much data a cell has: ``"post, drug: 12 people, 48 units, 96 rows"``."""
    parts = [counted(cell.people, "person", "people")] if cell.people is not None else []
    parts += [counted(cell.units, "unit")] if cell.units is not None else []
    return f"{cell.name}: {', '.join([*parts, counted(cell.rows, 'row')])}"
