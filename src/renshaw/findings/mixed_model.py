"""What a mixed model says: its answers, the main one first."""

from __future__ import annotations

import math
from dataclasses import replace

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted, number, p_equals, signed
from renshaw.findings.exclusions import reasons
from renshaw.findings.hurdle import hurdle_findings
from renshaw.findings.model_checks import influence_words
from renshaw.findings.model_words import (
    cell_words,
    claim,
    decimals,
    ends,
    interval_name,
    is_plain,
    sure,
    told,
)
from renshaw.statistics.answers.answers import Answer
from renshaw.statistics.mixed import MixedModel

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
    first, *others = [_finding(model, answer, main=n == 0) for n, answer in enumerate(shown)]
    more = len(model.answers) - len(shown)
    if more:
        words = f"{counted(more, 'answer')} more: see the tables."
        others[-1] = replace(others[-1], next_steps=[words])
    return (first, *others)


def _finding(model: MixedModel, answer: Answer, *, main: bool) -> Finding:
    shown = Number(
        name=answer.name,
        value=answer.estimate,
        unit="times" if answer.is_ratio else "",
        low=answer.low,
        high=answer.high,
        interval=interval_name(model, answer),
        decimals=decimals(answer),
        difference=not is_plain(answer),
    )
    people = model.layout.people if model.layout else 0
    counts = f"; {_counts(model)}" if main else ""
    found = Finding(
        sentence=f"{claim(answer)} ({sure(model, answer)}{counts}).",
        numbers=[shown],
        n=people or int(model.statistics["n"]),
        of="people" if people else "rows",
    )
    if not main:
        return found
    return replace(
        found,
        warnings=model.warnings,
        how_sure=_how_sure(model, answer),
        left_out=_dropped(model),
        would_change=_would_change(model, answer),
    )


def _counts(model: MixedModel) -> str:
    """Return of how many people and rows it is, each grouping with its columns' names."""
    rows = counted(int(model.statistics["n"]), "row")
    who = model.layout.person if model.layout else ()
    named = []
    for each in model.layout.groupings if model.layout else ():
        people = each.columns == who
        word = "people" if people else "units" if set(who) & set(each.columns) else "groups"
        named.append(f"{each.groups} {word} ({each.name})")
    return ", ".join([*named, rows])


def _how_sure(model: MixedModel, answer: Answer) -> list[str]:
    found = [] if math.isinf(answer.df) else [f"{number(answer.df, 3)} degrees of freedom"]
    found += [f"tested with {each.words}" for each in model.excess if each.term == answer.term]
    if answer.effect_size is not None:
        d = answer.effect_size
        alone = ", not corrected" if answer.correction else ""
        found.append(
            f"standardized {signed(d.value)} ({signed(d.low)} to {signed(d.high)}{alone}; {d.of})"
        )
    cells = list(dict.fromkeys(cell_words(cell) for cell in answer.cells if cell.name))
    said = [_sentence("; ".join(found))] if found else []
    said += [f"Data: {'; '.join(cells)}."] if cells else []
    together = model.anova[model.anova["term"] == answer.term]
    if answer.part != "custom" and len(together) and int(together["num_df"].iloc[0]) > 1:
        row = together.iloc[0]
        said.append(
            f"All differences of {answer.term} together: "
            f"{_joint(int(row['num_df']), float(row['den_df']), float(row['f_value']))}, "
            f"{p_equals(float(row['p_value']))}."
        )
    return [*said, *(each.words for each in model.remarks if not each.warning)]


def _joint(num_df: int, den_df: float, f_value: float) -> str:
    """Return an F test, or Wald's chi-squared where the denominator knows no degrees of freedom."""
    if math.isfinite(den_df):
        return f"F({num_df}, {number(den_df)}) = {number(f_value)}"
    return f"χ²({num_df}) = {number(num_df * f_value)}"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _would_change(model: MixedModel, answer: Answer) -> list[str]:
    return [
        *_interaction(answer),
        *([influence_words(model)] if model.influence.without else []),
        *_margin(model, answer),
    ]


def _interaction(answer: Answer) -> list[str]:
    if answer.part != "interaction" or not answer.changes:
        return []
    slope = bool(answer.linear.slope_of)
    inner = "the slope" if slope else answer.changes[0][0]
    others = " and ".join(dict.fromkeys(c[0] for c in answer.changes[0 if slope else 1 :]))
    return [
        f"The effect of {inner} may differ with {others}, so that its average over them (a main "
        "effect) can mislead: read it level by level."
    ]


def _margin(model: MixedModel, answer: Answer) -> list[str]:
    """Say what a margin does, or propose one where nothing was found."""
    found = answer.equivalence
    if found is not None:
        level = f"{100 * found.level:g} % interval {ends(answer, found.low, found.high)}"
        return [f"Against the margin of {found.margin:g} decides the {level}: {found.verdict}."]
    nothing = answer.p_adjusted > 1 - model.settings.confidence
    plain = answer.scale == "difference" and answer.effect_size is not None
    if not (nothing and plain):
        return []
    least = 1.96 * math.sqrt(2) * model.statistics["sigma"]
    return [
        "No difference is shown; that there is none is not shown either. --margin tests whether it "
        "is smaller than what matters, e.g. than what a single value must change by to exceed "
        f"measurement error ({told(answer, least).removeprefix('+')} by this model's residual SD)."
    ]


def _dropped(model: MixedModel) -> list[str]:
    rows = sum(each.rows for each in model.dropped)
    if not rows:
        return []
    why = reasons({each.reason: each.rows for each in model.dropped})
    return [f"{counted(rows, 'row')} of {rows + len(model.data)}: {why}."]
