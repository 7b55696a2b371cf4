"""What a mixed model says: its answers, the main one first."""

from __future__ import annotations

import math

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted, fixed, number, p_equals, signed
from renshaw.findings.exclusions import reasons
from renshaw.findings.hurdle import hurdle_findings
from renshaw.statistics.answers import Answer, Cell
from renshaw.statistics.mixed import MixedModel
from renshaw.statistics.multiplicity import WORDS

_MOST = 6


@finds(MixedModel)
def findings(model: MixedModel) -> tuple[Finding, ...]:
    """Return the answers to what the formula asks."""
    if model.zero_part is not None:
        return hurdle_findings(model, _answered(model.zero_part), _answered(model))
    return _answered(model)


def _answered(model: MixedModel) -> tuple[Finding, ...]:
    if not model.answers:
        words = f"{model.formula.text} asks nothing that the data can answer."
        return (Finding(sentence=words, warnings=model.warnings, left_out=_dropped(model)),)
    shown = model.answers[:_MOST]
    more = len(model.answers) - len(shown)
    further = [f"{counted(more, 'answer')} more: see the tables."] if more else []
    return tuple(
        _finding(model, answer, further if n == 0 else (), first=n == 0)
        for n, answer in enumerate(shown)
    )


def _finding(
    model: MixedModel, answer: Answer, further: list[str] | tuple[()], *, first: bool
) -> Finding:
    places = decimals(answer)
    percent = f"{100 * model.settings.confidence:g} % CI"
    shown = Number(
        name=answer.name,
        value=answer.estimate,
        low=answer.low,
        high=answer.high,
        interval=percent,
        decimals=max(2, places) if _plainly(answer) else places,
        difference=not _plainly(answer),
    )
    n, of = _basis(model)
    return Finding(
        sentence=f"{claim(answer)} ({sure(model, answer, counts=first)}).",
        numbers=[shown],
        n=n,
        of=of,
        warnings=model.warnings if first else (),
        how_sure=_how_sure(answer) if first else (),
        left_out=_dropped(model) if first else (),
        would_change=[*_caution(model, answer)] if first else (),
        next_steps=further,
    )


def decimals(answer: Answer) -> int:
    """Return how many decimals an answer is told with: two figures of half its interval."""
    half = abs(answer.high - answer.low) / 2
    if not math.isfinite(half) or half <= 0:
        return 2
    return min(8, max(0, 1 - math.floor(math.log10(half))))


def _plainly(answer: Answer) -> bool:
    return answer.is_ratio or answer.scale == "mean"


def told(answer: Answer, value: float) -> str:
    """Return a value as this answer's are told: with its sign, or plainly if a ratio or a mean."""
    places = decimals(answer)
    if _plainly(answer):
        return fixed(value, max(2, places))
    return signed(value, places)


def claim(answer: Answer) -> str:
    """Return the answer in words, without how sure it is."""
    value, of = told(answer, answer.estimate), answer.of
    where = f"In {_levels(answer.within)}, " if answer.within else ""
    if answer.part == "mean":
        return f"The {answer.contrast} of {of} is {value}"
    if answer.part == "custom":
        if answer.is_ratio:
            return f"{answer.contrast}: {of} is {value} times as large"
        return f"{answer.contrast}: {of} differs by {value}"
    if answer.linear.slope_of:
        return _slope_claim(answer, value, where)
    (_, earlier, later), *rest = answer.changes
    if not rest:
        if answer.is_ratio:
            words = _odds(answer)
            return f"{where}{words}{of} in {later} is {value} times that in {earlier}"
        return f"{where}{of} changes by {value} from {earlier} to {later}"
    what = f"the {'ratio' if answer.is_ratio else 'change'} in {of} from {earlier} to {later}"
    return _between(answer, f"{where}{what}", value, rest)


def _odds(answer: Answer) -> str:
    return {"rate ratio": "the rate of ", "odds ratio": "the odds of "}.get(answer.scale, "")


def _slope_claim(answer: Answer, value: float | str, where: str) -> str:
    of, covariate = answer.of, answer.contrast.removeprefix("slope of ").split(", ")[0]
    if answer.linear.by:
        return f"The slope of {of} on {covariate} changes by {value} for each {answer.linear.by}"
    if answer.changes:
        return _between(answer, f"{where}the slope of {of} on {covariate}", value, answer.changes)
    if answer.is_ratio:
        return f"{where}{of} is multiplied by {value} for each unit of {covariate}"
    return f"{where}{of} changes by {value} for each unit of {covariate}"


def _between(
    answer: Answer,
    what: str,
    value: float | str,
    changes: list[tuple[str, str, str]] | tuple[tuple[str, str, str], ...],
) -> str:
    """Return how something differs between levels: drug less control."""
    (_, earlier, later), *rest = changes
    if rest:
        _, first, last = rest[0]
        what = f"the difference between {later} and {earlier} in {what}"
        earlier, later = first, last
    words = f"{what} is {value} times as large in {later} as in {earlier}"
    if not answer.is_ratio:
        words = f"{what} differs by {value} in {later} from that in {earlier}"
    return words[0].upper() + words[1:]


def _levels(within: str) -> str:
    """Return levels without their factors' names where they say enough by themselves."""
    parts = within.split(", ")
    alone = [part.partition(" = ")[2] for part in parts]
    plain = all(any(c.isalpha() for c in level) and len(level) > 2 for level in alone)
    return ", ".join(alone) if plain else within


def sure(model: MixedModel, answer: Answer, *, counts: bool = True) -> str:
    """Return how sure an answer is: interval, p and, of the main one, of how many it is."""
    ends = f"{told(answer, answer.low)} to {told(answer, answer.high)}"
    percent = f"{100 * model.settings.confidence:g} % CI"
    correction = f", {WORDS[answer.correction]}" if answer.correction else ""
    across = f" over {answer.family} answers" if model.settings.across != "none" else ""
    words = f"{percent} {ends}, {p_equals(answer.p_adjusted)}{correction}{across}"
    if answer.equivalence is not None:
        words += f"; {answer.equivalence.verdict}"
    return f"{words}; {_counts(model)}" if counts else words


def _basis(model: MixedModel) -> tuple[int, str]:
    people = [int(v) for k, v in model.statistics.items() if k.startswith("levels of ")]
    return (min(people), "people") if people else (int(model.statistics["n"]), "rows")


def _counts(model: MixedModel) -> str:
    rows = counted(int(model.statistics["n"]), "row")
    groups = "".join(
        f", {counted(int(value), 'level')} of {name.removeprefix('levels of ')}"
        for name, value in model.statistics.items()
        if name.startswith("levels of ")
    )
    return f"{rows}{groups}"


def _how_sure(answer: Answer) -> list[str]:
    df = "" if math.isinf(answer.df) else f"{number(answer.df, 3)} degrees of freedom"
    found = []
    if answer.effect_size is not None:
        d = answer.effect_size
        found.append(
            f"standardized {signed(d.value)} ({signed(d.low)} to {signed(d.high)}; {d.of})"
        )
    if df:
        found.insert(0, df)
    cells = [cell_words(cell) for cell in answer.cells if cell.name]
    if cells:
        found.append("; ".join(dict.fromkeys(cells)))
    words = "; ".join(found)
    return [words[0].upper() + words[1:] + "."] if words else []


def cell_words(cell: Cell) -> str:
    """Return how much data a cell has: ``"post, drug: 12 people, 48 units, 96 rows"``."""
    parts = [counted(cell.people, "person", "people")] if cell.people is not None else []
    parts += [counted(cell.units, "unit")] if cell.units is not None else []
    return f"{cell.name}: {', '.join([*parts, counted(cell.rows, 'row')])}"


def _caution(model: MixedModel, answer: Answer) -> list[str]:
    if answer.part != "interaction" or not answer.changes:
        return []
    inner = answer.changes[0][0] if not answer.linear.slope_of else "the slope"
    others = " and ".join(
        dict.fromkeys(c[0] for c in answer.changes[0 if answer.linear.slope_of else 1 :])
    )
    return [
        f"{answer.term} is in the model: the effect of {inner} may differ with {others}, so that "
        "its average over them (a main effect) can mislead. Read it level by level."
    ]


def _dropped(model: MixedModel) -> list[str]:
    rows = sum(each.rows for each in model.dropped)
    if not rows:
        return []
    why = reasons({each.reason: each.rows for each in model.dropped})
    return [f"{counted(rows, 'row')}: {why}."]
